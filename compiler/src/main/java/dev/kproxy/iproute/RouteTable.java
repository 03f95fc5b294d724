package dev.kproxy.iproute;

import dev.kproxy.net.Ip;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The routes of a host, to be asked for a destination.
///
/// Tables are asked as on a host without policy rules: `local`, then `main`, then `default`. Policy
/// rules are no part of what `ip route` prints; where a host has some, or other tables count, the
/// answer may be another. Routes for one source or one type of service only, and those whose links
/// are all dead, are passed over.
public record RouteTable(List<Route> routes) {
  private static final List<String> ORDER = List.of(Route.LOCAL, Route.MAIN, "default");

  public RouteTable {
    routes = List.copyOf(routes);
  }

  /// The route that a packet to `destination` takes: in the first table that has one, the one for
  /// the narrowest network; of several, the one with the lowest metric, then the first. Empty where
  /// there is none: the network is unreachable.
  public Optional<Route> lookup(Ip destination) {
    for (String table : ORDER) {
      Optional<Route> found = lookup(table, destination);
      if (found.isPresent() && found.get().type() != Route.Type.THROW) {
        return found;
      }
    }
    return Optional.empty();
  }

  /// The route that one table has for `destination`.
  public Optional<Route> lookup(String table, Ip destination) {
    @Nullable Route best = null;
    for (Route route : routes) {
      if (route.table().equals(table)
          && route.destination().contains(destination)
          && isUsable(route)
          && (best == null || isBetter(route, best))) {
        best = route;
      }
    }
    return Optional.ofNullable(best);
  }

  private static boolean isUsable(Route route) {
    return route.from().isEmpty()
        && route.tos().isEmpty()
        && (route.hops().isEmpty() || !route.hops().stream().allMatch(Route.Hop::isDead));
  }

  private static boolean isBetter(Route route, Route best) {
    int byLength = Integer.compare(route.destination().prefix(), best.destination().prefix());
    return byLength != 0 ? byLength > 0 : route.metric() < best.metric();
  }
}
