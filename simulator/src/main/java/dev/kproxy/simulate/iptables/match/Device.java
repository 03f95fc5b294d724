package dev.kproxy.simulate.iptables.match;

import dev.kproxy.iptables.Match;
import dev.kproxy.net.Ip;
import org.jspecify.annotations.Nullable;

/// The question whether an interface agrees with a pattern.
///
/// @param destination null where the interface is meant that a packet came in by; else the one that
///   leads to that address
public record Device(@Nullable Ip destination, String pattern) {
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
