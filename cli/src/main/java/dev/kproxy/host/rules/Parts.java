package dev.kproxy.host.rules;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Parts a large table into small ones, for tools whose time grows with the square of the chains.
public final class Parts {
  private final TableText table;
  private final int size;
  private final List<TableText> parts = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private final Set<String> mentioned = new HashSet<>();
  private Map<String, List<String>> part = new TreeMap<>();

  private Parts(TableText table, int size) {
    this.table = table;
    this.size = size;
  }

  /// Tables that hold each chain of a table once. A chain stands with those that it jumps to, as
  /// far as these do not stand elsewhere already.
  ///
  /// @param size how many chains a part may hold or mention, but for one that mentions more alone
  public static List<TableText> of(TableText table, int size) {
    if (table.chains().size() <= size) {
      return List.of(table);
    }
    Parts parts = new Parts(table, size);
    // In the reverse of their order chains of Services come before those that jump to all of them.
    for (String chain : List.copyOf(table.chains().keySet()).reversed()) {
      parts.take(chain);
    }
    parts.close();
    return parts.parts;
  }

  private void take(String root) {
    Deque<String> waiting = new ArrayDeque<>(List.of(root));
    while (!waiting.isEmpty()) {
      String chain = waiting.pop();
      if (table.has(chain) && seen.add(chain)) {
        List<String> rules = table.rules(chain);
        List<String> targets = rules.stream().map(Commits::target).toList();
        if (!part.isEmpty() && mentioned.size() + newIn(targets) > size) {
          close();
        }
        part.put(chain, rules);
        mentioned.add(chain);
        mentioned.addAll(targets);
        targets.reversed().forEach(waiting::push);
      }
    }
  }

  private long newIn(Collection<String> targets) {
    return targets.stream().filter(target -> !mentioned.contains(target)).count();
  }

  private void close() {
    parts.add(new TableText(part));
    part = new TreeMap<>();
    mentioned.clear();
  }
}
