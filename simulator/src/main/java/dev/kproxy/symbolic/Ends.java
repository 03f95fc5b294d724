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
import java.util.HashMap;
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

  /// @param hash of all that follows, at hand since questions follow on each other hundreds deep
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
    @SuppressWarnings("ReferenceEquality") // What follows is one object where it is the same.
    public boolean equals(@Nullable Object other) {
      return other instanceof Open that
          && hash == that.hash
          && ifYes == that.ifYes
          && ifNo == that.ifNo
          && asksLike(that);
    }
  }

  /// Whether packets with these outcomes fare alike with every answer to what nobody told, in
  /// whichever order that is asked.
  static boolean agree(List<Outcome> left, List<Outcome> right) {
    Agreement agreement = new Agreement();
    return agreement.of(agreement.ends(left), agreement.ends(right));
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
    private final Map<Ends, Ends> known = new HashMap<>();
    private int seen;

    Ends ends(List<Outcome> outcomes) {
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

    private Fate fate(Verdict verdict) {
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
      Ends yes = one(ends(inverted ? ifFalse : ifTrue));
      Ends no = one(ends(inverted ? ifTrue : ifFalse));
      return new Open(what, lasts, yes, no);
    }

    /// One object for all ends that are the same, so that to compare what follows on a question is
    /// not to compare all that follows on that.
    private Ends one(Ends ends) {
      Ends same = known.putIfAbsent(ends, ends);
      return same == null ? ends : same;
    }

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
          && agreeWhere(Knowledge.NONE.with(question, true), left, right)
          && agreeWhere(Knowledge.NONE.with(question, false), left, right);
    }

    /// The answers before it are no longer asked for; what follows from one answer, as of
    /// interfaces, follows from it alone. The sides change places, so that what either asks first
    /// has its turn.
    private boolean agreeWhere(Knowledge answer, Ends left, Ends right) {
      Ends leftThen = settled(left, answer);
      Ends rightThen = settled(right, answer);
      return seen < ENOUGH && of(rightThen, leftThen);
    }

    /// What is left where something is known.
    private Ends settled(Ends ends, Knowledge answer) {
      Map<End, Fraction> shares = new LinkedHashMap<>();
      ends.shares.forEach(
          (end, share) ->
              settled(end, answer)
                  .shares
                  .forEach((it, part) -> shares.merge(it, part.times(share), Fraction::plus)));
      return one(new Ends(shares));
    }

    private Ends settled(End end, Knowledge answer) {
      seen++;
      if (!(end.fate instanceof Open(Object asked, boolean lasts, Ends ifYes, Ends ifNo, _))) {
        return new Ends(Map.of(end, Fraction.ONE));
      }
      Boolean isYes = lasts ? answer.answer(asked) : null;
      if (isYes != null) {
        return within(end.share, settled(isYes ? ifYes : ifNo, answer));
      }
      Ends yes = settled(ifYes, answer);
      Ends no = settled(ifNo, answer);
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
