package dev.kproxy.iproute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.net.Ip;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RouteTableTest {
  private static final RouteTable TABLE =
      table(
          """
          default via 10.0.0.254 dev eth0 metric 100
          default via 10.0.0.253 dev eth0 metric 50
          10.0.0.0/24 dev eth0 proto kernel scope link src 10.0.0.1
          10.1.0.0/16 dev eth1
          10.1.2.0/24 dev dead0 dead linkdown
          10.1.3.0/24 tos 0x10 dev eth2
          blackhole 10.2.0.0/16
          throw 10.3.0.0/16
          10.3.0.0/16 dev last table default
          10.4.0.0/16 dev elsewhere table 100
          local 10.0.0.1 dev eth0 table local
          throw 10.5.0.0/16 table local
          10.5.0.0/16 dev eth5
          local 10.6.0.0/16 dev lo table local
          10.6.5.0/24 dev eth6
          10.6.0.0/16 dev eth6
          fd00::/64 dev eth0 metric 256 pref medium
          throw fd05::/64 table local
          fd05::/64 dev eth5
          local fd06::/32 dev lo table local
          fd06::/64 dev eth6
          fd07::/64 dev eth1 metric 256 pref low
          fd07::/64 dev eth2 metric 256 pref medium
          fd07::/64 dev eth3 metric 256 pref medium
          fd07::/64 dev eth4 metric 512 pref high
          fd08::/32 dev eth1
          fd08::/64 dev eth2
          fd08::/64 from fd00::/64 dev eth3
          fd08::/64 from fd00::/96 dev eth4
          fd09::/64 from fd00::/64 dev eth3
          """);

  private static RouteTable table(String text) {
    return new RouteTable(RoutesParser.parse(text, "x", it -> assertThat(it).isNull()));
  }

  private static String device(String destination) {
    return TABLE
        .lookup(Ip.of(destination))
        .map(
            route ->
                route.hops().isEmpty() ? route.type().toString() : route.hops().getFirst().device())
        .orElse("none");
  }

  private static List<String> devices(String source, String destination, @Nullable String in) {
    return TABLE.lookup(Ip.of(source), Ip.of(destination), in).stream()
        .map(route -> route.hops().getFirst().device())
        .toList();
  }

  @Test
  void prefersTheTableOfLocalAddresses() {
    assertThat(TABLE.lookup(Ip.of("10.0.0.1")).orElseThrow().type()).isEqualTo(Route.Type.LOCAL);
    assertThat(TABLE.lookup(Ip.of("10.0.0.2")).orElseThrow().type()).isEqualTo(Route.Type.UNICAST);
  }

  @Test
  void prefersTheNarrowestNetworkThenTheLowestMetric() {
    assertThat(device("10.1.9.9")).isEqualTo("eth1");
    assertThat(TABLE.lookup(Ip.of("8.8.8.8")).orElseThrow().metric()).isEqualTo(50);
  }

  @Test
  void passesOverDeadLinksAndRoutesForSomePackets() {
    assertThat(device("10.1.2.1")).isEqualTo("eth1");
    assertThat(device("10.1.3.1")).isEqualTo("eth1");
  }

  /// Of IPv4 `local` is no table of its own, so that the next one is `default`.
  @Test
  void asksTheNextTableWhereARouteThrows() {
    assertThat(device("10.5.0.1")).isEqualTo("none");
    assertThat(device("fd05::1")).isEqualTo("eth5");
    assertThat(device("10.3.0.1")).isEqualTo("last");
  }

  @Test
  void tablesLocalAndMainAreOneOfIpv4Only() {
    assertThat(device("10.6.5.1")).isEqualTo("eth6");
    assertThat(device("10.6.6.1")).isEqualTo("lo");
    assertThat(device("fd06::1")).isEqualTo("lo");
  }

  @Test
  void ofEqualRoutesOfIpv6TheOneByTheInterfaceOfThePacketIsTaken() {
    assertThat(devices("fd00::1", "fd07::1", "eth3")).containsExactly("eth3");
    assertThat(devices("fd00::1", "fd07::1", "eth1")).containsExactly("eth2");
    assertThat(devices("fd00::1", "fd07::1", "eth4")).containsExactly("eth2");
    assertThat(devices("fd00::1", "fd07::1", "")).containsExactly("eth2");
    assertThat(devices("fd00::1", "fd07::1", null)).containsExactly("eth2", "eth3");
  }

  /// As `ip -6 route get DESTINATION from SOURCE iif IN` said in a namespace with such routes.
  @Test
  void routesForSomeSourcesHideThoseForAll() {
    assertThat(devices("fd00::1", "fd08::1", "eth0")).containsExactly("eth4");
    assertThat(devices("fd00::1:0:0:1", "fd08::1", "eth0")).containsExactly("eth3");
    assertThat(devices("fd01::1", "fd08::1", "eth0")).containsExactly("eth1");
    assertThat(devices("fd00::1", "fd09::1", "eth0")).containsExactly("eth3");
    assertThat(devices("fd01::1", "fd09::1", "eth0")).isEmpty();
    RouteTable defaults =
        table(
            """
            default via fd00::9 dev eth0
            default from fd02::/64 via fd01::9 dev eth1
            """);
    assertThat(defaults.lookup(Ip.of("fd03::1"), Ip.of("2600::1"), "eth0").getFirst().isBy("eth0"))
        .isTrue();
    assertThat(defaults.lookup(Ip.of("fd02::1"), Ip.of("2600::1"), "eth0").getFirst().isBy("eth1"))
        .isTrue();
  }

  @Test
  void findsRoutesThatLeadNowhere() {
    assertThat(device("10.2.0.1")).isEqualTo("blackhole");
  }

  @Test
  void doesNotAskTablesThatOnlyRulesLeadTo() {
    assertThat(device("10.4.0.1")).isEqualTo("eth0");
    assertThat(TABLE.lookup("100", Ip.of("10.4.0.1"))).isPresent();
    assertThat(TABLE.lookup("200", Ip.of("10.4.0.1"))).isEmpty();
    assertThat(TABLE.otherTables()).containsExactly("100");
  }

  @Test
  void findsNothingWithoutADefaultRoute() {
    assertThat(device("fd00::5")).isEqualTo("eth0");
    assertThat(device("fd01::5")).isEqualTo("none");
  }
}
