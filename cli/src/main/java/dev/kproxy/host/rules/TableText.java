package dev.kproxy.host.rules;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// The chains of one table. A rule is what follows `-A CHAIN `.
///
/// @param chains the rules of each chain, the built-in ones included, by name
public record TableText(Map<String, List<String>> chains) {
  /// A table without chains.
  public static final TableText EMPTY = new TableText(Map.of());

  private static final Set<String> BUILT_IN =
      Set.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

  public TableText {
    chains = Collections.unmodifiableSortedMap(new TreeMap<>(chains));
  }

  /// Whether a chain comes with its table.
  public static boolean isBuiltIn(String chain) {
    return BUILT_IN.contains(chain);
  }

  /// Whether there is such a chain.
  public boolean has(String chain) {
    return chains.containsKey(chain);
  }

  /// The rules of a chain; none where there is no such chain.
  public List<String> rules(String chain) {
    return chains.getOrDefault(chain, List.of());
  }

  /// The names of the chains that do not come with the table.
  public List<String> userChains() {
    return chains.keySet().stream().filter(chain -> !isBuiltIn(chain)).toList();
  }

  /// Whether nobody has put anything there.
  public boolean isBlank() {
    return userChains().isEmpty() && chains.values().stream().allMatch(List::isEmpty);
  }

  /// The part of it that has these chains, and these rules of built-in chains.
  public TableText only(Predicate<String> chain, Predicate<String> hook) {
    return filtered(chain, (_, rule) -> hook.test(rule));
  }

  private TableText filtered(Predicate<String> chain, BiPredicate<String, String> hook) {
    Map<String, List<String>> kept = new TreeMap<>();
    chains.forEach(
        (name, rules) -> {
          if (isBuiltIn(name)) {
            List<String> hooks = rules.stream().filter(rule -> hook.test(name, rule)).toList();
            if (!hooks.isEmpty()) {
              kept.put(name, hooks);
            }
          } else if (chain.test(name)) {
            kept.put(name, rules);
          }
        });
    return new TableText(kept);
  }

  /// The part of it that has the chains of another, and of built-in chains that one's rules.
  public TableText within(TableText places) {
    return filtered(places::has, (chain, rule) -> places.rules(chain).contains(rule));
  }

  /// The part of it that has none of the chains of another, nor of built-in chains its rules.
  public TableText without(TableText ours) {
    return filtered(chain -> !ours.has(chain), (chain, rule) -> !ours.rules(chain).contains(rule));
  }

  /// Both; where both have a chain, the first one's, and of built-in chains the rules of both.
  public TableText or(TableText second) {
    Map<String, List<String>> both = new TreeMap<>(second.chains);
    chains.forEach(
        (chain, rules) -> {
          Set<String> all = new LinkedHashSet<>(rules);
          if (isBuiltIn(chain)) {
            all.addAll(second.rules(chain));
          }
          both.put(chain, isBuiltIn(chain) ? List.copyOf(all) : rules);
        });
    return new TableText(both);
  }

  /// This table, with the chains of another instead of its own.
  public TableText plus(TableText other) {
    Map<String, List<String>> both = new TreeMap<>(chains);
    both.putAll(other.chains);
    return new TableText(both);
  }

  /// The chains that another table does not have just so. A built-in one is as it should be where
  /// the other has all of its rules, among whatever else.
  public TableText unlike(TableText other) {
    Map<String, List<String>> unlike = new TreeMap<>(chains);
    unlike
        .entrySet()
        .removeIf(
            it -> {
              List<String> there = other.rules(it.getKey());
              return isBuiltIn(it.getKey())
                  ? there.containsAll(it.getValue())
                  : other.has(it.getKey()) && there.equals(it.getValue());
            });
    return new TableText(unlike);
  }
}
