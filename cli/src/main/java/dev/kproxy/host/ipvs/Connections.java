package dev.kproxy.host.ipvs;

import dev.kproxy.ipvs.VirtualAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which real servers somebody is connected to, as `ipvsadm -L -n` tells.
///
/// @param servers each as `VIRTUAL REAL`
record Connections(Set<String> servers) {
  private static final Pattern VIRTUAL =
      Pattern.compile("(?:(TCP|UDP|SCTP)\\s+(\\S+)|(FWM\\s+\\d+(?: IPv6)?)) .*");
  private static final Pattern REAL =
      Pattern.compile("\\s+->\\s+(\\S+)\\s+\\S+\\s+\\d+\\s+(\\d+)\\s+(\\d+)\\s*");

  static Connections of(String listing) {
    Set<String> servers = new HashSet<>();
    String virtual = "";
    for (String line : listing.lines().toList()) {
      Matcher head = VIRTUAL.matcher(line);
      Matcher real = REAL.matcher(line);
      if (head.matches()) {
        virtual =
            head.group(3) == null
                ? head.group(1) + " " + head.group(2)
                : head.group(3).replaceAll("\\s+", " ");
      } else if (real.matches() && !(real.group(2) + real.group(3)).equals("00")) {
        servers.add(virtual + " " + real.group(1));
      }
    }
    return new Connections(servers);
  }

  /// Whether somebody is connected to real servers that go.
  boolean areTo(Collection<ServerChange> changes) {
    return changes.stream()
        .anyMatch(
            change ->
                change.removed().stream()
                    .anyMatch(it -> areTo(change.address(), it.address().withPort(it.port()))));
  }

  private boolean areTo(VirtualAddress virtual, String real) {
    return servers.contains(virtual + " " + real);
  }
}
