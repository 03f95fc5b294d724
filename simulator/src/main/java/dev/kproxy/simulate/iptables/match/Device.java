package dev.kproxy.simulate.iptables.match;

import dev.kproxy.iptables.Match;

/// The question whether an interface agrees with a pattern.
///
/// @param which which interface of the packet
public record Device(Object which, String pattern) {
  /// Whether every interface that agrees with that pattern agrees with this one.
  public boolean covers(Device other) {
    String name = other.pattern;
    boolean many = name.endsWith("+");
    if (many && !pattern.endsWith("+")) {
      return false;
    }
    return Match.matchesInterface(pattern, many ? name.substring(0, name.length() - 1) : name);
  }
}
