package dev.kproxy.iproute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.KernelTool;
import dev.kproxy.TestFiles;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The kernel of this machine decides which route an address has.
class RouteKernelTest {
  private static final List<String> DESTINATIONS =
      List.of(
          "10.0.0.1",
          "10.0.0.5",
          "10.0.0.255",
          "10.8.0.1",
          "10.8.1.1",
          "10.8.2.2",
          "10.8.3.3",
          "10.9.0.1",
          "10.9.0.2",
          "10.20.1.1",
          "10.21.1.1",
          "10.22.0.1",
          "10.23.0.1",
          "10.24.0.1",
          "10.60.0.1",
          "10.61.0.1",
          "8.8.8.8",
          "10.77.3.3",
          "127.0.0.5",
          "239.1.1.1",
          "10.50.0.3",
          "10.3.3.3",
          "10.0.5.1",
          "10.0.5.9",
          "10.96.0.10",
          "2001:db8::1",
          "2001:db8::77",
          "2001:db8:6::1",
          "2001:db8:5::1",
          "2001:db8:7::1",
          "2001:db8:9::1",
          "fe80::9",
          "ff02::1",
          "2600::1",
          "::1",
          "fd00::1",
          "fd00::7");

  @Test
  void findsTheRouteThatTheKernelFinds() throws IOException, InterruptedException {
    KernelTool.require(
        "ip link add probe type veth peer name other; ip link add bridge type bridge");
    String answers =
        """
        made=$(mktemp -d)
        sh -e '%s' "$made" > /dev/null
        cat "$made/ip-route.txt"
        rm -r "$made"
        for destination in %s; do
          echo "? $destination"
          ip route get fibmatch $destination 2> /dev/null || true
        done
        """
            .formatted(TestFiles.testdata("kernel/network.sh"), String.join(" ", DESTINATIONS));
    String[] parts = KernelTool.print(answers, "").split("(?m)^\\? ", -1);
    RouteTable table = new RouteTable(parse(parts[0]));
    for (int i = 1; i < parts.length; i++) {
      String[] answer = parts[i].split("\n", 2);
      assertThat(withoutTable(table.lookup(Ip.of(answer[0])).filter(RouteKernelTest::isShown)))
          .as("route of %s", answer[0])
          .isEqualTo(withoutTable(parse(answer[1]).stream().findFirst()));
    }
    assertThat(parts).hasSize(DESTINATIONS.size() + 1);
  }

  /// Of a route that leads nowhere the kernel shows only an error.
  private static boolean isShown(Route route) {
    return switch (route.type()) {
      case UNICAST, LOCAL, BROADCAST, ANYCAST, MULTICAST, NAT -> true;
      case BLACKHOLE, UNREACHABLE, PROHIBIT, THROW -> false;
    };
  }

  private static Optional<Route> withoutTable(Optional<Route> route) {
    return route.map(
        it ->
            new Route(
                it.type(),
                it.destination(),
                "",
                it.hops(),
                it.source(),
                it.metric(),
                it.protocol(),
                it.scope(),
                it.from(),
                it.tos(),
                it.preference()));
  }

  private static List<Route> parse(String text) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    List<Route> routes = RoutesParser.parse(text, "kernel", diagnostics::add);
    assertThat(diagnostics).isEmpty();
    return routes;
  }
}
