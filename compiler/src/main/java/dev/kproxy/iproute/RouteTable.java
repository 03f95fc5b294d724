package dev.kproxy.iproute;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The routes of a host, to be asked for a destination.
///
/// Tables are asked as on a host without rules of policy routing: `local`, then `main`, then
/// `default`. Such rules are no part of what `ip route` prints; where a host has some the answer
/// may be another. Routes for one source or one type of service only, and those whose links are all
/// dead, are passed over.
public final class RouteTable {
  private static final List<String> ORDER = List.of(Route.LOCAL, Route.MAIN, "default");

  private final List<Route> routes;
  private final Set<Family> families = EnumSet.noneOf(Family.class);

  /// By table; then by the length of the network, the longest first; then by network.
  private final Map<String, NavigableMap<Integer, Map<Cidr, List<Route>>>> usable = new HashMap<>();

  /// Of routes for one network in one table the one with the lowest metric counts, then the first.
  public RouteTable(List<Route> routes) {
    this.routes = List.copyOf(routes);
    for (Route route : routes) {
      families.add(route.destination().family());
      if (isUsable(route)) {
        usable
            .computeIfAbsent(route.table(), _ -> new TreeMap<>(Collections.reverseOrder()))
            .computeIfAbsent(route.destination().prefix(), _ -> new HashMap<>())
            .computeIfAbsent(route.destination(), _ -> new ArrayList<>())
            .add(route);
      }
    }
    usable.values().stream()
        .flatMap(lengths -> lengths.values().stream())
        .flatMap(networks -> networks.values().stream())
        .forEach(same -> same.sort(Comparator.comparingLong(Route::metric)));
  }

  private static boolean isUsable(Route route) {
    boolean goesNowhere =
        !route.hops().isEmpty() && route.hops().stream().allMatch(Route.Hop::isDead);
    return route.from().isEmpty() && route.tos().isEmpty() && !goesNowhere;
  }

  /// These routes where any is of that family: else nobody told them, for a host has routes to
  /// itself in each family that it speaks.
  public Optional<RouteTable> of(Family family) {
    return families.contains(family) ? Optional.of(this) : Optional.empty();
  }

  /// The tables with routes to which only rules of policy routing lead, in the order of their first
  /// route.
  public List<String> otherTables() {
    return routes.stream().map(Route::table).distinct().filter(it -> !ORDER.contains(it)).toList();
  }

  /// All routes, in their order.
  public List<Route> routes() {
    return routes;
  }

  /// The route that a packet to `destination` takes: in the first table that has one, the one for
  /// the narrowest network. Empty where there is none: the network is unreachable.
  public Optional<Route> lookup(Ip destination) {
    return candidates(destination).stream().findFirst();
  }

  /// That route, and those for the same network behind it.
  public List<Route> candidates(Ip destination) {
    for (String table : ORDER) {
      List<Route> found = candidates(table, destination);
      if (!found.isEmpty() && found.getFirst().type() != Route.Type.THROW) {
        return found;
      }
    }
    return List.of();
  }

  /// The route that one table has for `destination`.
  public Optional<Route> lookup(String table, Ip destination) {
    return candidates(table, destination).stream().findFirst();
  }

  private List<Route> candidates(String table, Ip destination) {
    for (var lengths : usable.getOrDefault(table, Collections.emptyNavigableMap()).entrySet()) {
      if (lengths.getKey() <= destination.family().bits()) {
        List<Route> same = lengths.getValue().get(Cidr.of(destination, lengths.getKey()));
        if (same != null) {
          return Collections.unmodifiableList(same);
        }
      }
    }
    return List.of();
  }
}
