package dev.kproxy.simulate.kernel;

import static dev.kproxy.simulate.kernel.Scenario.CLIENT;
import static dev.kproxy.simulate.kernel.Scenario.NODE;
import static dev.kproxy.simulate.kernel.Scenario.POD;

import java.util.List;

/// Addresses and ports that rules translate.
final class Translations {
  private Translations() {}

  static List<Scenario> scenarios() {
    return List.of(
        Scenario.of(
            "fact04: the second pass does not translate again",
            "node",
            NODE + "198.51.100.1,53",
            """
            *mangle
            -A PREROUTING -p udp -i lo -m mark --mark 7
            -A POSTROUTING -p udp -o lo
            -A INPUT -p udp -d 192.168.0.11 -m conntrack --ctstate NEW
            -A INPUT -p udp -d 192.168.0.11 -m conntrack --ctstate DNAT
            COMMIT
            *nat
            -A OUTPUT -p udp -j MARK --set-mark 7
            -A OUTPUT -p udp -j DNAT --to-destination 192.168.0.11:54
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.5
            -A INPUT -p udp
            COMMIT
            *raw
            -A PREROUTING -p udp -m conntrack --ctstate NEW
            -A PREROUTING -p udp -m conntrack --ctstate INVALID
            -A OUTPUT -p udp -m conntrack --ctstate INVALID
            -A OUTPUT -p udp -m conntrack --ctstate NEW
            COMMIT
            """),
        Scenario.of(
            "fact07: the first DNAT decides",
            "client",
            CLIENT + "198.51.100.1,53",
            """
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.5:1053
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.6:1054
            COMMIT
            *mangle
            -A FORWARD -p udp -d 10.244.1.5 --dport 1053
            -A FORWARD -p udp -d 10.244.1.6
            COMMIT
            """),
        Scenario.of(
            "fact08: the first port of a range",
            "client",
            CLIENT + "198.51.100.1,53",
            """
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.5:1000-1099
            COMMIT
            *mangle
            -A FORWARD -p udp --dport 1000
            -A FORWARD -p udp --dport 1001:1099
            COMMIT
            """),
        Scenario.of(
            "fact08: a port within the range stays",
            "client",
            CLIENT + "198.51.100.1,1050",
            """
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.5:1000-1099
            COMMIT
            *mangle
            -A FORWARD -p udp --dport 1050
            COMMIT
            """),
        Scenario.of(
            "fact08: a shifted range",
            "client",
            CLIENT + "198.51.100.1,5007",
            """
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.5:1000-1099/5000
            COMMIT
            *mangle
            -A FORWARD -p udp --dport 1007
            COMMIT
            """),
        ranged("fact08: a hash picks the address", "udp,203.0.113.5,4000,198.51.100.1,53", ""),
        ranged("fact08: of another client", "udp,203.0.113.6,4000,198.51.100.1,53", ""),
        ranged("fact08: of another destination", "udp,203.0.113.6,4000,198.51.100.77,53", ""),
        ranged("fact08: persistent", "udp,203.0.113.6,4000,198.51.100.77,53", " --persistent"),
        Scenario.of(
            "fact08: a hash picks the address of IPv6",
            "client",
            "udp,2001:db8::5,4000,2001:db8:9::1,53",
            """
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination fd00:10:244:1::10-fd00:10:244:3::1f
            COMMIT
            *mangle
            -A PREROUTING -j ACCEPT
            -A FORWARD -p udp -d fd00:10:244:1::/64
            -A FORWARD -p udp -d fd00:10:244:2::/64
            -A FORWARD -p udp -d fd00:10:244:3::/64
            -A FORWARD -p udp -d ::0/::1
            -A FORWARD -p udp -d ::0/::2
            -A FORWARD -p udp -d ::0/::4
            -A FORWARD -p udp -d ::0/::8
            -A FORWARD -p udp -d ::0/::8000:0:0:0
            -A FORWARD -p udp -d ::0/::8000:0
            COMMIT
            """),
        Scenario.of(
            "fact08: a hash picks the source",
            "node",
            "udp,127.0.0.1,4000,127.0.0.9,53",
            """
            *nat
            -A POSTROUTING -p udp -j SNAT --to-source 127.0.0.32-127.0.3.63
            COMMIT
            *mangle
            -A INPUT -p udp -s 0.0.0.0/0.0.0.1
            -A INPUT -p udp -s 0.0.0.0/0.0.0.2
            -A INPUT -p udp -s 0.0.0.0/0.0.0.4
            -A INPUT -p udp -s 0.0.0.0/0.0.0.8
            -A INPUT -p udp -s 0.0.0.0/0.0.0.16
            -A INPUT -p udp -s 0.0.0.0/0.0.0.64
            -A INPUT -p udp -s 0.0.0.0/0.0.1.0
            -A INPUT -p udp -s 0.0.0.0/0.0.2.0
            COMMIT
            """),
        Scenario.of(
            "fact08: a source within the range stays",
            "node",
            "udp,127.0.0.33,4000,127.0.0.9,53",
            """
            *nat
            -A POSTROUTING -p udp -j SNAT --to-source 127.0.0.32-127.0.3.63
            COMMIT
            *mangle
            -A INPUT -p udp -s 127.0.0.33 --sport 4000
            COMMIT
            """),
        Scenario.of(
            "fact08: a source within the range whose port is not",
            "node",
            "udp,127.0.0.33,4000,127.0.0.9,53",
            """
            *nat
            -A POSTROUTING -p udp -j SNAT --to-source 127.0.0.32-127.0.3.63:1000-1000
            COMMIT
            *mangle
            -A INPUT -p udp -s 127.0.0.33
            -A INPUT -p udp -s 0.0.0.0/0.0.0.2
            -A INPUT -p udp -s 0.0.0.0/0.0.0.4
            -A INPUT -p udp -s 0.0.0.0/0.0.0.64
            -A INPUT -p udp -s 0.0.0.0/0.0.1.0
            -A INPUT -p udp -s 0.0.0.0/0.0.2.0
            COMMIT
            """),
        Scenario.of(
            "fact08: a hash picks the source of IPv6",
            "node",
            "udp,fd00::11,4000,fd00:10:244:1::1,53",
            """
            *nat
            -A POSTROUTING -p udp -j SNAT --to-source fd00:10:244:1::10-fd00:10:244:3::1f
            COMMIT
            *mangle
            -A INPUT -p udp -s fd00:10:244:1::/64
            -A INPUT -p udp -s fd00:10:244:2::/64
            -A INPUT -p udp -s fd00:10:244:3::/64
            -A INPUT -p udp -s ::0/::1
            -A INPUT -p udp -s ::0/::2
            -A INPUT -p udp -s ::0/::4
            -A INPUT -p udp -s ::0/::8
            -A INPUT -p udp -s ::0/::8000:0:0:0
            -A INPUT -p udp -s ::0/::8000:0
            COMMIT
            """),
        Scenario.of(
            "fact09: the address of the interface",
            "pod",
            POD + "203.0.113.5,53",
            """
            *nat
            -A POSTROUTING -p udp -j MASQUERADE
            COMMIT
            """),
        Scenario.of(
            "fact09: on the loopback interface",
            "node",
            "udp,127.0.0.1,4000,127.0.0.1,53",
            """
            *nat
            -A POSTROUTING -p udp -j MASQUERADE
            COMMIT
            *mangle
            -A INPUT -p udp -s 127.0.0.1
            -A INPUT -p udp -s 192.168.0.11
            -A INPUT -p udp -m conntrack --ctstate SNAT
            COMMIT
            """),
        Scenario.of(
            "REDIRECT of what came in",
            "pod",
            POD + "203.0.113.5,53",
            """
            *nat
            -A PREROUTING -p udp -j REDIRECT --to-ports 1053
            COMMIT
            *mangle
            -A INPUT -p udp -d 10.244.1.1 --dport 1053
            COMMIT
            """),
        Scenario.of(
            "REDIRECT of the host's own",
            "node",
            NODE + "203.0.113.5,53",
            """
            *nat
            -A OUTPUT -p udp -j REDIRECT
            COMMIT
            *mangle
            -A INPUT -p udp -d 127.0.0.1 --dport 53
            COMMIT
            """),
        Scenario.of(
            "NETMAP of the destination",
            "client",
            CLIENT + "198.51.100.5,53",
            """
            *nat
            -A PREROUTING -p udp -j NETMAP --to 10.244.1.0/24
            COMMIT
            *mangle
            -A FORWARD -p udp -d 10.244.1.5 -m conntrack --ctorigdst 198.51.100.5
            COMMIT
            """),
        Scenario.of(
            "the interface of OUTPUT is that of the first routing",
            "node",
            NODE + "198.51.100.5,53",
            """
            *nat
            -A OUTPUT -p udp -j DNAT --to-destination 10.244.1.5
            -A POSTROUTING -p udp -o cni0
            COMMIT
            *filter
            -A OUTPUT -p udp -o eth0 -d 10.244.1.5
            -A OUTPUT -p udp -o cni0
            COMMIT
            """));
  }

  private static Scenario ranged(String name, String packet, String more) {
    return Scenario.of(
        name,
        "client",
        packet,
        """
        *nat
        -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.16-10.244.1.47%s
        COMMIT
        *mangle
        -A FORWARD -p udp -d 0.0.0.0/0.0.0.1
        -A FORWARD -p udp -d 0.0.0.0/0.0.0.2
        -A FORWARD -p udp -d 0.0.0.0/0.0.0.4
        -A FORWARD -p udp -d 0.0.0.0/0.0.0.8
        -A FORWARD -p udp -d 0.0.0.0/0.0.0.16
        -A FORWARD -p udp -d 0.0.0.0/0.0.0.32
        COMMIT
        """
            .formatted(more));
  }
}
