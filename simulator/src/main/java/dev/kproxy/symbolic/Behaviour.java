package dev.kproxy.symbolic;

import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Selection;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What becomes of a packet, without anything that hangs on the text of the rules: no paths, no
/// names of lists, no order.
///
/// @param outcomes each with its share
/// @param affinity how long clients are kept, and where they are kept, each with how often it is
///   asked
record Behaviour(Map<Object, Fraction> outcomes, Map<Object, Integer> affinity) {

  /// The behaviour that a trace shows.
  static Behaviour of(Trace trace) {
    Map<Object, Integer> affinity = new HashMap<>();
    for (Trace.Affinity kept : trace.affinity()) {
      affinity.merge(new Kept(kept.seconds(), kept.dnat()), 1, Integer::sum);
    }
    return new Behaviour(outcomes(trace.outcomes()), affinity);
  }

  private record Kept(int seconds, Optional<Translation> dnat) {}

  private record End(
      Share share,
      Object verdict,
      Delivery delivery,
      Header packet,
      Optional<Translation> dnat,
      Optional<Translation> snat,
      int mark,
      Optional<Selection> selection) {}

  private record Open(
      String why, Object asked, Map<Object, Fraction> ifYes, Map<Object, Fraction> ifNo) {}

  private static Map<Object, Fraction> outcomes(List<Outcome> outcomes) {
    Map<Object, Fraction> ends = HashMap.newHashMap(outcomes.size());
    for (Outcome outcome : outcomes) {
      End end =
          new End(
              outcome.share(),
              verdict(outcome.verdict()),
              outcome.delivery(),
              outcome.packet(),
              outcome.dnat(),
              outcome.snat(),
              outcome.mark(),
              outcome.selection());
      ends.merge(end, outcome.probability(), Fraction::plus);
    }
    return ends;
  }

  private static Object verdict(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Accept accept -> accept;
      case Verdict.Drop drop -> drop;
      case Verdict.Reject reject -> reject;
      case Verdict.Undetermined(
              Verdict.Why why,
              Verdict.Asked(Object what, boolean inverted),
              _,
              List<Outcome> ifTrue,
              List<Outcome> ifFalse) ->
          new Open(
              why.text(),
              what,
              outcomes(inverted ? ifFalse : ifTrue),
              outcomes(inverted ? ifTrue : ifFalse));
    };
  }

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
