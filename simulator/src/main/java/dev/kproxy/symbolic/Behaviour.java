package dev.kproxy.symbolic;

import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Verdict;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What becomes of a packet, without anything that hangs on the text of the rules: no paths, no
/// names of lists, no order.
final class Behaviour {
  private Behaviour() {}

  /// Whether two traces show the same, with every answer to what nobody told.
  static boolean isSame(Trace left, Trace right) {
    return affinity(left).equals(affinity(right)) && Ends.agree(left.outcomes(), right.outcomes());
  }

  /// How long clients are kept, and where they are kept, each with how often it is asked.
  private static Map<Object, Integer> affinity(Trace trace) {
    Map<Object, Integer> affinity = new HashMap<>();
    for (Trace.Affinity kept : trace.affinity()) {
      affinity.merge(new Kept(kept.seconds(), kept.dnat()), 1, Integer::sum);
    }
    return affinity;
  }

  private record Kept(int seconds, Optional<Translation> dnat) {}

  /// Whether the machine gave the packet up, so that nothing is known of it.
  static boolean isGivenUp(Trace trace) {
    return trace.outcomes().stream()
        .anyMatch(
            outcome ->
                outcome.verdict() instanceof Verdict.Undetermined undetermined
                    && undetermined.ifTrue().isEmpty()
                    && undetermined.ifFalse().isEmpty());
  }
}
