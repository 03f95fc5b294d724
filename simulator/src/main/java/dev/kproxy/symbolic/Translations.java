package dev.kproxy.symbolic;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Rule;
import dev.kproxy.net.Ip;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The rules of a table that translate destinations, found by what they translate these into, and
/// which chains lead to them. All rules are read once for that.
final class Translations {
  private final Map<Ranges, List<Place>> toOne = new HashMap<>();
  private final List<Place> toOthers = new ArrayList<>();
  private final Map<String, Set<String>> callers = new HashMap<>();

  Translations(List<Chain> chains) {
    for (Chain chain : chains) {
      for (Rule rule : chain.rules()) {
        Optional<String> callee = rule.action().callee();
        if (callee.isPresent()) {
          callers.computeIfAbsent(callee.get(), _ -> new HashSet<>(2)).add(chain.name());
        } else if (translates(rule.action())) {
          Place place = new Place(chain.name(), rule.action());
          one(rule.action())
              .map(address -> toOne.computeIfAbsent(address, _ -> new ArrayList<>(1)))
              .orElse(toOthers)
              .add(place);
        }
      }
    }
  }

  /// A translation and the chain that it stands in.
  private record Place(String chain, Action action) {}

  /// The chains by which a packet can come to a rule that translates it into one of those.
  Set<String> leading(Ranges destinations, Ranges ports) {
    Set<String> leading = new HashSet<>();
    toOthers.forEach(place -> add(place, destinations, ports, leading));
    if (destinations.isSingle()) {
      toOne
          .getOrDefault(destinations, List.of())
          .forEach(place -> add(place, destinations, ports, leading));
    } else {
      toOne.forEach(
          (address, places) -> {
            if (destinations.meets(address)) {
              places.forEach(place -> add(place, destinations, ports, leading));
            }
          });
    }
    Deque<String> next = new ArrayDeque<>(leading);
    while (!next.isEmpty()) {
      for (String caller : callers.getOrDefault(next.remove(), Set.of())) {
        if (leading.add(caller)) {
          next.add(caller);
        }
      }
    }
    return leading;
  }

  private static void add(Place place, Ranges destinations, Ranges ports, Set<String> leading) {
    if (translates(place.action(), destinations, ports)) {
      leading.add(place.chain());
    }
  }

  private static boolean translates(Action action) {
    return action instanceof Action.Dnat
        || action instanceof Action.Redirect
        || action instanceof Action.Netmap;
  }

  /// Whether an action may translate the destination into one of those.
  static boolean translates(Action action, Ranges destinations, Ranges ports) {
    return switch (action) {
      case Action.Dnat(Action.Translation to, _, _) ->
          addresses(to).map(destinations::meets).orElse(true)
              && to.ports()
                  .map(range -> ports.meets(Ranges.of(range.first(), range.last())))
                  .orElse(true);
      case Action.Redirect _, Action.Netmap _ -> true;
      default -> false;
    };
  }

  private static Optional<Ranges> one(Action action) {
    return action instanceof Action.Dnat(Action.Translation to, _, _)
        ? addresses(to).filter(Ranges::isSingle)
        : Optional.empty();
  }

  /// What a translation may make of a destination; empty where it leaves it as it is.
  static Optional<Ranges> addresses(Action.Translation to) {
    return to.first()
        .map(
            first -> {
              Ip last = to.last().orElse(first);
              return last.compareTo(first) < 0 ? Ranges.of(first) : Ranges.of(first, last);
            });
  }
}
