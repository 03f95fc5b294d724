package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.iproute.Route;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.host.Decision;
import java.util.Optional;

/// Where a packet goes that has got a socket though its destination is no address of this host: it
/// is not forwarded (`ip_forward`, `ip6_forward`). It comes to the socket where a rule of policy
/// routing leads to a table that takes its destination for local.
final class SocketRoute {
  private static final Decision DROPPED =
      new Decision.Dropped("a packet with a socket is not forwarded");

  private SocketRoute() {}

  static Decision of(Ip destination, Optional<RouteTable> routes) {
    Optional<RouteTable> told = routes.flatMap(table -> table.of(destination.family()));
    boolean complete = told.filter(SocketRoute::isComplete).isPresent();
    boolean isTakenForLocal =
        told.stream()
            .flatMap(table -> table.routes().stream())
            .anyMatch(
                route ->
                    route.type() == Route.Type.LOCAL && route.destination().contains(destination));
    return complete && !isTakenForLocal
        ? DROPPED
        : new Decision.Unknown(
            new Why(
                isTakenForLocal ? Missing.RUNNING_HOST : Missing.ROUTES,
                "whether policy routing leads what has a socket to this host is not given"),
            new IsLed(destination),
            new Decision.Local(),
            DROPPED);
  }

  /// What `ip route` prints without `table all` is the table `main`.
  private static boolean isComplete(RouteTable told) {
    return told.routes().stream().anyMatch(route -> route.table().equals(Route.LOCAL));
  }

  private record IsLed(Ip destination) {}
}
