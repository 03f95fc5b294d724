package dev.kproxy.symbolic;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.line.WrittenChain;
import dev.kproxy.symbolic.rules.AskedRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which chains of a table are written in the same lines in two rule sets, and so is all that they
/// call: most of them, where little changes. It is answered without a rule being made.
final class UnchangedChains {
  /// Chains of kube-proxy call each other less deeply.
  private static final int ROUNDS = 20;

  private final AskedRules before;
  private final AskedRules after;
  private final Set<String> sets;
  private final Map<String, Set<String>> changed = new HashMap<>();

  /// @param sets that are different, so that a chain that names one is
  UnchangedChains(AskedRules before, AskedRules after, Set<String> sets) {
    this.before = before;
    this.after = after;
    this.sets = sets;
  }

  /// Whether a chain that both have is known to be the same.
  boolean contains(String table, String chain) {
    return !changed.computeIfAbsent(table, this::changed).contains(chain);
  }

  private Set<String> changed(String table) {
    Set<String> found = new HashSet<>();
    List<Chain> others = new ArrayList<>();
    Map<String, Chain> now = after.chains(table);
    for (Chain chain : before.chains(table).values()) {
      if (isSame(chain, now.get(chain.name()))) {
        others.add(chain);
      } else {
        found.add(chain.name());
      }
    }
    now.keySet().stream().filter(name -> before.chain(table, name) == null).forEach(found::add);
    for (int round = 0; round < ROUNDS; round++) {
      List<Chain> rest = new ArrayList<>(others.size());
      for (Chain chain : others) {
        if (chain.callees().stream().noneMatch(found::contains)) {
          rest.add(chain);
        } else {
          found.add(chain.name());
        }
      }
      if (rest.size() == others.size()) {
        return found;
      }
      others = rest;
    }
    found.addAll(before.chains(table).keySet());
    return found;
  }

  private boolean isSame(Chain before, @Nullable Chain after) {
    return before instanceof WrittenChain old
        && after instanceof WrittenChain now
        && old.policy().equals(now.policy())
        && old.isWrittenLike(now)
        && sets.stream().noneMatch(old::mentions);
  }
}
