package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.TCP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.InterfacesParser;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iproute.RoutesParser;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Backend;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Packet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What random rules and packets showed of the kernel that nobody had foreseen.
class RoutingFactsTest {
  @Test
  void routesOfOneFamilySayNothingOfTheOther() {
    HostFacts host =
        Rules.NODE.withRoutes(
            new RouteTable(
                RoutesParser.parse(
                    "default via 192.168.0.1 dev eth0\n", "routes", RoutingFactsTest::fail)));
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(Family.IPV6, "*filter\n-A FORWARD -o eth0 -j DROP\nCOMMIT\n"), host);
    Packet packet = Packet.of(TCP, "2001:db8::5", "fd00:10:244:1::5", 80);
    assertThat(Rules.outcomes(machine, packet))
        .containsExactly(
            "1/1 undetermined yes [1/1 drop]"
                + " no [1/1 forward 2001:db8::5>fd00:10:244:1::5 80]");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "fd00::11", "2001:db8::5", 80).local()))
        .containsExactly("1/1 forward fd00::11>2001:db8::5 80");
  }

  /// With a socket that TPROXY found, a packet is for this host or dropped. Rules of policy
  /// routing, which lead to other tables, are no part of what `ip route` prints.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                       | open
          default via 192.168.0.1 dev eth0                         | open
          local default dev lo table 100 scope host;%s             | open
          default via 10.0.0.1 dev eth0 table 100;%s               | dropped
          %s                                                       | dropped
          """)
  void whatHasASocketIsNotForwarded(String routes, String fate) {
    String told = "default via 192.168.0.1 dev eth0\nlocal 192.168.0.11 dev eth0 table local\n";
    HostFacts host =
        routes.isEmpty()
            ? Rules.NODE
            : Rules.NODE.withRoutes(
                new RouteTable(
                    RoutesParser.parse(
                        routes.formatted(told).replace(';', '\n'),
                        "routes",
                        RoutingFactsTest::fail)));
    String dropped = "1/1 drop mark 0x1";
    String led =
        fate.equals("open")
            ? "1/1 undetermined yes [1/1 local 203.0.113.5>10.244.1.5 80 mark 0x1] no ["
                + dropped
                + "] mark 0x1"
            : dropped;
    assertThat(Rules.outcomes(tproxy(host), Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80)))
        .containsExactly("1/1 undetermined yes [" + led + "] no [1/1 drop]");
  }

  @Test
  void whatHasASocketComesToTheHost() {
    assertThat(
            Rules.outcomes(tproxy(Rules.NODE), Packet.of(TCP, "203.0.113.5", "192.168.0.11", 80)))
        .containsExactly(
            "1/1 undetermined yes [1/1 local 203.0.113.5>192.168.0.11 80 mark 0x1] no [1/1 drop]");
  }

  private static IptablesMachine tproxy(HostFacts host) {
    return new IptablesMachine(
        Rules.parse(
            Family.IPV4,
            """
            *mangle
            -A PREROUTING -p tcp -j TPROXY --on-port 15001 --on-ip 127.0.0.1 --tproxy-mark 0x1/0xffffffff
            COMMIT
            """),
        host);
  }

  @ParameterizedTest
  @CsvSource({"2001:db8::5, fd00::11", "fe80::5, fe80::11", "fec0::5, ''", "::5, ''"})
  void ipv6RedirectsToAnAddressOfTheReachThatTheDestinationHas(String to, String reached) {
    HostFacts host =
        HostFacts.UNKNOWN.withInterfaces(
            Rules.addresses(
                """
                2: eth0    inet6 fd00::11/64 scope global
                2: eth0    inet6 fe80::11/64 scope link
                """));
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(
                Family.IPV6, "*nat\n-A PREROUTING -p tcp -j REDIRECT --to-ports 81\nCOMMIT\n"),
            host);
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "fd00::5", to, 80).from("eth0")))
        .containsExactly(
            reached.isEmpty()
                ? "1/1 drop"
                : "1/1 local fd00::5>%1$s 81 dnat [%1$s]:81".formatted(reached));
  }

  @Test
  void ipv6RedirectsToALinkLocalAddressWhereTheInterfaceHasNoOther() {
    HostFacts host =
        HostFacts.UNKNOWN.withInterfaces(
            Rules.addresses("3: cali1    inet6 fe80::ecee:eeff:feee:eeee/64 scope link\n"));
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(
                Family.IPV6, "*nat\n-A PREROUTING -p tcp -j REDIRECT --to-ports 81\nCOMMIT\n"),
            host);
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "fd00::5", "fd01::5", 80).from("cali1")))
        .containsExactly(
            "1/1 local fd00::5>fe80::ecee:eeff:feee:eeee 81"
                + " dnat [fe80::ecee:eeff:feee:eeee]:81");
  }

  private static final String COUNT = "*filter\n-A INPUT -p tcp\nCOMMIT\n";

  private static final HostFacts ROUTED =
      Rules.NODE.withRoutes(
          new RouteTable(
              RoutesParser.parse(
                  """
                  local 192.168.0.11 dev eth0 table local proto kernel scope host src 192.168.0.11
                  default via 192.168.0.1 dev eth0
                  10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1
                  default via fe80::1 dev eth0 metric 1024
                  """,
                  "routes",
                  RoutingFactsTest::fail)));

  @Test
  void fact01TheTableSecurityOfTheNftBackEndComesAfterNat() {
    String rules =
        """
        *nat
        -A INPUT -p tcp -j SNAT --to-source 10.9.9.9
        COMMIT
        *security
        -A INPUT -s 10.9.9.9/32 -j DROP
        COMMIT
        """;
    Packet packet = Packet.of(TCP, "203.0.113.5", "192.168.0.11", 80).from("eth0");
    assertThat(Rules.outcomes(machine(rules, ROUTED.withBackend(Backend.NFT)), packet))
        .containsExactly("1/1 drop snat 10.9.9.9:40000");
    assertThat(Rules.outcomes(machine(rules, ROUTED.withBackend(Backend.LEGACY)), packet))
        .containsExactly("1/1 local 10.9.9.9>192.168.0.11 80 snat 10.9.9.9:40000");
  }

  @Test
  void fact02WhatTheHostSendsToManyLeavesByTheInterfaceOfItsSource() {
    String rules = "*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n";
    Packet packet = Packet.of(TCP, "10.244.1.1", "224.0.0.9", 80).local();
    assertThat(Rules.outcomes(machine(rules, ROUTED), packet))
        .containsExactly("1/1 forward 10.244.1.1>224.0.0.9 80 snat masquerade");
  }

  /// A host on which it was measured which address each of these packets gets.
  private static final HostFacts MANY_ADDRESSES =
      HostFacts.UNKNOWN
          .withInterfaces(
              Rules.addresses(
                  """
                  1: lo: <LOOPBACK,UP>
                      inet 127.0.0.1/8 scope host lo
                      inet6 ::1/128 scope host
                  2: eth0: <UP>
                      inet 192.168.0.11/24 brd 192.168.0.255 scope global eth0
                      inet 10.9.0.1/16 scope global eth0
                      inet 192.168.0.12/24 scope global secondary eth0
                      inet6 2001:db8:1::11/64 scope global
                      inet6 2001:db8:2::11/64 scope global
                      inet6 fe80::1/64 scope link
                  3: cni0: <UP>
                      inet 10.244.3.1/24 scope global cni0
                      inet6 2001:db8:9::1/64 scope global
                  4: wg0: <UP>
                      inet6 fe80::4/64 scope link
                  5: eth1: <UP>
                      inet 10.50.0.1/24 scope link eth1
                      inet 10.51.0.1/24 scope global eth1
                  6: eth2: <UP>
                      inet 172.20.0.1 peer 172.20.1.2/32 scope global eth2
                      inet 172.20.2.1 peer 172.20.1.3/32 scope global eth2
                  """))
          .withRoutes(
              new RouteTable(
                  RoutesParser.parse(
                      """
                      default via 192.168.0.1 dev eth0
                      10.9.0.0/16 dev eth0 scope link src 10.9.0.1
                      10.78.0.0/16 dev eth0 scope link src 192.168.0.12
                      10.77.0.0/16 dev wg0 scope link
                      10.50.0.0/24 dev eth1 scope link
                      10.51.0.0/24 dev eth1 scope link
                      172.20.1.3 dev eth2 scope link
                      2001:db8:1::/64 dev eth0
                      2001:db8:2::/64 dev eth0
                      2001:db8:3::/64 dev eth0
                      2001:db8:50::/64 dev eth1
                      2001:db8:77::/64 dev wg0
                      """,
                      "routes",
                      RoutingFactsTest::fail)));

  @ParameterizedTest
  @CsvSource({
    "8.8.8.8, 192.168.0.11",
    "10.9.0.50, 10.9.0.1",
    "10.78.0.1, 192.168.0.11",
    "10.77.1.1, 192.168.0.11",
    "10.50.0.9, 10.51.0.1",
    "10.51.0.9, 10.51.0.1",
    "172.20.1.3, 172.20.2.1",
    "2001:db8:1::9, 2001:db8:1::11",
    "2001:db8:2::9, 2001:db8:2::11",
    "2001:db8:3::9, 2001:db8:2::11",
    "2001:db8:50::1, 2001:db8:1::11",
    "2001:db8:77::1, 2001:db8:1::11"
  })
  void fact09MasqueradeTakesTheAddressThatTheKernelTakes(String to, String source) {
    String from = to.contains(":") ? "2001:db8:9::7" : "10.244.3.7";
    assertThat(masqueraded(MANY_ADDRESSES, Packet.of(TCP, from, to, 80)))
        .containsExactly("1/1 forward " + source + ">" + to + " 80 snat masquerade");
  }

  @Test
  void fact09WhereTheNeighbourIsNotToldAnyAddressOfTheInterfaceMayBeTaken() {
    HostFacts host = HostFacts.UNKNOWN.withInterfaces(MANY_ADDRESSES.interfaces().orElseThrow());
    Packet packet = Packet.of(TCP, "10.244.3.7", "10.9.0.50", 80);
    assertThat(masqueraded(host, packet.leavingBy("eth0")))
        .containsExactly("1/1 forward 10.244.3.7>10.9.0.50 80 snat masquerade");
    assertThat(masqueraded(host, packet.leavingBy("cni0")))
        .containsExactly("1/1 forward 10.244.3.1>10.9.0.50 80 snat masquerade");
  }

  @Test
  void fact09AnAddressOfWhichNobodySaysOnWhichInterfaceItIsDropsNothing() {
    HostFacts host =
        MANY_ADDRESSES.withInterfaces(
            List.of(
                new Interface(
                    "", List.of(), List.of(Interface.Address.host(Ip.of("192.168.0.11"))))));
    assertThat(masqueraded(host, Packet.of(TCP, "203.0.113.9", "10.9.0.50", 80)))
        .allMatch(line -> line.contains("203.0.113.9>10.9.0.50 80 snat masquerade"));
  }

  @Test
  void fact09WithoutAnyAddressMasqueradeDrops() {
    HostFacts host =
        HostFacts.UNKNOWN.withInterfaces(
            Rules.addresses(
                """
                1: lo: <LOOPBACK,UP>
                    inet 127.0.0.1/8 scope host lo
                2: wg0: <UP>
                    link/none
                """));
    assertThat(masqueraded(host, Packet.of(TCP, "10.244.3.7", "10.9.0.50", 80).leavingBy("wg0")))
        .containsExactly("1/1 drop");
  }

  private static List<String> masqueraded(HostFacts host, Packet packet) {
    String rules = "*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n";
    Family family = packet.header().family();
    return Rules.outcomes(new IptablesMachine(Rules.parse(family, rules), host), packet);
  }

  @Test
  void fact09ByIpv6AHostMasqueradesToItselfAsTheAddressThatItSendsTo() {
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(Family.IPV6, "*nat\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n"), ROUTED);
    Packet packet = Packet.of(TCP, "fd00::11", "fd00:10:244:1::1", 80).local();
    assertThat(Rules.outcomes(machine, packet))
        .containsExactly("1/1 local fd00:10:244:1::1>fd00:10:244:1::1 80 snat masquerade");
  }

  @Test
  void fact10APortThatIsDrawnMakesAConnectionOneOfSnat() {
    String rules =
        """
        *nat
        -A POSTROUTING -j MASQUERADE %s
        COMMIT
        *filter
        -A INPUT -m conntrack --ctstate SNAT -j DROP
        COMMIT
        """;
    Packet packet = Packet.of(TCP, "192.168.0.11", "192.168.0.11", 80).local();
    assertThat(Rules.outcomes(machine(rules.formatted("--random-fully"), ROUTED), packet))
        .containsExactly("1/1 drop snat masquerade");
    assertThat(Rules.outcomes(machine(rules.formatted(""), ROUTED), packet))
        .containsExactly("1/1 local 192.168.0.11>192.168.0.11 80 snat masquerade");
  }

  @Test
  void fact27OnlyTheNarrowestNetworkIsAskedForItsInterface() {
    HostFacts host =
        ROUTED.withSets(
            Rules.sets(
                """
                create BY hash:net,iface family inet
                add BY 10.244.0.0/16,cni0
                add BY 10.244.1.5,eth0
                """));
    String rules = "*filter\n-A FORWARD -m set --match-set BY dst,dst -j DROP\nCOMMIT\n";
    assertThat(
            Rules.outcomes(machine(rules, host), Packet.of(TCP, "203.0.113.5", "10.244.1.6", 80)))
        .containsExactly("1/1 drop");
    assertThat(
            Rules.outcomes(machine(rules, host), Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80)))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 80");
  }

  /// A host that takes whole networks for its own.
  private static final HostFacts ANY_IP =
      Rules.NODE.withRoutes(
          new RouteTable(
              RoutesParser.parse(
                  """
                  default via 192.168.0.1 dev eth0
                  10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1
                  local 10.66.0.0/16 dev lo table local scope host
                  broadcast 10.244.1.77 dev cni0 table local proto kernel scope link
                  fd00::/64 dev eth0
                  anycast fd00:: dev eth0 table local proto kernel metric 0
                  local fd66::/64 dev lo table local metric 1024
                  """,
                  "routes",
                  RoutingFactsTest::fail)));

  @ParameterizedTest
  @CsvSource({
    "10.66.1.1, LOCAL, local",
    "10.66.1.1, LOCAL --limit-iface-in, ''",
    "10.244.1.77, BROADCAST, local",
    "10.244.1.77, BROADCAST --limit-iface-in, local",
    "10.244.1.78, UNICAST, forward",
    "fd66::1, LOCAL, local",
    "fd66::1, LOCAL --limit-iface-in, ''",
    "fd00::, ANYCAST, local",
    "fd00::78, UNICAST, forward"
  })
  void fact26LocalIsWhatTheTableLocalSays(String to, String type, String delivery) {
    String rules =
        "*raw\n:PREROUTING DROP [0:0]\n-A PREROUTING -m addrtype --dst-type %s -j ACCEPT\nCOMMIT\n"
            .formatted(type);
    boolean v6 = to.contains(":");
    String from = v6 ? "fd00:10:244:1::5" : "10.244.1.5";
    IptablesMachine machine =
        new IptablesMachine(Rules.parse(v6 ? Family.IPV6 : Family.IPV4, rules), ANY_IP);
    assertThat(Rules.outcomes(machine, Packet.of(TCP, from, to, 80).from("cni0")))
        .containsExactly(
            delivery.isEmpty() ? "1/1 drop" : "1/1 " + delivery + " " + from + ">" + to + " 80");
  }

  /// As counters of such rules said in a namespace with these routes.
  @ParameterizedTest
  @CsvSource({
    "fd01::5, true",
    "fd02::5, true",
    "fd03::5, true",
    "fd04::5, false",
    "fd99::5, true",
    "fd00::11, false"
  })
  void fact26Ipv6IsUnreachableWhereNoRouteLeads(String from, boolean unreachable) {
    HostFacts host =
        Rules.NODE.withRoutes(
            new RouteTable(
                RoutesParser.parse(
                    """
                    unreachable fd01::/64 dev lo metric 1024
                    blackhole fd02::/64 dev lo metric 1024
                    prohibit fd03::/64 dev lo metric 1024
                    fd04::/64 dev eth0
                    """,
                    "routes",
                    RoutingFactsTest::fail)));
    String rule = "-m addrtype %s --src-type %s";
    Packet packet = Packet.of(TCP, from, "fd04::1", 80).from("cni0");
    for (String types : List.of("UNREACHABLE", "UNICAST,UNREACHABLE")) {
      assertThat(Rules.outcomes(dropping6(rule.formatted("", types), host), packet))
          .containsExactly(unreachable ? "1/1 drop" : "1/1 forward " + from + ">fd04::1 80");
      assertThat(Rules.outcomes(dropping6(rule.formatted("!", types), host), packet))
          .containsExactly(unreachable ? "1/1 forward " + from + ">fd04::1 80" : "1/1 drop");
    }
  }

  /// As counters of such rules said: what is asked of the route is none of a multicast address.
  @ParameterizedTest
  @CsvSource({
    "MULTICAST, true",
    "'MULTICAST,LOCAL', false",
    "'MULTICAST,ANYCAST', false",
    "'MULTICAST,UNREACHABLE', false"
  })
  void fact26Ipv6MulticastIsNothingElse(String types, boolean holds) {
    String rules = "*raw\n-A PREROUTING -m addrtype --dst-type " + types + " -j DROP\nCOMMIT\n";
    Packet packet = Packet.of(TCP, "fd00:10:244:1::5", "ff05::5", 80).from("cni0");
    String outcome = Rules.outcomes(Rules.machine6(rules), packet).getFirst();
    assertThat(outcome.equals("1/1 drop") && Rules.path(Rules.machine6(rules), packet).size() == 1)
        .isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource({"UNREACHABLE, true", "UNREACHABLE --limit-iface-in, true", "UNICAST, false"})
  void fact26WhereNoRoutesAreGivenItIsOpenWhetherOneLeads(String type, boolean open) {
    Packet packet = Packet.of(TCP, "fd01::5", "fd04::1", 80).from("cni0");
    assertThat(Rules.outcomes(dropping6("-m addrtype --src-type " + type, Rules.NODE), packet))
        .containsExactly(
            open
                ? "1/1 undetermined yes [1/1 drop] no [1/1 forward fd01::5>fd04::1 80]"
                : "1/1 drop");
  }

  private static IptablesMachine dropping6(String match, HostFacts host) {
    return new IptablesMachine(
        Rules.parse(Family.IPV6, "*mangle\n-A FORWARD " + match + " -j DROP\nCOMMIT\n"), host);
  }

  /// A host whose interface of loopback has a network beside 127.0.0.0/8.
  private static final HostFacts LOOPED =
      Rules.NODE
          .withInterfaces(
              InterfacesParser.parse(
                  """
                  1: lo    inet 127.0.0.1/8 scope host lo
                  1: lo    inet 10.5.0.1/24 scope global lo
                  2: eth0    inet 192.168.0.11/24 brd 192.168.0.77 scope global eth0
                  3: ppp0    inet 10.9.0.1 peer 10.8.0.2/24 scope global ppp0
                  """,
                  "addr",
                  RoutingFactsTest::fail))
          .withSysctl("net.ipv4.conf.all.route_localnet", "1");

  /// As counters of such rules said in a namespace with these addresses.
  @ParameterizedTest
  @CsvSource({
    "10.5.0.44, LOCAL, local",
    "10.5.0.44, LOCAL --limit-iface-in, ''",
    "10.5.0.255, BROADCAST, local",
    "192.168.0.77, BROADCAST, local",
    "192.168.0.255, BROADCAST, local",
    "10.8.0.255, BROADCAST, local",
    "10.9.0.255, UNICAST, forward",
    "127.0.0.255, LOCAL, local",
    "127.255.255.255, BROADCAST, local"
  })
  void fact26TheKernelMakesRoutesOfTheAddressesOfInterfaces(
      String to, String type, String delivery) {
    String rules =
        "*raw\n:PREROUTING DROP [0:0]\n-A PREROUTING -m addrtype --dst-type %s -j ACCEPT\nCOMMIT\n"
            .formatted(type);
    Packet packet = Packet.of(TCP, "192.168.0.12", to, 80).from("eth0");
    assertThat(Rules.outcomes(machine(rules, LOOPED), packet))
        .containsExactly(
            delivery.isEmpty() ? "1/1 drop" : "1/1 " + delivery + " 192.168.0.12>" + to + " 80");
  }

  /// `fib_validate_source` asks the routes only where sources are checked, or somebody has made a
  /// local one; it was seen so in a namespace with these addresses.
  @Test
  void fact29ALocalSourceOfNoInterfaceIsAMartianWhereTheRoutesAreAsked() {
    Packet packet = Packet.of(TCP, "10.5.0.9", "192.168.0.11", 80).from("eth0");
    assertThat(Rules.outcomes(machine(COUNT, LOOPED), packet))
        .containsExactly("1/1 local 10.5.0.9>192.168.0.11 80");
    HostFacts checked = LOOPED.withSysctl("net.ipv4.conf.all.rp_filter", "2");
    assertThat(Rules.outcomes(machine(COUNT, checked), packet)).containsExactly("1/1 drop");
    HostFacts routed = LOOPED.withRoutes(ANY_IP.routes().orElseThrow());
    assertThat(Rules.outcomes(machine(COUNT, routed), packet)).containsExactly("1/1 drop");
  }

  @Test
  void fact29ASourceForWhichThereIsARouteToThisHostIsAMartian() {
    Packet packet = Packet.of(TCP, "10.66.7.7", "8.8.8.8", 80).from("cni0");
    assertThat(Rules.outcomes(machine(COUNT, ANY_IP), packet)).containsExactly("1/1 drop");
    assertThat(
            Rules.outcomes(
                machine(COUNT, ANY_IP.withSysctl("net.ipv4.conf.all.accept_local", "1")), packet))
        .containsExactly("1/1 forward 10.66.7.7>8.8.8.8 80");
  }

  @Test
  void fact29OfTheNetworkZeroOnlyItsFirstAddressIsImpossible() {
    Packet first = Packet.of(TCP, "0.0.0.0", "10.244.1.5", 80).from("eth0");
    Packet second = Packet.of(TCP, "0.0.0.1", "10.244.1.5", 80).from("eth0");
    assertThat(Rules.outcomes(machine(COUNT, ROUTED), first)).containsExactly("1/1 drop");
    assertThat(Rules.outcomes(machine(COUNT, ROUTED), second))
        .containsExactly("1/1 forward 0.0.0.1>10.244.1.5 80");
  }

  @Test
  void fact29AnOwnSourceIsAMartianInPacketsToAllToo() {
    Packet own = Packet.of(TCP, "192.168.0.11", "255.255.255.255", 80).from("eth0");
    Packet loopback = Packet.of(TCP, "127.0.0.1", "127.0.0.1", 80).from("eth0");
    Packet unassigned = Packet.of(TCP, "127.0.0.9", "127.0.0.1", 80).from("eth0");
    assertThat(Rules.outcomes(machine(COUNT, ROUTED), own)).containsExactly("1/1 drop");
    assertThat(Rules.outcomes(machine(COUNT, ROUTED), loopback)).containsExactly("1/1 drop");
    assertThat(Rules.outcomes(machine(COUNT, ROUTED), unassigned))
        .containsExactly("1/1 local 127.0.0.9>127.0.0.1 80");
  }

  @Test
  void fact29AnOwnSourceThatIsAllowedComesByItsInterfaceWhereThatIsAsked() {
    HostFacts allowed = ROUTED.withSysctl("net.ipv4.conf.all.accept_local", "1");
    HostFacts strict = allowed.withSysctl("net.ipv4.conf.all.rp_filter", "1");
    HostFacts loose = allowed.withSysctl("net.ipv4.conf.all.rp_filter", "2");
    Packet packet = Packet.of(TCP, "192.168.0.11", "10.244.1.5", 80);
    assertThat(Rules.outcomes(machine(COUNT, strict), packet.from("eth0")))
        .containsExactly("1/1 forward 192.168.0.11>10.244.1.5 80");
    assertThat(Rules.outcomes(machine(COUNT, strict), packet.from("cni0")))
        .containsExactly("1/1 drop");
    assertThat(Rules.outcomes(machine(COUNT, loose), packet.from("cni0")))
        .containsExactly("1/1 forward 192.168.0.11>10.244.1.5 80");
  }

  @Test
  void fact29WhereInterfacesAreSetDifferentlyOneMustBeTold() {
    HostFacts some = ROUTED.withSysctl("net.ipv4.conf.eth0.rp_filter", "1");
    Packet packet = Packet.of(TCP, "10.244.1.9", "10.244.1.5", 80);
    String passes = "1/1 forward 10.244.1.9>10.244.1.5 80";
    assertThat(Rules.outcomes(machine(COUNT, some), packet))
        .containsExactly("1/1 undetermined yes [1/1 drop] no [" + passes + "]");
    assertThat(Rules.outcomes(machine(COUNT, some), packet.from("cni0"))).containsExactly(passes);
    assertThat(Rules.outcomes(machine(COUNT, some), packet.from("eth0")))
        .containsExactly("1/1 drop");
    Packet outer = Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80);
    assertThat(Rules.outcomes(machine(COUNT, some), outer))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 80");
  }

  @ParameterizedTest
  @CsvSource({"forwarding, 0", "rp_filter, 2", "route_localnet, 1", "accept_local, 1"})
  void fact29WhereAllInterfacesAreSetAlikeNoneNeedsToBeTold(String setting, String value) {
    HostFacts host = ROUTED.withSysctl("net.ipv4.conf.all.route_localnet", "0");
    for (String device : new String[] {"eth0", "cni0"}) {
      host = host.withSysctl("net.ipv4.conf." + device + "." + setting, value);
    }
    HostFacts listed = host.withSysctl("net.ipv4.conf.lo." + setting, "0");
    for (String[] ends :
        new String[][] {
          {"203.0.113.5", "10.244.1.5"},
          {"203.0.113.5", "127.0.0.1"},
          {"192.168.0.11", "10.244.1.5"}
        }) {
      Packet packet = Packet.of(TCP, ends[0], ends[1], 80);
      assertThat(Rules.outcomes(machine(COUNT, listed), packet))
          .isEqualTo(Rules.outcomes(machine(COUNT, listed), packet.from("eth0")));
    }
  }

  @Test
  void fact29LoopbackOfIpv6IsRoutedByTheInterfaceOfThePacketOnly() {
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(
                Family.IPV6, "*nat\n-A PREROUTING -p tcp -j DNAT --to-destination ::1\nCOMMIT\n"),
            ROUTED);
    Packet packet = Packet.of(TCP, "2001:db8::5", "fd00:10:96::10", 80);
    assertThat(Rules.outcomes(machine, packet.from("cni0")))
        .containsExactly("1/1 reject icmp6-no-route dnat [::1]:80");
    assertThat(Rules.outcomes(machine, packet.from("eth0")))
        .containsExactly("1/1 forward 2001:db8::5>::1 80 dnat [::1]:80");
  }

  private static IptablesMachine machine(String rules, HostFacts host) {
    return new IptablesMachine(Rules.parse(Family.IPV4, rules), host);
  }

  private static void fail(Object diagnostic) {
    throw new AssertionError(diagnostic.toString());
  }
}
