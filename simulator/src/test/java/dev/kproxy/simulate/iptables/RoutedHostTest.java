package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iproute.InterfacesParser;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iproute.RoutesParser;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.host.Facts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where packets go on a host as iproute2 prints it; what the kernel does was seen in network
/// namespaces with these addresses, routes and settings.
class RoutedHostTest {
  private static final String ADDRESSES =
      """
      1: lo    inet 127.0.0.1/8 scope host lo
      1: lo    inet6 ::1/128 scope host
      2: eth0    inet 192.168.0.11/24 scope global eth0
      2: eth0    inet6 2001:db8:1::11/64 scope global nodad
      2: eth0    inet6 fe80::7840:68ff:fe53:43b0/64 scope link
      3: cni0    inet 10.244.3.1/24 scope global cni0
      3: cni0    inet6 2001:db8:3::1/64 scope global nodad
      3: cni0    inet6 fe80::74e8:42ff:fef8:fc5b/64 scope link
      4: cali1    inet6 fe80::9c6d:b8ff:fee8:c34e/64 scope link
      """;

  private static final String ROUTES =
      """
      default via 192.168.0.1 dev eth0
      10.244.3.0/24 dev cni0 proto kernel scope link src 10.244.3.1
      10.244.3.77 dev cali1 scope link
      192.168.0.0/24 dev eth0 proto kernel scope link src 192.168.0.11
      2001:db8:1::/64 dev eth0 proto kernel metric 256 pref medium
      2001:db8:3::/64 dev cni0 proto kernel metric 256 pref medium
      2001:db8:88::/64 dev eth0 metric 100 pref medium
      2001:db8:88::/64 dev cni0 metric 200 pref medium
      fe80::/64 dev eth0 proto kernel metric 256 pref medium
      fe80::/64 dev cni0 proto kernel metric 256 pref medium
      default via 2001:db8:1::1 dev eth0 metric 1024 pref medium
      """;

  private static final String LOCAL =
      """
      local 10.244.3.1 dev cni0 table local proto kernel scope host src 10.244.3.1
      broadcast 10.244.3.255 dev cni0 table local proto kernel scope link src 10.244.3.1
      local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1
      local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
      local 192.168.0.11 dev eth0 table local proto kernel scope host src 192.168.0.11
      """;

  private static final HostFacts HOST =
      HostFacts.UNKNOWN
          .withInterfaces(InterfacesParser.parse(ADDRESSES, "addr", RoutedHostTest::fail))
          .withRoutes(new RouteTable(RoutesParser.parse(ROUTES, "routes", RoutedHostTest::fail)));

  private static final HostFacts WITHOUT_ADDRESSES =
      HostFacts.UNKNOWN.withRoutes(
          new RouteTable(RoutesParser.parse(ROUTES + LOCAL, "routes", RoutedHostTest::fail)));

  /// `drop`, or where a packet that nothing stops goes: `local` to this host, else by an interface.
  private static String way(HostFacts host, String from, String to, String in) {
    String rules =
        """
        *filter
        -A FORWARD -o eth0 -j MARK --set-mark 1
        -A FORWARD -o cni0 -j MARK --set-mark 2
        -A FORWARD -o cali1 -j MARK --set-mark 3
        COMMIT
        """;
    Family family = to.contains(":") ? Family.IPV6 : Family.IPV4;
    return Rules.outcomes(
            new IptablesMachine(Rules.parse(family, rules), host),
            Packet.of(UDP, from, to, 53).from(in))
        .getFirst()
        .replace("1/1 ", "")
        .replaceFirst("^local .*", "local")
        .replaceFirst("^forward .* mark 0x1$", "eth0")
        .replaceFirst("^forward .* mark 0x2$", "cni0")
        .replaceFirst("^forward .* mark 0x3$", "cali1");
  }

  @ParameterizedTest
  @CsvSource({
    "fe80::5, fe80::77, cni0, cni0",
    "2001:db8:3::7, fe80::77, cni0, cni0",
    "2001:db8:3::7, fe80::74e8:42ff:fef8:fc5b, cni0, local",
    "2001:db8:3::7, fe80::7840:68ff:fe53:43b0, cni0, cni0",
    "2001:db8:3::7, fe80::, cni0, local",
    "::, 2001:db8:1::1, cni0, drop",
    "fe80::5, 2001:db8:1::1, cni0, drop",
    "fe80::5, 2001:db8:1::1, eth0, eth0",
    "ff02::5, 2001:db8:1::11, eth0, drop",
    "2001:db8:1::1, ff02::1, eth0, local",
    "2001:db8:1::1, ff02::1:ff53:43b0, eth0, local",
    "2001:db8:1::1, ff01::1, eth0, drop",
    "2001:db8:1::1, 2001:db8:3::, eth0, local",
    "192.168.0.1, 224.0.0.1, eth0, local",
    "0.0.0.0, 224.0.0.1, eth0, local",
    "0.0.0.0, 0.0.0.0, eth0, local",
    "0.0.0.0, 192.168.0.11, eth0, drop",
    "192.168.0.255, 10.244.3.9, eth0, cni0"
  })
  void fact29GoesWhereTheKernelSendsIt(String from, String to, String in, String way) {
    assertThat(way(HOST, from, to, in)).isEqualTo(way);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0.0.0.0, 255.255.255.255, cni0, local",
    "1, 192.168.0.255, 10.244.3.9, eth0, drop",
    "1, 10.244.3.9, 224.0.0.1, eth0, drop",
    "2, 10.244.3.9, 192.168.0.1, eth0, eth0",
    "2, 10.244.3.9, 192.168.0.1, cali1, drop",
    "2, 10.244.3.77, 192.168.0.1, cali1, eth0"
  })
  void fact29SourcesAreChecked(String filter, String from, String to, String in, String way) {
    HostFacts host = HOST.withSysctl("net.ipv4.conf.all.rp_filter", filter);
    assertThat(way(host, from, to, in)).isEqualTo(way);
  }

  @ParameterizedTest
  @CsvSource({
    "10.244.3.9, 8.8.8.8, cni0, eth0",
    "10.244.3.9, 192.168.0.11, cni0, local",
    "192.168.0.11, 8.8.8.8, cni0, drop"
  })
  void theTableLocalTellsTheAddresses(String from, String to, String in, String way) {
    assertThat(way(WITHOUT_ADDRESSES, from, to, in)).isEqualTo(way);
  }

  @ParameterizedTest
  @CsvSource({"net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding"})
  void fact29ForwardingHasTwoNames(String setting) {
    assertThat(way(HOST.withSysctl(setting, "0"), "10.244.3.9", "8.8.8.8", "cni0"))
        .isEqualTo("drop");
  }

  /// By IPv6 the way back may be by any of the routes to a network, whatever their metrics.
  @ParameterizedTest
  @CsvSource({
    "fe80::5, cni0, true",
    "fe80::5, eth0, true",
    "fe80::5, cali1, false",
    "2001:db8:88::5, cni0, true",
    "2001:db8:88::5, cali1, false",
    "2001:db8:3::5, eth0, false"
  })
  void fact29TheMatchRpfilterAsksForTheWayBack(String from, String in, boolean holds) {
    String rules = "*mangle\n-A PREROUTING -m rpfilter --invert -j DROP\nCOMMIT\n";
    Packet packet = Packet.of(UDP, from, "2001:db8:1::11", 547).from(in);
    assertThat(Rules.outcomes(new IptablesMachine(Rules.parse(Family.IPV6, rules), HOST), packet))
        .containsExactly(holds ? "1/1 local " + from + ">2001:db8:1::11 547" : "1/1 drop");
  }

  /// Of equal routes of IPv6 the one by the interface of the packet is taken (`rt6_score_route`),
  /// and those for some sources before those for all. What is by the loopback interface and not for
  /// the host itself is refused (`fib6_is_reject`), or forwarded until its TTL is used up. Of IPv4,
  /// tables `local` and `main` are one until there is a rule of policy routing (`fib_unmerge`).
  private static final String MORE =
      """
      2001:db8:99::/64 dev eth0 metric 1024 pref medium
      2001:db8:99::/64 dev cni0 metric 1024 pref medium
      2001:db8:90::/64 from 2001:db8:3::/64 dev cali1 metric 1024 pref medium
      unreachable 2001:db8:90::/60 dev lo metric 1024 pref medium
      2001:db8:80::/64 dev lo metric 1024 pref medium
      local 2001:db8:61::/64 dev lo metric 1024 pref medium
      10.80.0.0/16 dev lo scope link
      local 10.61.0.0/16 dev lo scope host
      local 10.60.0.0/16 dev lo table local scope host
      10.60.5.0/24 via 10.244.3.9 dev cni0
      unreachable 10.60.7.0/24
      """;

  private static HostFacts with(String more) {
    return HOST.withRoutes(
        new RouteTable(RoutesParser.parse(ROUTES + more, "routes", RoutedHostTest::fail)));
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:1::9, 2001:db8:99::1, eth0, eth0",
    "2001:db8:3::9, 2001:db8:99::1, cni0, cni0",
    "2001:db8:4::9, 2001:db8:99::1, cali1, eth0",
    "2001:db8:3::9, 2001:db8:90::1, cni0, cali1",
    "2001:db8:1::9, 2001:db8:90::1, eth0, reject icmp6-no-route",
    "2001:db8:1::9, 2001:db8:80::1, eth0, reject icmp6-no-route",
    "2001:db8:1::9, 2001:db8:61::1, eth0, local",
    "192.168.0.1, 10.80.0.1, eth0, drop",
    "192.168.0.1, 10.61.0.1, eth0, local",
    "192.168.0.1, 10.60.0.1, eth0, local",
    "192.168.0.1, 10.60.5.1, eth0, cni0",
    "192.168.0.1, 10.60.7.1, eth0, reject icmp-host-unreachable",
    "10.60.5.1, 192.168.0.1, cni0, eth0",
    "10.60.0.1, 192.168.0.1, cni0, drop",
    "10.61.0.1, 192.168.0.1, cni0, drop",
  })
  void fact29TakesTheRouteThatTheKernelTakes(String from, String to, String in, String way) {
    assertThat(way(with(MORE), from, to, in)).isEqualTo(way);
  }

  @Test
  void fact29WhereTheInterfaceOfThePacketIsNotGivenSoIsTheOneThatItLeavesBy() {
    String rules = "*mangle\n-A POSTROUTING -o eth0 -j DROP\nCOMMIT\n";
    Packet packet = Packet.of(UDP, "2001:db8:4::9", "2001:db8:99::1", 53);
    String passes = "1/1 forward 2001:db8:4::9>2001:db8:99::1 53";
    assertThat(outcomes(rules, packet))
        .containsExactly("1/1 undetermined yes [1/1 drop] no [" + passes + "]");
    assertThat(outcomes("*filter\nCOMMIT\n", packet)).containsExactly(passes);
    assertThat(outcomes(rules, packet.local())).containsExactly("1/1 drop");
  }

  @ParameterizedTest
  @CsvSource({
    "192.168.0.11, 10.80.0.1, local",
    "192.168.0.11, 10.60.5.1, forward",
    "2001:db8:1::11, 2001:db8:80::1, drop",
    "2001:db8:1::11, 2001:db8:90::1, drop",
  })
  void fact29OfTheHostItself(String from, String to, String delivery) {
    String rules = "*filter\n-A OUTPUT -p udp\nCOMMIT\n";
    assertThat(outcomes(rules, Packet.of(UDP, from, to, 53).local()))
        .containsExactly(
            "1/1 " + delivery + (delivery.equals("drop") ? "" : " " + from + ">" + to + " 53"));
  }

  @ParameterizedTest
  @CsvSource({
    "10.60.0.1, LOCAL, true",
    "10.60.5.1, LOCAL, false",
    "10.60.5.1, UNICAST, true",
    "10.60.7.1, LOCAL, false",
    "10.61.0.1, LOCAL, true",
    "2001:db8:61::1, LOCAL, true",
    "2001:db8:80::1, UNREACHABLE, true",
    "2001:db8:99::1, UNREACHABLE, false"
  })
  void fact26TheTypeOfAnAddressIsThatOfItsRoute(String to, String type, boolean holds) {
    String rules = "*mangle\n-A PREROUTING -m addrtype --dst-type " + type + " -j DROP\nCOMMIT\n";
    String from = to.contains(":") ? "2001:db8:1::9" : "192.168.0.1";
    assertThat(outcomes(rules, Packet.of(UDP, from, to, 53).from("eth0")))
        .hasSize(1)
        .matches(lines -> lines.contains("1/1 drop") == holds);
  }

  private static List<String> outcomes(String rules, Packet packet) {
    Family family = packet.header().family();
    return Rules.outcomes(new IptablesMachine(Rules.parse(family, rules), with(MORE)), packet);
  }

  /// Routes in another table hint at rules of policy routing, which part `local` from `main`.
  @ParameterizedTest
  @CsvSource({
    "192.168.0.1, 10.60.0.1, eth0, local",
    "192.168.0.1, 10.60.5.1, eth0, undetermined yes [local %s] no [forward %s mark 0x2]",
    "10.60.5.1, 192.168.0.1, cni0, undetermined yes [drop] no [forward %s mark 0x1]",
    "10.244.3.9, 192.168.0.1, cni0, eth0"
  })
  void fact29WhereThereMayBeRulesItIsOpenWhetherTheyPartTheTables(
      String from, String to, String in, String way) {
    HostFacts host = with(MORE + "default via 192.168.0.2 dev eth0 table 100\n");
    assertThat(way(host, from, to, in)).isEqualTo(way.replace("%s", from + ">" + to + " 53"));
  }

  /// A host whose loopback interface has a network, to a part of which there is another way.
  @ParameterizedTest
  @CsvSource({"10.64.1.1, local", "10.64.9.1, cni0"})
  void fact26ANetworkOfTheLoopbackInterfaceGivesWayToANarrowerOne(String to, String way) {
    HostFacts host =
        with("10.64.9.0/24 via 10.244.3.9 dev cni0\n")
            .withInterfaces(
                InterfacesParser.parse(
                    ADDRESSES + "1: lo    inet 10.64.0.1/16 scope global lo\n",
                    "addr",
                    RoutedHostTest::fail));
    assertThat(way(host, "192.168.0.1", to, "eth0")).isEqualTo(way);
  }

  /// `ip_route_output_key_hash_rcu` takes the address of the route to a broadcast address, too.
  @Test
  void theHostSendsToABroadcastAddressFromThatOfItsRoute() {
    HostFacts host =
        with("broadcast 10.244.3.255 dev cni0 table local proto kernel scope link src 10.244.3.1");
    assertThat(Facts.of(host).routing().source(Ip.of("10.244.3.255")))
        .contains(Ip.of("10.244.3.1"));
  }

  private static final String UNUSED =
      """
      1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
          inet 127.0.0.1/8 scope host lo
          inet6 ::1/128 scope host
      2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP
          inet 192.168.0.11/24 brd 192.168.0.255 scope global eth0
          inet6 2001:db8:1::11/64 scope global
      3: br8: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN
          inet 10.8.0.1/24 brd 10.8.0.255 scope global br8
      4: nc0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN
          inet 10.4.0.1/24 brd 10.4.0.255 scope global nc0
          inet6 2001:db8:4::1/64 scope global tentative
      5: pod0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP
          inet6 2001:db8:5::1/64 scope global
      6: opt0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN
          inet6 2001:db8:6::1/64 scope global tentative optimistic
      """;

  private static final String ROUTES_OF_UNUSED =
      """
      local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1
      local 192.168.0.11 dev eth0 table local proto kernel scope host src 192.168.0.11
      broadcast 192.168.0.255 dev eth0 table local proto kernel scope link src 192.168.0.11
      local 10.8.0.1 dev br8 table local proto kernel scope host src 10.8.0.1
      local 10.4.0.1 dev nc0 table local proto kernel scope host src 10.4.0.1
      broadcast 10.4.0.255 dev nc0 table local proto kernel scope link src 10.4.0.1 dead linkdown
      default via 192.168.0.1 dev eth0
      local ::1 dev lo table local proto kernel metric 0 pref medium
      local 2001:db8:1::11 dev eth0 table local proto kernel metric 0 pref medium
      anycast 2001:db8:1:: dev eth0 table local proto kernel metric 0 pref medium
      local 2001:db8:5::1 dev pod0 table local proto kernel metric 0 pref medium
      local 2001:db8:6::1 dev opt0 table local proto kernel metric 0 pref medium
      default via 2001:db8:1::1 dev eth0 metric 1024 pref medium
      """;

  /// The kernel has no route for an address that it does not use, so that a packet to it goes on.
  @ParameterizedTest
  @CsvSource({
    "192.168.0.255, LOCAL, LOCAL",
    "10.8.0.1, LOCAL, LOCAL",
    "10.8.0.255, FORWARD, FORWARD",
    "10.4.0.1, LOCAL, LOCAL",
    "10.4.0.255, FORWARD, LOCAL",
    "2001:db8:1::, LOCAL, LOCAL",
    "2001:db8:4::1, FORWARD, FORWARD",
    "2001:db8:4::, FORWARD, FORWARD",
    "2001:db8:5::1, LOCAL, LOCAL",
    "2001:db8:5::, FORWARD, FORWARD",
    "2001:db8:6::1, LOCAL, LOCAL"
  })
  void fact26AnAddressThatIsNotInUseIsNoneOfTheHost(
      String to, Delivery withRoutes, Delivery withoutRoutes) {
    HostFacts host =
        HostFacts.UNKNOWN
            .withInterfaces(InterfacesParser.parse(UNUSED, "addr", RoutedHostTest::fail))
            .withSysctl("net.ipv6.conf.pod0.forwarding", "0");
    HostFacts routed =
        host.withRoutes(
            new RouteTable(RoutesParser.parse(ROUTES_OF_UNUSED, "routes", RoutedHostTest::fail)));
    assertThat(delivery(routed, to)).isEqualTo(withRoutes);
    assertThat(delivery(host, to)).isEqualTo(withoutRoutes);
  }

  /// As packets fared in a namespace with these settings.
  @ParameterizedTest
  @CsvSource({
    "ipv6.conf.eth0.disable_ipv6=1, 2001:db8:9::9, NONE",
    "ipv6.conf.all.disable_ipv6=1, 2001:db8:9::9, NONE",
    "ipv6.conf.all.disable_ipv6=1 ipv6.conf.eth0.disable_ipv6=0, 2001:db8:9::9, FORWARD",
    "ipv6.conf.pod0.disable_ipv6=1, 2001:db8:9::9, FORWARD",
    "ipv6.conf.eth0.forwarding=0, 2001:db8:9::9, FORWARD",
    "ipv6.conf.all.forwarding=0, 2001:db8:9::9, NONE",
    "ipv6.conf.all.forwarding=0 ipv6.conf.pod0.force_forwarding=1, 2001:db8:9::9, NONE",
    "ipv6.conf.all.forwarding=0 ipv6.conf.eth0.force_forwarding=1, 2001:db8:9::9, FORWARD",
    "ipv4.conf.eth0.bc_forwarding=1, 10.3.0.255, LOCAL",
    "ipv4.conf.all.bc_forwarding=1, 10.3.0.255, LOCAL",
    "ipv4.conf.all.bc_forwarding=1 ipv4.conf.eth0.bc_forwarding=1, 10.3.0.255, FORWARD",
    "ipv4.conf.all.bc_forwarding=1 ipv4.conf.eth0.bc_forwarding=1, 255.255.255.255, LOCAL",
    "ipv4.conf.all.bc_forwarding=1 ipv4.conf.eth0.bc_forwarding=1, 10.3.0.1, LOCAL",
    "ipv4.ip_forward=0 ipv4.conf.all.bc_forwarding=1 ipv4.conf.eth0.bc_forwarding=1, 10.3.0.255,"
        + " FORWARD",
  })
  void fact29SettingsOfTheInterfaceThatAPacketCameInByCount(
      String settings, String to, Delivery delivery) {
    String told =
        """
        2: eth0    inet 192.168.0.11/24 brd 192.168.0.255 scope global eth0
        2: eth0    inet6 2001:db8:1::11/64 scope global
        3: cni0    inet 10.3.0.1/24 brd 10.3.0.255 scope global cni0
        """;
    HostFacts host =
        HostFacts.UNKNOWN.withInterfaces(
            InterfacesParser.parse(told, "addr", RoutedHostTest::fail));
    for (String setting : settings.split(" ", -1)) {
      String[] parts = setting.split("=", 2);
      host = host.withSysctl("net." + parts[0], parts[1]);
    }
    assertThat(delivery(host, to)).isEqualTo(delivery);
  }

  /// Where it is not known by which interface a packet came in, it came in by one that takes it.
  @ParameterizedTest
  @CsvSource({
    "all=1, NONE",
    "all=1 default=0 lo=0, NONE",
    "all=1 lo=0 eth0=1, NONE",
    "all=1 lo=0 eth0=0, FORWARD",
    "all=1 eth0=1 cni0=0, FORWARD",
    "lo=1 eth0=1, FORWARD"
  })
  void fact29APacketComesInByAnInterfaceThatTakesIt(String settings, Delivery delivery) {
    HostFacts host = HostFacts.UNKNOWN.withSysctl("net.ipv6.conf.all.forwarding", "1");
    for (String setting : settings.split(" ", -1)) {
      String[] parts = setting.split("=", 2);
      host = host.withSysctl("net.ipv6.conf." + parts[0] + ".disable_ipv6", parts[1]);
    }
    HostFacts told =
        host.withInterfaces(
            InterfacesParser.parse(
                "2: eth0    inet6 2001:db8:1::11/64 scope global\n", "addr", RoutedHostTest::fail));
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(Family.IPV6, "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"), told);
    assertThat(
            machine
                .trace(Packet.of(UDP, "2001:db8:1::9", "2001:db8:9::9", 53))
                .outcomes()
                .getFirst()
                .delivery())
        .isEqualTo(delivery);
  }

  private static Delivery delivery(HostFacts host, String to) {
    boolean v6 = to.contains(":");
    Family family = v6 ? Family.IPV6 : Family.IPV4;
    String from = v6 ? "2001:db8:1::9" : "192.168.0.9";
    IptablesMachine machine =
        new IptablesMachine(Rules.parse(family, "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"), host);
    return machine
        .trace(Packet.of(UDP, from, to, 53).from("eth0"))
        .outcomes()
        .getFirst()
        .delivery();
  }

  private static void fail(Object diagnostic) {
    throw new AssertionError(diagnostic.toString());
  }
}
