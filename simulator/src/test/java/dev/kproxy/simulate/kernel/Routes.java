package dev.kproxy.simulate.kernel;

import static dev.kproxy.simulate.kernel.Scenario.CLIENT;
import static dev.kproxy.simulate.kernel.Scenario.EVERYWHERE;

import java.util.List;

/// What the routing decides, and which packets it drops.
final class Routes {
  private Routes() {}

  static List<Scenario> scenarios() {
    String localnet =
        """
        *nat
        -A PREROUTING -p udp -j DNAT --to-destination 127.0.0.1
        COMMIT
        *mangle
        -A PREROUTING -p udp
        -A INPUT -p udp
        COMMIT
        """;
    return List.of(
        Scenario.of("fact29: route_localnet", "client", CLIENT + "198.51.100.1,53", localnet),
        Scenario.of("fact29: no route_localnet", "client", CLIENT + "198.51.100.1,53", localnet)
            .withSysctl("net.ipv4.conf.all.route_localnet=0"),
        Scenario.of(
                "fact29: route_localnet of the interface",
                "client",
                CLIENT + "198.51.100.1,53",
                localnet)
            .withSysctl("net.ipv4.conf.all.route_localnet=0")
            .withSysctl("net.ipv4.conf.eth0.route_localnet=1"),
        Scenario.of(
                "fact29: a source of the host itself is a martian",
                "client",
                "udp,192.168.0.11,4000,10.244.1.5,53",
                EVERYWHERE)
            .withSetup("ip -n client addr add 192.168.0.11/32 dev wan"),
        Scenario.of(
                "fact29: unless it is allowed",
                "client",
                "udp,192.168.0.11,4000,10.244.1.5,53",
                EVERYWHERE)
            .withSysctl("net.ipv4.conf.all.accept_local=1")
            .withSetup("ip -n client addr add 192.168.0.11/32 dev wan"),
        Scenario.of(
                "fact29: rp_filter, strictly",
                "pod",
                "udp,10.244.1.5,4000,203.0.113.5,53",
                EVERYWHERE)
            .withSysctl("net.ipv4.conf.all.rp_filter=1"),
        Scenario.of(
                "fact29: rp_filter, another way back",
                "pod",
                "udp,203.0.113.7,4000,203.0.113.5,53",
                EVERYWHERE)
            .withSysctl("net.ipv4.conf.all.rp_filter=1")
            .withSetup("ip -n pod addr add 203.0.113.7/32 dev wan"),
        Scenario.of(
                "fact29: rp_filter, loosely",
                "pod",
                "udp,203.0.113.7,4000,203.0.113.5,53",
                EVERYWHERE)
            .withSysctl("net.ipv4.conf.all.rp_filter=2")
            .withSetup("ip -n pod addr add 203.0.113.7/32 dev wan"),
        Scenario.of("fact29: no forwarding", "client", CLIENT + "10.244.1.5,53", EVERYWHERE)
            .withSysctl("net.ipv4.ip_forward=0"),
        Scenario.of(
                "fact29: no forwarding of IPv6",
                "client",
                "udp,2001:db8::5,4000,fd00:10:244:1::5,53",
                EVERYWHERE)
            .withSysctl("net.ipv6.conf.all.forwarding=0"),
        Scenario.of(
            "fact29: a translation to ::1",
            "client",
            "udp,2001:db8::5,4000,fd00:10:244:9::5,53",
            """
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination ::1
            COMMIT
            *mangle
            -A PREROUTING -p udp
            -A INPUT -p udp
            COMMIT
            """),
        Scenario.of(
            "fact29: -m rpfilter",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *mangle
            -A PREROUTING -p udp -m rpfilter
            -A PREROUTING -p udp -m rpfilter --invert
            -A PREROUTING -p udp -m rpfilter --loose
            COMMIT
            """));
  }
}
