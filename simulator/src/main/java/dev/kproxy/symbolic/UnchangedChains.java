package dev.kproxy.symbolic;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Chains;
import dev.kproxy.iptables.line.WrittenChain;
import dev.kproxy.symbolic.rules.AskedRules;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Which chains of a table are written in the same lines in two rule sets, and so is all that they
/// call and ask: most of them, where little changes. Unless sets are different, it is answered
/// without a rule being made.
final class UnchangedChains {
  /// Chains of kube-proxy call each other less deeply.
  private static final int ROUNDS = 20;

  private final AskedRules before;
  private final AskedRules after;
  private final HostChanges changes;
  private final Map<String, Set<String>> changed = new HashMap<>();

  UnchangedChains(AskedRules before, AskedRules after, HostChanges changes) {
    this.before = before;
    this.after = after;
    this.changes = changes;
  }

  /// Whether a chain that both or neither have is known to be the same.
  boolean contains(String table, String chain) {
    return !changed.computeIfAbsent(table, this::changed).contains(chain);
  }

  private Set<String> changed(String table) {
    Chains old = before.chains(table);
    Set<String> found = different(old, after.chains(table));
    Set<String> last = found;
    for (int round = 0; !last.isEmpty(); round++) {
      if (round == ROUNDS) {
        return old.stream().map(Chain::name).collect(Collectors.toSet());
      }
      Set<String> called = last;
      last =
          old.parallelStream()
              .filter(chain -> !found.contains(chain.name()) && calls(chain, called))
              .map(Chain::name)
              .collect(Collectors.toSet());
      found.addAll(last);
    }
    return found;
  }

  /// The chains that only one side has, or that are not written alike. What follows a chain on one
  /// side most often follows it on the other, too, so that hardly any is looked for.
  private Set<String> different(Chains old, Chains now) {
    Set<String> different = new HashSet<>();
    BitSet met = new BitSet();
    int place = 0;
    for (Chain chain : old) {
      boolean isNext = place < now.size() && now.get(place).name().equals(chain.name());
      int there = isNext ? place : now.place(chain.name());
      if (there >= 0) {
        met.set(there);
        place = there + 1;
      }
      if (there < 0 || !isSame(chain, now.get(there))) {
        different.add(chain.name());
      }
    }
    for (int i = met.nextClearBit(0); i < now.size(); i = met.nextClearBit(i + 1)) {
      different.add(now.get(i).name());
    }
    return different;
  }

  private static boolean calls(Chain chain, Set<String> any) {
    List<String> callees = chain.callees();
    for (String callee : callees) {
      if (any.contains(callee)) {
        return true;
      }
    }
    return false;
  }

  /// Whether two chains do the same if what they call does, in which they agree.
  boolean isSame(Chain before, Chain after) {
    return before instanceof WrittenChain old
        && after instanceof WrittenChain now
        && old.policy().equals(now.policy())
        && old.isWrittenLike(now)
        && !(changes.areOfSets() && old.rules().stream().anyMatch(changes::concern));
  }
}
