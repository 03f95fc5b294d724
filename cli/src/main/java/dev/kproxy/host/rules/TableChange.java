package dev.kproxy.host.rules;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// What must be done to a table so that it holds what it should hold. Chains that are as they
/// should be are no part of it.
///
/// @param key which table
/// @param added chains that are not there yet, with their rules, ordered by name; shared ones with
///   none
/// @param changed chains whose rules are others, with the new ones, ordered by name
/// @param removed chains that go, ordered by name
/// @param hooks what changes in built-in chains, and in others that are shared
public record TableChange(
    TableKey key,
    Map<String, List<String>> added,
    Map<String, List<String>> changed,
    Set<String> removed,
    List<HookChange> hooks) {

  public TableChange {
    added = Collections.unmodifiableMap(new LinkedHashMap<>(added));
    changed = Collections.unmodifiableMap(new LinkedHashMap<>(changed));
    removed = Collections.unmodifiableSet(new LinkedHashSet<>(removed));
    hooks = List.copyOf(hooks);
  }

  /// No change of a table.
  public static TableChange none(TableKey key) {
    return new TableChange(key, Map.of(), Map.of(), Set.of(), List.of());
  }

  /// The way from what a table is to what it should be.
  ///
  /// @param observed the whole table, with what others put there
  /// @param wanted our chains and hooks as they should be
  /// @param owned our chains and hooks as they were, which may go
  public static TableChange between(
      TableKey key, TableText observed, TableText wanted, TableText owned) {
    Map<String, List<String>> added = new LinkedHashMap<>();
    Map<String, List<String>> changed = new LinkedHashMap<>();
    for (String chain : wanted.userChains()) {
      boolean shared = TableText.isShared(chain);
      List<String> rules = wanted.rules(chain);
      if (!observed.has(chain)) {
        added.put(chain, shared ? List.of() : rules);
      } else if (!shared && !observed.rules(chain).equals(rules)) {
        changed.put(chain, rules);
      }
    }
    Set<String> removed = new LinkedHashSet<>();
    for (String chain : owned.userChains()) {
      if (observed.has(chain) && !wanted.has(chain) && isOurs(chain, observed, owned)) {
        removed.add(chain);
      }
    }
    return new TableChange(key, added, changed, removed, hooks(observed, wanted, owned));
  }

  /// A shared chain stays where others have rules in it.
  private static boolean isOurs(String chain, TableText observed, TableText owned) {
    return !TableText.isShared(chain) || owned.rules(chain).containsAll(observed.rules(chain));
  }

  private static List<HookChange> hooks(TableText observed, TableText wanted, TableText owned) {
    Set<String> chains = new TreeSet<>();
    for (TableText side : List.of(wanted, owned)) {
      side.chains().keySet().stream().filter(TableText::isShared).forEach(chains::add);
    }
    List<HookChange> hooks = new ArrayList<>();
    for (String chain : chains) {
      HookChange hook =
          HookChange.between(
              chain, observed.rules(chain), wanted.rules(chain), new HashSet<>(owned.rules(chain)));
      if (!hook.isEmpty()) {
        hooks.add(hook);
      }
    }
    return hooks;
  }

  /// The chains that go though rules which stay lead to them, each with such a rule as
  /// iptables-save prints it. The kernel would refuse that.
  ///
  /// @param observed the whole table, as it is
  public SortedMap<String, String> used(TableText observed) {
    SortedMap<String, String> used = new TreeMap<>();
    if (removed.isEmpty()) {
      return used; // as in most changes, and in none: there may be very many rules
    }
    observed
        .chains()
        .forEach(
            (chain, rules) -> {
              if (!removed.contains(chain) && !changed.containsKey(chain)) {
                rules.stream()
                    .filter(rule -> removed.contains(Commits.target(rule)))
                    .filter(rule -> !goes(chain, rule))
                    .forEach(
                        rule -> used.putIfAbsent(Commits.target(rule), "-A " + chain + " " + rule));
              }
            });
    return used;
  }

  private boolean goes(String chain, String rule) {
    return hooks.stream().anyMatch(it -> it.chain().equals(chain) && it.deleted().contains(rule));
  }

  /// Whether nothing is to be done.
  public boolean isEmpty() {
    return added.isEmpty() && changed.isEmpty() && removed.isEmpty() && hooks.isEmpty();
  }
}
