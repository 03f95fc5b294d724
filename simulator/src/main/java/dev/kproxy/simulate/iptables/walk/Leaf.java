package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.Verdict.Asked;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.iptables.match.Knowledge;
import java.util.Optional;

/// Where a branch ends.
sealed interface Leaf {
  /// The branch as it was at its end.
  Branch branch();

  /// The packet's lot is decided.
  record Decided(Branch branch, Verdict verdict, Delivery delivery) implements Leaf {}

  /// Something was asked that nobody told; the world forks.
  record Open(
      Branch branch, Why why, Asked asked, Optional<Step.Place> at, Entry ifTrue, Entry ifFalse)
      implements Leaf {}

  /// Where a world begins.
  record Entry(Branch branch, Knowledge knowledge) {
    Object key() {
      return new Key(branch.key(), knowledge);
    }

    private record Key(Branch.Key branch, Knowledge knowledge) {}
  }
}
