package dev.kproxy.symbolic;

import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Verdict;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What becomes of a packet, without anything that hangs on the text of the rules: no paths, no
/// names of lists, no order.
///
/// @param ends each with its share
/// @param affinity how long clients are kept, and where they are kept, each with how often it is
///   asked
record Behaviour(Ends ends, Map<Object, Integer> affinity) {

  /// The behaviour that a trace shows.
  static Behaviour of(Trace trace) {
    Map<Object, Integer> affinity = new HashMap<>();
    for (Trace.Affinity kept : trace.affinity()) {
      affinity.merge(new Kept(kept.seconds(), kept.dnat()), 1, Integer::sum);
    }
    return new Behaviour(Ends.of(trace.outcomes()), affinity);
  }

  /// Whether packets fare alike on both sides, with every answer to what nobody told.
  boolean agreesWith(Behaviour other) {
    return affinity.equals(other.affinity) && ends.agreesWith(other.ends);
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
