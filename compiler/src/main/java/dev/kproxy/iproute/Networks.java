package dev.kproxy.iproute;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// Routes by the networks that they are for.
final class Networks {
  /// Of routes for one network those of table `local` are the first (`fib_find_alias`), then those
  /// with the lower metric, then those with the higher preference.
  private static final Comparator<Route> ORDER =
      Comparator.comparingInt((Route route) -> -route.from().map(Cidr::prefix).orElse(0))
          .thenComparing(route -> !route.table().equals(Route.LOCAL))
          .thenComparingLong(Route::metric)
          .thenComparingInt(route -> -route.preference());

  /// By the length of the network, the longest first; then by network.
  private final NavigableMap<Integer, Map<Cidr, List<Route>>> lengths =
      new TreeMap<>(Collections.reverseOrder());

  Networks(List<Route> routes) {
    for (Route route : routes) {
      lengths
          .computeIfAbsent(route.destination().prefix(), _ -> new HashMap<>())
          .computeIfAbsent(route.destination(), _ -> new ArrayList<>())
          .add(route);
    }
    lengths.values().forEach(networks -> networks.values().forEach(same -> same.sort(ORDER)));
  }

  /// The routes for the narrowest network of a destination, the best one first.
  List<Route> narrowest(Ip source, Ip destination) {
    for (var networks : lengths.entrySet()) {
      if (networks.getKey() <= destination.family().bits()) {
        List<Route> same = networks.getValue().get(Cidr.of(destination, networks.getKey()));
        List<Route> found = same == null ? List.of() : from(source, same);
        if (!found.isEmpty()) {
          return found;
        }
      }
    }
    return List.of();
  }

  /// Those for the narrowest network of sources. Where a network has routes for some sources, those
  /// for all are not found, but of the default route (`fib6_node_lookup_1`).
  private static List<Route> from(Ip source, List<Route> same) {
    if (same.getFirst().from().isEmpty()) {
      return Collections.unmodifiableList(same);
    }
    Optional<Cidr> sources =
        same.stream()
            .flatMap(route -> route.from().stream())
            .filter(network -> network.contains(source))
            .findFirst();
    return sources.isEmpty() && same.getFirst().destination().prefix() > 0
        ? List.of()
        : same.stream().filter(route -> route.from().equals(sources)).toList();
  }
}
