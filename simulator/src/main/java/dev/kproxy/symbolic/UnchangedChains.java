package dev.kproxy.symbolic;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Chains;
import dev.kproxy.iptables.line.WrittenChain;
import dev.kproxy.symbolic.rules.AskedRules;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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

  /// Whether a chain that both have is known to be the same.
  boolean contains(String table, String chain) {
    return !changed.computeIfAbsent(table, this::changed).contains(chain);
  }

  private Set<String> changed(String table) {
    Chains old = before.chains(table);
    Chains now = after.chains(table);
    Set<String> found = names(old, chain -> !isSame(chain, now.find(chain.name())));
    found.addAll(names(now, chain -> old.find(chain.name()) == null));
    Set<String> last = found;
    for (int round = 0; !last.isEmpty(); round++) {
      if (round == ROUNDS) {
        return names(old, _ -> true);
      }
      Set<String> called = last;
      last =
          names(
              old,
              chain ->
                  !found.contains(chain.name())
                      && chain.callees().stream().anyMatch(called::contains));
      found.addAll(last);
    }
    return found;
  }

  private static Set<String> names(Chains chains, Predicate<Chain> which) {
    return chains.parallelStream()
        .filter(which)
        .map(Chain::name)
        .collect(Collectors.toCollection(HashSet::new));
  }

  /// Whether two chains do the same if what they call does, in which they agree.
  boolean isSame(Chain before, @Nullable Chain after) {
    return before instanceof WrittenChain old
        && after instanceof WrittenChain now
        && old.policy().equals(now.policy())
        && old.isWrittenLike(now)
        && !(changes.areOfSets() && old.rules().stream().anyMatch(changes::concern));
  }
}
