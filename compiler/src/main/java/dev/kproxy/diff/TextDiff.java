package dev.kproxy.diff;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.text.IptablesPrinter;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Compares the text of two rule sets of one family.
public final class TextDiff {
  private final Family family;
  private final List<ChainChange> changes = new ArrayList<>();

  private TextDiff(Family family) {
    this.family = family;
  }

  /// The chains that differ, by table and name; of each table the built-in chains first.
  public static List<ChainChange> of(Ruleset before, Ruleset after) {
    TextDiff diff = new TextDiff(before.family());
    TreeSet<String> tables = new TreeSet<>();
    before.tables().forEach(table -> tables.add(table.name()));
    after.tables().forEach(table -> tables.add(table.name()));
    for (String table : tables) {
      diff.table(table, before.table(table), after.table(table));
    }
    return List.copyOf(diff.changes);
  }

  private void table(String name, Optional<Table> before, Optional<Table> after) {
    Map<String, Chain> old = chains(before);
    Map<String, Chain> now = chains(after);
    TreeMap<String, Boolean> names = new TreeMap<>();
    old.forEach((chain, it) -> names.put(chain, it.policy().isPresent()));
    now.forEach((chain, it) -> names.put(chain, it.policy().isPresent()));
    for (boolean builtIn : new boolean[] {true, false}) {
      names.forEach(
          (chain, isBuiltIn) -> {
            if (isBuiltIn == builtIn) {
              chain(name, chain, old.get(chain), now.get(chain));
            }
          });
    }
  }

  private static Map<String, Chain> chains(Optional<Table> table) {
    Map<String, Chain> chains = new HashMap<>();
    table.ifPresent(it -> it.chains().forEach(chain -> chains.putIfAbsent(chain.name(), chain)));
    return chains;
  }

  private void chain(String table, String name, @Nullable Chain before, @Nullable Chain after) {
    List<LineChange> lines = new ArrayList<>();
    String oldHead = before == null ? "" : head(before);
    String newHead = after == null ? "" : head(after);
    if (!oldHead.equals(newHead)) {
      if (before != null) {
        lines.add(new LineChange(false, oldHead, 0));
      }
      if (after != null) {
        lines.add(new LineChange(true, newHead, 0));
      }
    }
    List<Rule> old = rules(before);
    List<Rule> now = rules(after);
    if (!old.equals(now)) {
      lines.addAll(LineDiff.of(lines(name, old), lines(name, now)));
    }
    if (!lines.isEmpty()) {
      changes.add(new ChainChange(family, table, name, before != null, after != null, lines));
    }
  }

  private static String head(Chain chain) {
    return ":" + chain.name() + " " + chain.policy().map(Chain.Policy::name).orElse("-");
  }

  private static List<Rule> rules(@Nullable Chain chain) {
    return chain == null ? List.of() : SharedChains.ordered(chain.name(), chain.rules());
  }

  private List<LineDiff.Line> lines(String chain, List<Rule> rules) {
    return rules.stream()
        .map(
            rule ->
                new LineDiff.Line(
                    IptablesPrinter.print(family, chain, rule, Spelling.SAVE), rule.line()))
        .toList();
  }
}
