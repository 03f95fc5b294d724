package dev.kproxy.iproute;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The routes of a host, to be asked for a packet.
///
/// Tables are asked as on a host without rules of policy routing: of IPv4 `local` and `main`, which
/// are one until there is such a rule (`fib_unmerge`), then `default`; of IPv6 `local`, then `main`
/// (`fib6_rule_lookup`). Such rules are no part of what `ip route` prints; where a host has some
/// the answer may be another. Routes for one type of service only, and those whose links are all
/// dead, are passed over.
public final class RouteTable {
  private static final Networks NONE = new Networks(List.of());
  private static final String DEFAULT = "default";
  private static final Set<String> ASKED = Set.of(Route.LOCAL, Route.MAIN, DEFAULT);
  private static final Ip NOBODY_4 = new Ip.V4(0);
  private static final Ip NOBODY_6 = new Ip.V6(0, 0);

  private final List<Route> routes;
  private final Set<Family> families = EnumSet.noneOf(Family.class);
  private final Map<String, Networks> tables;
  private final List<Networks> order4;
  private final List<Networks> order6;
  private final boolean hintsAtRules;

  /// Of routes for one network in one table the one with the lowest metric counts, then the first.
  public RouteTable(List<Route> routes) {
    this.routes = List.copyOf(routes);
    routes.forEach(route -> families.add(route.destination().family()));
    List<Route> usable = routes.stream().filter(RouteTable::isUsable).toList();
    this.tables =
        usable.stream()
            .collect(
                Collectors.groupingBy(
                    Route::table,
                    Collectors.collectingAndThen(Collectors.toList(), Networks::new)));
    this.order4 =
        List.of(
            new Networks(usable.stream().filter(RouteTable::isMerged).toList()), table(DEFAULT));
    this.order6 = List.of(table(Route.LOCAL), table(Route.MAIN));
    this.hintsAtRules =
        routes.stream()
            .anyMatch(
                route ->
                    route.destination().family() == Family.IPV4 && !ASKED.contains(route.table()));
  }

  private static boolean isUsable(Route route) {
    boolean goesNowhere =
        !route.hops().isEmpty() && route.hops().stream().allMatch(Route.Hop::isDead);
    return route.tos().isEmpty() && !goesNowhere;
  }

  private static boolean isMerged(Route route) {
    return route.destination().family() == Family.IPV4
        && (route.table().equals(Route.LOCAL) || route.table().equals(Route.MAIN));
  }

  private Networks table(String name) {
    return tables.getOrDefault(name, NONE);
  }

  /// These routes where any is of that family: else nobody told them, for a host has routes to
  /// itself in each family that it speaks.
  public Optional<RouteTable> of(Family family) {
    return families.contains(family) ? Optional.of(this) : Optional.empty();
  }

  /// The tables with routes to which only rules of policy routing lead, in the order of their first
  /// route.
  public List<String> otherTables() {
    return routes.stream().map(Route::table).distinct().filter(it -> !ASKED.contains(it)).toList();
  }

  /// Whether there are such tables of IPv4, so that `local` and `main` may be two.
  public boolean hintsAtRules() {
    return hintsAtRules;
  }

  /// All routes, in their order.
  public List<Route> routes() {
    return routes;
  }

  /// The route that a packet takes. Of IPv6 routes that are equal otherwise it is the one by the
  /// interface that the packet came in by, else the first (`rt6_score_route`): all of them where
  /// nobody told the interface. None where the network is unreachable.
  ///
  /// @param in empty where it came in by none, null where nobody told
  public List<Route> lookup(Ip source, Ip destination, @Nullable String in) {
    List<Route> candidates = candidates(source, destination);
    if (candidates.size() < 2 || destination.family() == Family.IPV4) {
      return candidates.stream().limit(1).toList();
    }
    Route best = candidates.getFirst();
    List<Route> equals =
        candidates.stream()
            .filter(it -> it.metric() == best.metric() && it.preference() == best.preference())
            .distinct()
            .toList();
    return in == null
        ? equals
        : List.of(equals.stream().filter(route -> route.isBy(in)).findFirst().orElse(best));
  }

  /// The route to `destination` of a packet from nobody that came in by no interface.
  public Optional<Route> lookup(Ip destination) {
    return lookup(nobody(destination), destination, "").stream().findFirst();
  }

  /// The routes for the narrowest network, the best one first.
  public List<Route> candidates(Ip source, Ip destination) {
    for (Networks table : destination.family() == Family.IPV4 ? order4 : order6) {
      List<Route> found = table.narrowest(source, destination);
      if (!found.isEmpty() && found.getFirst().type() != Route.Type.THROW) {
        return found;
      }
    }
    return List.of();
  }

  /// The route that one table has for `destination`.
  public Optional<Route> lookup(String table, Ip destination) {
    return table(table).narrowest(nobody(destination), destination).stream().findFirst();
  }

  private static Ip nobody(Ip destination) {
    return destination.family() == Family.IPV4 ? NOBODY_4 : NOBODY_6;
  }
}
