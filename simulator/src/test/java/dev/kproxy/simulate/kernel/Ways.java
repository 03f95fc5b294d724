package dev.kproxy.simulate.kernel;

import static dev.kproxy.simulate.kernel.Scenario.CLIENT;
import static dev.kproxy.simulate.kernel.Scenario.EVERYWHERE;
import static dev.kproxy.simulate.kernel.Scenario.NODE;

import java.util.List;

/// The ways of packets through the hooks of a host.
final class Ways {
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
