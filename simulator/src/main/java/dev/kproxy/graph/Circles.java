package dev.kproxy.graph;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Table;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether chains of a table call each other in a circle: asked of every rule set before a packet
/// is traced, and hardly ever so, hence answered without a graph of it.
///
/// A search in depth that remembers which chains are open; it takes no recursion.
final class Circles {
  private final Map<String, Visit> visits;
  private final Deque<Visit> open = new ArrayDeque<>();

  private Circles(Table table) {
    visits = HashMap.newHashMap(table.chains().size());
    for (Chain chain : table.chains()) {
      visits.putIfAbsent(chain.name(), new Visit(chain));
    }
  }

  /// A chain, and how far its calls have been followed.
  private static final class Visit {
    private final Chain chain;
    private @Nullable Iterator<String> rest;
    private boolean ended;

    Visit(Chain chain) {
      this.chain = chain;
    }
  }

  static boolean any(Table table) {
    return new Circles(table).search();
  }

  private boolean search() {
    for (Visit start : visits.values()) {
      if (start.rest == null) {
        enter(start);
        while (!open.isEmpty()) {
          if (!follow(open.element())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private void enter(Visit visit) {
    visit.rest = visit.chain.callees().iterator();
    open.push(visit);
  }

  /// Follows the next call of a chain; false where that leads into an open chain.
  private boolean follow(Visit visit) {
    Iterator<String> rest = visit.rest;
    while (rest != null && rest.hasNext()) {
      Visit called = visits.get(rest.next());
      if (called != null && called.rest == null) {
        enter(called);
        return true;
      }
      if (called != null && !called.ended) {
        return false;
      }
    }
    visit.ended = true;
    open.pop();
    return true;
  }
}
