package dev.kproxy.graph;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Chains;
import dev.kproxy.iptables.Table;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Whether chains of a table call each other in a loop. This is asked of every rule set before a
/// packet is traced, and hardly ever so: it is answered without a [ChainGraph].
///
/// A search in depth that remembers which chains are open; it takes no recursion.
final class Loops {
  private final Chains chains;
  private final BitSet entered = new BitSet();
  private final BitSet ended = new BitSet();
  private final Deque<Visit> open = new ArrayDeque<>();

  private Loops(Chains chains) {
    this.chains = chains;
  }

  /// A chain that is open, and those of its calls that have not been followed.
  private record Visit(int chain, Iterator<String> rest) {}

  /// A chain that calls only chains which call none, as nearly all of kube-proxy's do, is in no
  /// loop and is left out.
  static boolean any(Table table) {
    Set<String> last =
        table.chains().stream().filter(Chain::isLeaf).map(Chain::name).collect(Collectors.toSet());
    List<Chain> others =
        table.chains().stream().filter(chain -> !last.containsAll(chain.callees())).toList();
    return new Loops(Chains.of(others)).search();
  }

  private boolean search() {
    for (int start = 0; start < chains.size(); start++) {
      enter(start);
      while (!open.isEmpty()) {
        if (!follow(open.element())) {
          return true;
        }
      }
    }
    return false;
  }

  private void enter(int chain) {
    if (!entered.get(chain)) {
      entered.set(chain);
      open.push(new Visit(chain, chains.get(chain).callees().iterator()));
    }
  }

  /// Follows the next call of a chain; false where that leads into an open chain.
  private boolean follow(Visit visit) {
    if (!visit.rest.hasNext()) {
      ended.set(visit.chain);
      open.pop();
      return true;
    }
    int called = chains.place(visit.rest.next());
    if (called >= 0) {
      if (entered.get(called) && !ended.get(called)) {
        return false;
      }
      enter(called);
    }
    return true;
  }
}
