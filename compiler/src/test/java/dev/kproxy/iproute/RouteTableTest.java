package dev.kproxy.iproute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.net.Ip;
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
          fd00::/64 dev eth0 metric 256 pref medium
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

  @Test
  void asksTheNextTableWhereARouteThrows() {
    assertThat(device("10.5.0.1")).isEqualTo("eth5");
    assertThat(device("10.3.0.1")).isEqualTo("last");
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
