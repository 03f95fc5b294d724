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
import java.util.Objects;
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

  /// @param hash of all that follows, at hand since questions follow on each other a thousand deep
  private record Open(Object asked, boolean lasts, Ends ifYes, Ends ifNo, int hash)
      implements Fate {
    Open(Object asked, boolean lasts, Ends ifYes, Ends ifNo) {
      this(asked, lasts, ifYes, ifNo, Objects.hash(asked, ifYes, ifNo));
    }

    boolean asksLike(Open other) {
      return lasts == other.lasts && asked.equals(other.asked);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Open that
          && hash == that.hash
          && asksLike(that)
          && ifYes.equals(that.ifYes)
          && ifNo.equals(that.ifNo);
    }
  }

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
            _,
            Verdict.Asked(Object what, boolean lasts, boolean inverted),
            _,
            List<Outcome> ifTrue,
            List<Outcome> ifFalse))) {
      return new Decided(verdict);
    }
    Ends yes = of(inverted ? ifFalse : ifTrue);
    Ends no = of(inverted ? ifTrue : ifFalse);
    return new Open(what, lasts, yes, no);
  }

  /// Whether both are the same with every answer to what nobody told, in whichever order they ask.
  boolean agreesWith(Ends other) {
    return new Agreement().of(this, other);
  }

  /// The end of all packets, or null.
  private @Nullable End only() {
    return shares.size() == 1 ? shares.keySet().iterator().next() : null;
  }

  /// Something that nobody told, and whose answer is always the same, or null.
  private @Nullable Object question() {
    for (End end : shares.keySet()) {
      if (end.fate instanceof Open(Object asked, boolean lasts, Ends ifYes, Ends ifNo, _)) {
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

    boolean of(Ends left, Ends right) {
      if (left.equals(right)) {
        return true;
      }
      End one = left.only();
      End other = right.only();
      if (one != null
          && other != null
          && one.fate instanceof Open mine
          && other.fate instanceof Open its
          && mine.asksLike(its)
          && one.with(one.share, its).equals(other)) {
        return of(mine.ifYes, its.ifYes) && of(mine.ifNo, its.ifNo);
      }
      Object inLeft = left.question();
      Object question = inLeft == null ? right.question() : inLeft;
      return question != null
          && of(left, right, Knowledge.NONE.with(question, true))
          && of(left, right, Knowledge.NONE.with(question, false));
    }

    private boolean of(Ends left, Ends right, Knowledge known) {
      Ends leftThen = settled(left, known);
      Ends rightThen = settled(right, known);
      return seen < ENOUGH && of(leftThen, rightThen);
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
      if (!(end.fate instanceof Open(Object asked, boolean lasts, Ends ifYes, Ends ifNo, _))) {
        return new Ends(Map.of(end, Fraction.ONE));
      }
      Boolean answer = lasts ? known.answer(asked) : null;
      if (answer != null) {
        return within(end.share, settled(answer ? ifYes : ifNo, known));
      }
      Ends yes = settled(ifYes, known);
      Ends no = settled(ifNo, known);
      if (lasts && yes.equals(no)) {
        return within(end.share, yes);
      }
      Open open = new Open(asked, lasts, yes, no);
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
