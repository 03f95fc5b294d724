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
public final class TableText {
  /// A table without chains.
  public static final TableText EMPTY = new TableText(Map.of());

  private static final Set<String> BUILT_IN =
      Set.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

  private final Map<String, List<String>> chains;

  /// @param chains ordered by name
  private TableText(Map<String, List<String>> chains) {
    this.chains = Collections.unmodifiableMap(chains);
  }

  /// The table of these chains.
  ///
  /// @param chains the rules of each chain, the built-in ones included
  public static TableText of(Map<String, List<String>> chains) {
    List<String> names = new ArrayList<>(chains.keySet());
    names.sort(null);
    Map<String, List<String>> ordered = LinkedHashMap.newLinkedHashMap(names.size());
    names.forEach(name -> ordered.put(name, chains.getOrDefault(name, List.of())));
    return new TableText(ordered);
  }

  /// The rules of each chain, the built-in ones included, ordered by name.
  public Map<String, List<String>> chains() {
    return chains;
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
    if (second.chains.isEmpty()) {
      return this;
    }
    Map<String, List<String>> both = new LinkedHashMap<>(chains);
    second.chains.forEach(
        (chain, rules) ->
            both.merge(
                chain, rules, (mine, theirs) -> isShared(chain) ? both(mine, theirs) : mine));
    return grown(both);
  }

  private static List<String> both(List<String> first, List<String> second) {
    Set<String> both = new LinkedHashSet<>(first);
    both.addAll(second);
    return List.copyOf(both);
  }

  /// This table, with the chains of another instead of its own.
  public TableText plus(TableText other) {
    Map<String, List<String>> both = new LinkedHashMap<>(chains);
    both.putAll(other.chains);
    return grown(both);
  }

  /// @param both the chains of this table, in their order, and then others
  private TableText grown(Map<String, List<String>> both) {
    return both.size() == chains.size() ? new TableText(both) : of(both);
  }

  /// The chains that another table has just so, and that no others have rules in.
  public TableText like(TableText other) {
    return only(chain -> !isShared(chain) && other.shows(chain, rules(chain)), _ -> false);
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

  @Override
  public boolean equals(Object other) {
    return other instanceof TableText text && chains.equals(text.chains);
  }

  @Override
  public int hashCode() {
    return chains.hashCode();
  }

  @Override
  public String toString() {
    return chains.toString();
  }
}
