package dev.kproxy.simulate.kernel;

import static dev.kproxy.simulate.kernel.Scenario.CLIENT;
import static dev.kproxy.simulate.kernel.Scenario.NODE;
import static dev.kproxy.simulate.kernel.Scenario.POD;

import java.util.List;

/// What rules ask of a packet.
final class Matches {
  private Matches() {}

  static List<Scenario> scenarios() {
    return List.of(
        Scenario.of(
            "fact26: types of addresses",
            "client",
            CLIENT + "192.168.0.11,53",
            """
            *mangle
            -A PREROUTING -p udp -m addrtype --dst-type LOCAL
            -A PREROUTING -p udp -m addrtype --dst-type UNICAST
            -A PREROUTING -p udp -m addrtype ! --dst-type LOCAL
            -A PREROUTING -p udp -m addrtype --src-type UNICAST --dst-type LOCAL,BROADCAST
            -A PREROUTING -p udp -m addrtype --dst-type LOCAL --limit-iface-in
            -A PREROUTING -p udp -m addrtype --src-type LOCAL
            COMMIT
            """),
        Scenario.of(
            "fact26: a local address of another interface",
            "pod",
            POD + "192.168.0.11,53",
            """
            *mangle
            -A PREROUTING -p udp -m addrtype --dst-type LOCAL
            -A PREROUTING -p udp -m addrtype --dst-type LOCAL --limit-iface-in
            -A PREROUTING -p udp -m addrtype --dst-type UNICAST --limit-iface-in
            COMMIT
            """),
        Scenario.of(
            "fact26: broadcast is not local",
            "node",
            NODE + "192.168.0.255,53",
            """
            *mangle
            -A OUTPUT -p udp -m addrtype --dst-type LOCAL
            -A OUTPUT -p udp -m addrtype --dst-type BROADCAST
            COMMIT
            """),
        Scenario.of(
            "fact26: 127.0.0.0/8 is local",
            "node",
            "udp,127.0.0.1,4000,127.5.6.7,53",
            """
            *mangle
            -A OUTPUT -p udp -m addrtype --dst-type LOCAL
            COMMIT
            """),
        Scenario.of(
            "fact26: in IPv6 a local address is unicast, too",
            "client",
            "udp,2001:db8::5,4000,fd00::11,53",
            """
            *mangle
            -A PREROUTING -p udp -m addrtype --dst-type LOCAL
            -A PREROUTING -p udp -m addrtype --dst-type UNICAST
            -A PREROUTING -p udp -m addrtype --dst-type UNICAST,LOCAL
            -A PREROUTING -p udp -m addrtype --src-type UNICAST,LOCAL
            -A PREROUTING -p udp -m addrtype --dst-type LOCAL,MULTICAST
            COMMIT
            """),
        Scenario.of(
            "fact28: ports, interfaces and ranges",
            "client",
            "udp,203.0.113.5,4000,10.244.1.5,53",
            """
            *mangle
            :X - [0:0]
            -A FORWARD -p udp -m multiport --dports 1,2,50:60
            -A FORWARD -p udp -m multiport --sports 1,2,50:60
            -A FORWARD -p udp -m multiport --ports 4000,9
            -A FORWARD -p udp -m multiport ! --dports 53
            -A FORWARD -p udp -i eth+
            -A FORWARD -p udp -i eth
            -A FORWARD -p udp ! -i cni0
            -A FORWARD -p udp -o cni+
            -A FORWARD -p udp -i +
            -A FORWARD -p udp -m iprange --src-range 203.0.113.1-203.0.113.9
            -A FORWARD -p udp -m iprange ! --dst-range 10.244.1.5-10.244.1.5
            -A FORWARD ! -p tcp -d 10.244.1.0/24
            -A FORWARD -p udp --sport 4000:4001 ! --dport 54
            -A POSTROUTING -p udp -j X
            -A X -i eth0
            -A X ! -i eth0
            -A X -o cni0
            -A PREROUTING -p udp -j X
            COMMIT
            """),
        Scenario.of(
            "fact28: a packet of the host itself came in by no interface",
            "node",
            NODE + "10.244.1.5,53",
            """
            *mangle
            :X - [0:0]
            -A OUTPUT -p udp -j X
            -A POSTROUTING -p udp -j X
            -A X -i eth0
            -A X ! -i eth0
            -A X -i +
            -A X ! -o cni0
            COMMIT
            """),
        Scenario.of(
            "fact29: bridges and owners of what passes through",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *mangle
            :X - [0:0]
            -A POSTROUTING -p udp -m owner --uid-owner 0
            -A POSTROUTING -p udp -m owner ! --uid-owner 0
            -A POSTROUTING -p udp -m owner --socket-exists
            -A POSTROUTING -p udp -m cgroup --cgroup 7
            -A POSTROUTING -p udp -m cgroup ! --cgroup 7
            COMMIT
            """));
  }
}
