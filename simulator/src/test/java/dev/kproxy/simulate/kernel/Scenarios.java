package dev.kproxy.simulate.kernel;

import java.util.ArrayList;
import java.util.List;

/// What is asked of the kernel. Rules ask for UDP, so that answers of the kernel do not count.
final class Scenarios {
  private static final String CLIENT = "udp,203.0.113.5,4000,";
  private static final String POD = "udp,10.244.1.5,4000,";
  private static final String NODE = "udp,192.168.0.11,4000,";

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

  private Scenarios() {}

  static List<Scenario> all() {
    List<Scenario> all = new ArrayList<>();
    all.addAll(ways());
    all.addAll(translations());
    all.addAll(connections());
    all.addAll(chains());
    all.addAll(matches());
    all.addAll(routing());
    all.addAll(sets());
    return all;
  }

  private static List<Scenario> ways() {
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

  private static List<Scenario> translations() {
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

  private static List<Scenario> connections() {
    return List.of(
        Scenario.of(
            "fact10: DNAT and SNAT are states",
            "client",
            CLIENT + "198.51.100.1,53",
            """
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.5:53
            COMMIT
            *filter
            -A FORWARD -p udp -m conntrack --ctstate DNAT
            -A FORWARD -p udp -m conntrack --ctstate SNAT
            -A FORWARD -p udp -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT
            -A FORWARD -p udp -m conntrack ! --ctstate RELATED,ESTABLISHED
            -A FORWARD -p udp -m state --state NEW
            -A FORWARD -p udp -m conntrack --ctorigdst 198.51.100.1 --ctreplsrc 10.244.1.5
            -A FORWARD -p udp -m conntrack --ctrepldst 203.0.113.5 --ctdir ORIGINAL
            -A FORWARD -p udp -m conntrack --ctdir REPLY
            -A FORWARD -p udp -m conntrack --ctstatus NONE
            -A FORWARD -p udp -m conntrack ! --ctstatus NONE
            -A FORWARD -p udp -m conntrack --ctstatus CONFIRMED
            -A FORWARD -p udp -m conntrack ! --ctstatus SEEN_REPLY
            -A FORWARD -p udp -m conntrack --ctproto 17 --ctorigdstport 53
            COMMIT
            """),
        Scenario.of(
            "fact10: translated to what it was is not translated",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.5:53
            COMMIT
            *filter
            -A FORWARD -p udp -m conntrack --ctstate DNAT
            COMMIT
            """),
        Scenario.of(
            "fact11: what is not tracked is not translated",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *raw
            -A PREROUTING -p udp -j CT --notrack
            COMMIT
            *nat
            -A PREROUTING -p udp -j DNAT --to-destination 10.244.1.6
            -A POSTROUTING -p udp
            COMMIT
            *filter
            -A FORWARD -p udp -m conntrack --ctstate UNTRACKED
            -A FORWARD -p udp -m conntrack --ctstate UNTRACKED --ctdir REPLY
            -A FORWARD -p udp -m conntrack --ctdir ORIGINAL
            -A FORWARD -p udp -m conntrack --ctstate NEW
            -A FORWARD -p udp -m conntrack ! --ctstate NEW
            -A FORWARD -p udp -m connmark --mark 0
            -A FORWARD -p udp -m connmark ! --mark 1
            COMMIT
            """),
        Scenario.of(
            "fact21: marks",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *mangle
            -A PREROUTING -p udp -j MARK --set-mark 0x0f
            -A PREROUTING -p udp -j MARK --set-xmark 0x35/0x30
            -A PREROUTING -p udp -m mark --mark 0x3a
            -A PREROUTING -p udp -m mark --mark 0x2a/0xffff
            -A PREROUTING -p udp -m mark --mark 0x0a/0x0f
            -A PREROUTING -p udp -m mark --mark 0x3a/0x0f
            -A PREROUTING -p udp -m mark ! --mark 0x3a/0x0f
            -A PREROUTING -p udp -j CONNMARK --save-mark --nfmask 0x0f --ctmask 0xff
            -A PREROUTING -p udp -m connmark --mark 0x0a/0xff
            -A PREROUTING -p udp -m connmark --mark 0x3a/0x0f
            -A PREROUTING -p udp -j MARK --set-mark 0
            -A PREROUTING -p udp -j CONNMARK --restore-mark --nfmask 0xf0 --ctmask 0x08
            -A PREROUTING -p udp -m mark --mark 0x08
            -A PREROUTING -p udp -j MARK --or-mark 0x100
            -A PREROUTING -p udp -j MARK --and-mark 0x1f0
            -A PREROUTING -p udp -j MARK --xor-mark 0x111
            -A FORWARD -p udp -m mark --mark 0x11
            COMMIT
            """));
  }

  private static List<Scenario> chains() {
    return List.of(
        Scenario.of(
            "fact22: RETURN and goto",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *mangle
            :A - [0:0]
            :B - [0:0]
            :C - [0:0]
            :D - [0:0]
            :E - [0:0]
            -A PREROUTING -p udp -j A
            -A PREROUTING -p udp -g E
            -A PREROUTING -p udp
            -A A -p udp -j B
            -A A -p udp -j C
            -A A -p udp
            -A B -p udp -j RETURN
            -A B -p udp
            -A C -p udp -g D
            -A C -p udp
            -A D -p udp
            -A E -p udp -j RETURN
            -A E -p udp
            COMMIT
            """),
        Scenario.of(
            "fact22: RETURN in a built-in chain is its policy",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *filter
            :FORWARD DROP [0:0]
            -A FORWARD -p udp -j RETURN
            -A FORWARD -p udp -j ACCEPT
            COMMIT
            *mangle
            -A POSTROUTING -p udp
            COMMIT
            """),
        Scenario.of(
            "fact22: the end of a goto from a built-in chain is its policy",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *filter
            :FORWARD DROP [0:0]
            :A - [0:0]
            -A FORWARD -p udp -g A
            -A FORWARD -p udp -j ACCEPT
            -A A -p udp
            COMMIT
            *mangle
            -A POSTROUTING -p udp
            COMMIT
            """),
        Scenario.of(
            "fact23: what goes on and what ends",
            "client",
            CLIENT + "10.244.1.5,53",
            """
            *mangle
            -A PREROUTING -p udp -j TTL --ttl-set 60
            -A PREROUTING -p udp -j DSCP --set-dscp 1
            -A PREROUTING -p udp -j TOS --set-tos 1
            -A FORWARD -p udp -j CLASSIFY --set-class 1:1
            -A FORWARD -p udp -j CHECKSUM --checksum-fill
            -A PREROUTING -p udp -j NFLOG
            -A PREROUTING -p udp -j ACCEPT
            -A PREROUTING -p udp
            -A FORWARD -p udp -j DROP
            -A FORWARD -p udp
            -A POSTROUTING -p udp
            COMMIT
            """));
  }

  private static List<Scenario> matches() {
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
            COMMIT
            """));
  }

  private static List<Scenario> routing() {
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

  private static List<Scenario> sets() {
    return List.of(
        Scenario.of(
                "fact27: sets of addresses and ports",
                "client",
                CLIENT + "10.244.1.5,53",
                """
                *mangle
                -A FORWARD -p udp -m set --match-set ip dst
                -A FORWARD -p udp -m set --match-set ip src
                -A FORWARD -p udp -m set ! --match-set ip src
                -A FORWARD -p udp -m set --match-set ip dst,dst
                -A FORWARD -p udp -m set --match-set ipport dst,dst
                -A FORWARD -p udp -m set --match-set ipport dst
                -A FORWARD -p udp -m set ! --match-set ipport dst
                -A FORWARD -p udp -m set --match-set ipport src,dst
                -A FORWARD -p udp -m set --match-set ipport dst,src
                -A FORWARD -p udp -m set --match-set tcpport dst,dst
                -A FORWARD -p udp -m set --match-set ipportip dst,dst,src
                -A FORWARD -p udp -m set --match-set ipportip dst,dst,dst
                -A FORWARD -p udp -m set --match-set ipportnet dst,dst,src
                -A FORWARD -p udp -m set --match-set masked src
                -A FORWARD -p udp -m set --match-set ports dst
                -A FORWARD -p udp -m set --match-set ports src
                -A FORWARD -p udp -m set --match-set range dst
                COMMIT
                """)
            .withSets(
                """
                create ip hash:ip
                add ip 10.244.1.5
                create ipport hash:ip,port
                add ipport 10.244.1.5,udp:53
                create tcpport hash:ip,port
                add tcpport 10.244.1.5,tcp:53
                create ipportip hash:ip,port,ip
                add ipportip 10.244.1.5,udp:53,203.0.113.5
                create ipportnet hash:ip,port,net
                add ipportnet 10.244.1.5,udp:53,203.0.113.0/24
                create masked hash:ip netmask 24
                add masked 203.0.113.0
                create ports bitmap:port range 0-1023
                add ports 53
                create range bitmap:ip range 10.244.0.0/16
                add range 10.244.1.5
                """),
        Scenario.of(
                "fact27: sets of networks",
                "client",
                CLIENT + "10.244.1.5,53",
                """
                *mangle
                -A FORWARD -p udp -m set --match-set net src
                -A FORWARD -p udp -m set --match-set net dst
                -A FORWARD -p udp -m set --match-set net dst --return-nomatch
                -A FORWARD -p udp -m set --match-set net src --return-nomatch
                -A FORWARD -p udp -m set ! --match-set net dst --return-nomatch
                -A FORWARD -p udp -m set --match-set netport dst,dst
                -A FORWARD -p udp -m set --match-set netiface src,src
                -A FORWARD -p udp -m set --match-set netiface src,dst
                -A FORWARD -p udp -m set --match-set netiface dst,dst
                -A PREROUTING -p udp -m set --match-set netiface dst,dst
                -A FORWARD -p udp -m set --match-set list dst
                -A FORWARD -p udp -m set --match-set list src
                -A FORWARD -p udp -m set --match-set list dst,dst
                -A FORWARD -p udp -m set ! --match-set list src,src
                -A FORWARD -p udp -m set --match-set list dst --return-nomatch
                COMMIT
                """)
            .withSets(
                """
                create net hash:net
                add net 203.0.113.0/24
                add net 10.244.0.0/16
                add net 10.244.1.0/24 nomatch
                create netport hash:net,port
                add netport 10.244.0.0/16,udp:53
                create netiface hash:net,iface
                add netiface 203.0.113.0/24,eth0
                add netiface 10.244.1.0/24,cni wildcard
                create list list:set
                create hidden hash:ip
                add hidden 10.9.9.9
                create ipport hash:ip,port
                add ipport 10.244.1.5,udp:53
                add list hidden
                add list net
                add list ipport
                """),
        Scenario.of(
                "fact27: sets of types that not every kernel has",
                "client",
                CLIENT + "10.244.1.5,53",
                """
                *mangle
                -A FORWARD -p udp -m set --match-set marked dst,src
                -A FORWARD -p udp -j MARK --set-mark 0x1234
                -A FORWARD -p udp -m set --match-set marked dst,src
                -A FORWARD -p udp -m set --match-set netnet src,dst
                -A FORWARD -p udp -m set --match-set netnet dst,src
                -A FORWARD -p udp -m set --match-set netportnet src,dst,dst
                COMMIT
                """)
            .withSets(
                """
                create marked hash:ip,mark markmask 0xff00
                add marked 10.244.1.5,0x1200
                create netnet hash:net,net
                add netnet 203.0.113.0/24,10.0.0.0/8
                add netnet 203.0.113.0/24,10.244.1.0/24 nomatch
                add netnet 203.0.112.0/20,10.244.1.5/32
                add netnet 10.244.1.5/32,203.0.113.5/32
                create netportnet hash:net,port,net
                add netportnet 203.0.113.0/24,udp:53,10.244.1.0/24
                """),
        Scenario.of(
                "fact27: sets of IPv6",
                "client",
                "udp,2001:db8::5,4000,fd00:10:244:1::5,53",
                """
                *mangle
                -A FORWARD -p udp -m set --match-set ip dst
                -A FORWARD -p udp -m set --match-set net src
                -A FORWARD -p udp -m set --match-set ports dst
                -A FORWARD -p udp -m set --match-set ipport dst,dst
                COMMIT
                """)
            .withSets(
                """
                create ip hash:ip family inet6
                add ip fd00:10:244:1::5
                create net hash:net family inet6
                add net 2001:db8::/32
                create ports bitmap:port range 0-1023
                add ports 53
                create ipport hash:ip,port family inet6
                add ipport fd00:10:244:1::5,udp:53
                """));
  }
}
