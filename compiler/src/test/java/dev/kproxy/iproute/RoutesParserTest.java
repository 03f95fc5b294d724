package dev.kproxy.iproute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.TestFiles;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesParserTest {
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private List<Route> parse(String text) {
    return RoutesParser.parse(text, "x", diagnostics::add);
  }

  private Route one(String text) {
    List<Route> routes = parse(text);
    assertThat(diagnostics).isEmpty();
    assertThat(routes).hasSize(1);
    return routes.getFirst();
  }

  private static List<Route> recorded(String file) throws IOException {
    List<Diagnostic> diagnostics = new ArrayList<>();
    String text = Files.readString(TestFiles.testdata("kernel/network/" + file));
    List<Route> routes = RoutesParser.parse(text, file, diagnostics::add);
    assertThat(diagnostics).isEmpty();
    return routes;
  }

  @Test
  void readsTheSameRoutesFromEveryFormOfOutput() throws IOException {
    List<Route> plain = recorded("ip-route.txt");
    assertThat(plain).hasSizeGreaterThan(40);
    assertThat(recorded("ip-o-d-route.txt")).isEqualTo(plain);
    assertThat(recorded("ip-j-route.json")).isEqualTo(plain);
  }

  @Test
  void readsEveryRouteOfARecordedHost() throws IOException {
    assertThat(recorded("ip-route.txt"))
        .extracting(Route::type)
        .contains(
            Route.Type.UNICAST,
            Route.Type.LOCAL,
            Route.Type.BROADCAST,
            Route.Type.ANYCAST,
            Route.Type.MULTICAST,
            Route.Type.BLACKHOLE,
            Route.Type.UNREACHABLE,
            Route.Type.PROHIBIT,
            Route.Type.THROW);
  }

  @Test
  void readsADefaultRoute() {
    assertThat(one("default via 10.0.0.254 dev eth0 proto dhcp src 10.0.0.2 metric 100 \n"))
        .isEqualTo(
            new Route(
                Route.Type.UNICAST,
                Cidr.of("0.0.0.0/0"),
                "main",
                List.of(new Route.Hop("eth0", Optional.of(Ip.of("10.0.0.254")), 1, List.of())),
                Optional.of(Ip.of("10.0.0.2")),
                100,
                "dhcp",
                "global",
                Optional.empty(),
                Optional.empty(),
                0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default via fe80::1 dev eth0 metric 1024",
        "default dev eth0 metric 1024 pref medium",
        "unreachable default dev lo metric 4294967295 error -101 pref medium",
        "default from 2001:db8::/64 via fe80::1 dev eth0 metric 1024",
        "[{\"dst\":\"default\",\"dev\":\"eth0\",\"pref\":\"medium\"}]"
      })
  void knowsTheDefaultRouteOfIpv6(String line) {
    assertThat(one(line).destination()).isEqualTo(Cidr.of("::/0"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default dev tun0 scope link",
        "default via inet6 fe80::1 dev eth0",
        "unreachable default metric 4278198272",
        "[{\"dst\":\"default\",\"via\":{\"family\":\"inet6\",\"host\":\"fe80::1\"},\"dev\":\"e\"}]"
      })
  void knowsTheDefaultRouteOfIpv4(String line) {
    assertThat(one(line).destination()).isEqualTo(Cidr.of("0.0.0.0/0"));
  }

  @Test
  void doesNotTakeMappedAddressesForAllOfIpv4() {
    Route route = one("unreachable ::ffff:0.0.0.0/96 dev lo metric 1024 pref medium");
    assertThat(route.destination()).isEqualTo(new Cidr(new Ip.V6(0, 0xffff_0000_0000L), 96));
    assertThat(route.hops()).isEmpty();
  }

  @Test
  void readsTheHopsOfAMultipathRoute() {
    Route route =
        one(
            """
            10.20.0.0/16 proto bird linkdown\s
            \tnexthop via 10.0.0.3 dev v0 weight 2 linkdown\s
            \tnexthop via inet6 fe80::7 dev v1 weight 1 dead onlink\s
            """);
    assertThat(route.hops())
        .containsExactly(
            new Route.Hop("v0", Optional.of(Ip.of("10.0.0.3")), 2, List.of("linkdown")),
            new Route.Hop("v1", Optional.of(Ip.of("fe80::7")), 1, List.of("dead", "onlink")));
    assertThat(route.hops()).extracting(Route.Hop::isDead).containsExactly(false, true);
  }

  @Test
  void passesOverWhatEncapsulates() {
    Route route =
        one("10.60.0.0/16  encap ip id 1 src 0.0.0.0 dst 10.0.0.5 ttl 0 tos 4 dev v0 scope link");
    assertThat(route.source()).isEmpty();
    assertThat(route.tos()).isEmpty();
    assertThat(route.hops()).containsExactly(new Route.Hop("v0", Optional.empty(), 1, List.of()));
  }

  @Test
  void knowsTheNumbersOfTables() {
    List<Route> routes =
        parse(
            """
            local 10.0.0.1 dev e table 255
            10.1.0.0/16 dev e table 254
            10.2.0.0/16 dev e table 7
            """);
    assertThat(routes).extracting(Route::table).containsExactly("local", "main", "7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33 dev eth0",
        "10.0.0.256 dev eth0",
        "nonsense",
        "local",
        "default via nobody dev eth0",
        "default dev eth0 metric many",
        "default dev eth0 src here",
        "10.0.0.0/8 nexthop via 10.0.0.1 dev eth0 weight -1",
        "[{}]",
        "[[1]]",
        "[{\"dst\":{\"a\":1}}]",
        "[{\"dst\":\"default\",\"type\":\"strange\"}]"
      })
  void tellsWhatIsNoRoute(String line) {
    assertThat(parse(line + "\n")).isEmpty();
    assertThat(diagnostics)
        .singleElement()
        .asString()
        .startsWith("x:1:")
        .contains(" error KP701: not a route: ");
  }

  @Test
  void tellsWhatIsNoJson() {
    assertThat(parse("[{\"dst\":")).isEmpty();
    assertThat(parse("[".repeat(100_000))).isEmpty();
    assertThat(diagnostics)
        .hasSize(2)
        .allSatisfy(
            it ->
                assertThat(it).hasToString("x:1:1: error KP701: not the JSON of \"ip -j route\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536",
        "0:\tfrom all lookup local",
        "Kernel IP routing table"
      })
  void namesTextOfOtherCommands(String line) {
    assertThat(parse(line + "\nnonsense\n")).isEmpty();
    assertThat(diagnostics).singleElement().asString().startsWith("x:1:1: error KP602: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1.2.3 via 192.168.7.2 dev br0 src 192.168.7.1 uid 0 \n    cache \n",
        "local 127.0.0.1 dev lo src 127.0.0.1 uid 0 \n    cache <local> \n",
        "local 127.0.0.1 dev lo src 127.0.0.1 uid 0 \\    cache <local> \n"
      })
  void doesNotTakeTheAnswerToOneQuestionForAllRoutes(String text) {
    parse(text);
    assertThat(diagnostics)
        .singleElement()
        .asString()
        .endsWith("error KP602: this is what ip route get prints; that of ip route is needed");
  }

  @Test
  void findsNoRoutesInAnEmptyText() {
    assertThat(parse("")).isEmpty();
    assertThat(parse("[ ]\n[ ]\n")).isEmpty();
    assertThat(parse("  \n\tnexthop via 10.0.0.1\n")).isEmpty();
    assertThat(diagnostics).isEmpty();
  }

  @Test
  void stopsAfterAHundredFaults() {
    parse("nonsense\n".repeat(1000));
    assertThat(diagnostics).hasSize(101);
    assertThat(diagnostics.getLast())
        .hasToString("x:101:1: error KP108: more faults than are shown; the rest was not read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ip-route.txt", "ip-o-d-route.txt", "ip-j-route.json"})
  void neverThrowsOnTextThatWasDamaged(String file) throws IOException {
    long seed = Long.getLong("kproxy.seed", 1);
    Random random = new Random(seed);
    String text = Files.readString(TestFiles.testdata("kernel/network/" + file));
    String damage = " /:.,-\"{}[]\\\n\t09xé\0";
    for (int i = 0; i < 1000; i++) {
      StringBuilder damaged = new StringBuilder(text);
      for (int k = 0; k < 5; k++) {
        int at = random.nextInt(damaged.length());
        int c = random.nextInt(damage.length());
        damaged.replace(at, at + random.nextInt(2), damage.substring(c, c + 1));
      }
      List<Route> routes = RoutesParser.parse(damaged.toString(), "seed " + seed, _ -> {});
      assertThat(new RouteTable(routes).routes()).as("seed %d", seed).isEqualTo(routes);
    }
  }
}
