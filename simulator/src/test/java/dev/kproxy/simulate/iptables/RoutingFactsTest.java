package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.TCP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iproute.RoutesParser;
import dev.kproxy.ipset.IpsetParser;
import dev.kproxy.net.Family;
import dev.kproxy.simulate.Backend;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Packet;
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
            IpsetParser.parse(
                """
                create BY hash:net,iface family inet
                add BY 10.244.0.0/16,cni0
                add BY 10.244.1.5,eth0
                """,
                "sets",
                RoutingFactsTest::fail));
    String rules = "*filter\n-A FORWARD -m set --match-set BY dst,dst -j DROP\nCOMMIT\n";
    assertThat(
            Rules.outcomes(machine(rules, host), Packet.of(TCP, "203.0.113.5", "10.244.1.6", 80)))
        .containsExactly("1/1 drop");
    assertThat(
            Rules.outcomes(machine(rules, host), Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80)))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 80");
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
