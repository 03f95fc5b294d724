package dev.kproxy.host.rules;

import dev.kproxy.compile.KubeProxyNames;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/// The chains of one table. A rule is what follows `-A CHAIN `.
///
/// @param chains the rules of each chain, the built-in ones included, ordered by name
public record TableText(Map<String, List<String>> chains) {
  /// A table without chains.
  public static final TableText EMPTY = new TableText(Map.of());

  private static final Set<String> BUILT_IN =
      Set.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

  public TableText {
    chains = Collections.unmodifiableMap(ordered(chains));
  }

  /// Chains are looked for far more often than they are put in order, which takes no longer than to
  /// compare each with the next: iptables-nft-save prints the built-in ones and then all others by
  /// name, and a part of a table has the order of the whole.
  private static Map<String, List<String>> ordered(Map<String, List<String>> chains) {
    List<String> names = new ArrayList<>(chains.keySet());
    names.sort(null);
    Map<String, List<String>> ordered = LinkedHashMap.newLinkedHashMap(names.size());
    names.forEach(name -> ordered.put(name, chains.getOrDefault(name, List.of())));
    return ordered;
  }

  /// Whether a chain comes with its table.
  public static boolean isBuiltIn(String chain) {
    return BUILT_IN.contains(chain);
  }

  /// Whether others have rules in a chain, too, which stay as and where they are: of it only single
  /// rules are ours.
  static boolean isShared(String chain) {
    return isBuiltIn(chain) || KubeProxyNames.isShared(chain);
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
    return filtered(chain, (name, rule) -> isBuiltIn(name) ? hook.test(rule) : chain.test(name));
  }

  /// The part of it that has these chains, and of shared ones these rules.
  private TableText filtered(Predicate<String> chain, BiPredicate<String, String> single) {
    Map<String, List<String>> kept = new LinkedHashMap<>();
    chains.forEach(
        (name, rules) -> {
          if (isShared(name)) {
            List<String> some = rules.stream().filter(rule -> single.test(name, rule)).toList();
            if (!some.isEmpty() || (!isBuiltIn(name) && chain.test(name))) {
              kept.put(name, some);
            }
          } else if (chain.test(name)) {
            kept.put(name, rules);
          }
        });
    return new TableText(kept);
  }

  /// The part of it that has the chains of another, and of shared chains that one's rules.
  public TableText within(TableText places) {
    return filtered(places::has, (chain, rule) -> places.rules(chain).contains(rule));
  }

  /// The part of it that has none of the chains of another, nor of shared chains its rules.
  public TableText without(TableText ours) {
    return filtered(chain -> !ours.has(chain), (chain, rule) -> !ours.rules(chain).contains(rule));
  }

  /// Both; where both have a chain, the first one's, and of shared chains the rules of both.
  public TableText or(TableText second) {
    Map<String, List<String>> both = new LinkedHashMap<>(second.chains);
    chains.forEach(
        (chain, rules) -> both.put(chain, isShared(chain) ? both(rules, second, chain) : rules));
    return new TableText(both);
  }

  private static List<String> both(List<String> rules, TableText second, String chain) {
    Set<String> both = new LinkedHashSet<>(rules);
    both.addAll(second.rules(chain));
    return List.copyOf(both);
  }

  /// This table, with the chains of another instead of its own.
  public TableText plus(TableText other) {
    Map<String, List<String>> both = new LinkedHashMap<>(chains);
    both.putAll(other.chains);
    return new TableText(both);
  }

  /// The chains that another table does not have just so. A shared one is as it should be where the
  /// other has all of its rules, among whatever else.
  public TableText unlike(TableText other) {
    Map<String, List<String>> unlike = new LinkedHashMap<>();
    chains.forEach(
        (chain, rules) -> {
          if (!other.shows(chain, rules)) {
            unlike.put(chain, rules);
          }
        });
    return new TableText(unlike);
  }

  private boolean shows(String chain, List<String> rules) {
    List<String> there = rules(chain);
    return (isBuiltIn(chain) || has(chain))
        && (isShared(chain) ? there.containsAll(rules) : there.equals(rules));
  }
}
