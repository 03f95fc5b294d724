package dev.kproxy.symbolic;

import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Selection;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.iptables.match.Knowledge;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What becomes of a packet, without paths.
///
/// @param shares how much of all packets each end is
record Ends(Map<End, Fraction> shares) {
  /// So many ends are looked at for the answers to what nobody told, before two that are not
  /// written alike are taken to differ.
  private static final int ENOUGH = 100_000;

  record End(
      Share share,
      Fate fate,
      Delivery delivery,
      Header packet,
      Optional<Translation> dnat,
      Optional<Translation> snat,
      int mark,
      Optional<Selection> selection) {
    private End with(Share newShare, Fate newFate) {
      return new End(newShare, newFate, delivery, packet, dnat, snat, mark, selection);
    }
  }

  /// A verdict, or a question with what follows from either answer; nothing where nobody can tell.
  sealed interface Fate {}

  private record Decided(Verdict verdict) implements Fate {}

  private record Open(String why, Object asked, boolean lasts, Ends ifYes, Ends ifNo)
      implements Fate {}

  /// The ends that some outcomes are.
  static Ends of(List<Outcome> outcomes) {
    Map<End, Fraction> shares = LinkedHashMap.newLinkedHashMap(outcomes.size());
    for (Outcome outcome : outcomes) {
      End end =
          new End(
              outcome.share(),
              fate(outcome.verdict()),
              outcome.delivery(),
              outcome.packet(),
              outcome.dnat(),
              outcome.snat(),
              outcome.mark(),
              outcome.selection());
      shares.merge(end, outcome.probability(), Fraction::plus);
    }
    return new Ends(shares);
  }

  private static Fate fate(Verdict verdict) {
    if (!(verdict
        instanceof
        Verdict.Undetermined(
            Verdict.Why why,
            Verdict.Asked(Object what, boolean lasts, boolean inverted),
            _,
            List<Outcome> ifTrue,
            List<Outcome> ifFalse))) {
      return new Decided(verdict);
    }
    Ends yes = of(inverted ? ifFalse : ifTrue);
    Ends no = of(inverted ? ifTrue : ifFalse);
    return new Open(why.text(), what, lasts, yes, no);
  }

  /// Whether both are the same with every answer to what nobody told, in whichever order they ask.
  boolean agreesWith(Ends other) {
    return new Agreement().of(this, other, Knowledge.NONE);
  }

  /// Something that nobody told, and whose answer is always the same, or null.
  private @Nullable Object question() {
    for (End end : shares.keySet()) {
      if (end.fate instanceof Open(_, Object asked, boolean lasts, Ends ifYes, Ends ifNo)) {
        Object first = lasts ? asked : ifYes.question();
        Object question = first == null ? ifNo.question() : first;
        if (question != null) {
          return question;
        }
      }
    }
    return null;
  }

  private static final class Agreement {
    private int seen;

    boolean of(Ends left, Ends right, Knowledge known) {
      if (left.equals(right)) {
        return true;
      }
      Object inLeft = left.question();
      Object question = inLeft == null ? right.question() : inLeft;
      return question != null
          && of(left, right, known, question, true)
          && of(left, right, known, question, false);
    }

    private boolean of(Ends left, Ends right, Knowledge known, Object question, boolean answer) {
      Knowledge more = known.with(question, answer);
      Ends leftThen = settled(left, more);
      Ends rightThen = settled(right, more);
      return seen < ENOUGH && of(leftThen, rightThen, more);
    }

    /// What is left where something is known.
    private Ends settled(Ends ends, Knowledge known) {
      Map<End, Fraction> shares = new LinkedHashMap<>();
      ends.shares.forEach(
          (end, share) ->
              settled(end, known)
                  .shares
                  .forEach((it, part) -> shares.merge(it, part.times(share), Fraction::plus)));
      return new Ends(shares);
    }

    private Ends settled(End end, Knowledge known) {
      seen++;
      if (!(end.fate
          instanceof Open(String why, Object asked, boolean lasts, Ends ifYes, Ends ifNo))) {
        return new Ends(Map.of(end, Fraction.ONE));
      }
      Boolean answer = lasts ? known.answer(asked) : null;
      if (answer != null) {
        return within(end.share, settled(answer ? ifYes : ifNo, known));
      }
      Open open = new Open(why, asked, lasts, settled(ifYes, known), settled(ifNo, known));
      return new Ends(Map.of(end.with(end.share, open), Fraction.ONE));
    }

    /// The same as a part of what has that share.
    private static Ends within(Share share, Ends ends) {
      Map<End, Fraction> shares = new LinkedHashMap<>();
      ends.shares.forEach(
          (end, part) ->
              shares.merge(end.with(end.share.and(share), end.fate), part, Fraction::plus));
      return new Ends(shares);
    }
  }
}
