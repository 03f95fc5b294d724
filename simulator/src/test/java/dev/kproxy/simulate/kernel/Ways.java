package dev.kproxy.simulate.kernel;

import static dev.kproxy.simulate.kernel.Scenario.CLIENT;
import static dev.kproxy.simulate.kernel.Scenario.NODE;

import java.util.List;

/// The ways of packets through the hooks of a host.
final class Ways {
  /// A rule that only counts, in every built-in chain of every table. Without a rule that asks for
  /// it, the kernel does not track connections.
  private static final String EVERYWHERE =
      """
      *raw
      -A PREROUTING -p udp
      -A OUTPUT -p udp
      COMMIT
      *mangle
      -A PREROUTING -p udp
      -A INPUT -p udp
      -A FORWARD -p udp
      -A OUTPUT -p udp
      -A POSTROUTING -p udp
      COMMIT
      *nat
      -A PREROUTING -p udp
      -A INPUT -p udp
      -A OUTPUT -p udp
      -A POSTROUTING -p udp
      COMMIT
      *security
      -A INPUT -p udp
      -A FORWARD -p udp
      -A OUTPUT -p udp
      -A OUTPUT -p tcp -m state --state NEW
      COMMIT
      *filter
      -A INPUT -p udp
      -A FORWARD -p udp
      -A OUTPUT -p udp
      COMMIT
      """;

  private Ways() {}

  static List<Scenario> scenarios() {
    return List.of(
        Scenario.of("fact02: forwarded", "client", CLIENT + "10.244.1.5,53", EVERYWHERE),
        Scenario.of("fact02: to the host", "client", CLIENT + "192.168.0.11,53", EVERYWHERE),
        Scenario.of("fact02: from the host", "node", NODE + "10.244.1.5,53", EVERYWHERE),
        Scenario.of("fact04: to itself", "node", NODE + "192.168.0.11,53", EVERYWHERE),
        Scenario.of(
            "fact02: IPv6 forwarded",
            "client",
            "udp,2001:db8::5,4000,fd00:10:244:1::5,53",
            EVERYWHERE),
        Scenario.of(
            "fact02: IPv6 from the host", "node", "udp,fd00::11,4000,2001:db8::5,53", EVERYWHERE),
        Scenario.of("fact04: IPv6 to itself", "node", "udp,::1,4000,::1,53", EVERYWHERE));
  }
}
