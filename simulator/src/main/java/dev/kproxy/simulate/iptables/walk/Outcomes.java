package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Tracking;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Collects outcomes; those that are equal but for their path become one.
final class Outcomes {
  private final Trace.Detail detail;
  private final Map<Object, Slot> slots = new LinkedHashMap<>();
  private long size;

  Outcomes(Trace.Detail detail) {
    this.detail = detail;
  }

  /// How many outcomes there are, those within undetermined ones included.
  long size() {
    return size;
  }

  List<Outcome> list() {
    List<Outcome> outcomes = new ArrayList<>(slots.size());
    for (Slot slot : slots.values()) {
      outcomes.add(slot.outcome.with(slot.probability, slot.share, Path.steps(slot.path)));
    }
    return outcomes;
  }

  void add(Leaf.Decided leaf) {
    Branch branch = leaf.branch();
    Outcome outcome = outcome(branch, leaf.verdict(), leaf.delivery());
    put(
        Key.of(outcome),
        new Slot(outcome, branch.weight, branch.share, branch.path, branch.pathWeight),
        1);
  }

  /// Adds what is open. Where the answer makes no difference, it is not open.
  void add(Leaf.Open open, Outcomes ifTrue, Outcomes ifFalse) {
    Branch branch = open.branch();
    if (ifTrue.agreesWith(ifFalse)) {
      for (Map.Entry<Object, Slot> entry : ifFalse.slots.entrySet()) {
        Slot slot = entry.getValue();
        put(
            entry.getKey(),
            new Slot(
                slot.outcome,
                branch.weight.times(slot.probability),
                branch.share.and(slot.share),
                Path.join(branch.path, slot.path),
                branch.pathWeight.times(slot.pathWeight)),
            1);
      }
      return;
    }
    Verdict verdict =
        new Verdict.Undetermined(open.why(), open.at(), ifTrue.list(), ifFalse.list());
    put(
        new OpenKey(open.why(), open.at(), open.ifTrue().key(), open.ifFalse().key()),
        new Slot(
            outcome(branch, verdict, Delivery.NONE),
            branch.weight,
            branch.share,
            branch.path,
            branch.pathWeight),
        1 + ifTrue.size + ifFalse.size);
  }

  private static Outcome outcome(Branch branch, Verdict verdict, Delivery delivery) {
    Tracking tracking = branch.flow.tracking();
    Flow.Balancing balancing = branch.flow.balancing();
    Translation dnat = tracking == null ? null : tracking.dnat();
    return new Outcome(
        Fraction.ONE,
        Share.EXACT,
        verdict,
        delivery,
        branch.flow.header(),
        Optional.ofNullable(
            balancing != null && balancing.done() && balancing.to() != null
                ? balancing.to()
                : dnat),
        Optional.ofNullable(tracking == null ? null : tracking.snat()),
        branch.flow.mark().bits(),
        List.of());
  }

  private void put(Object key, Slot slot, long weight) {
    Slot known = detail.apart() ? null : slots.get(key);
    if (known == null) {
      slots.put(detail.apart() ? new Object() : key, slot);
      size += weight;
    } else {
      known.join(slot);
    }
  }

  private boolean agreesWith(Outcomes other) {
    if (slots.size() != other.slots.size() || detail.apart()) {
      return false;
    }
    for (Map.Entry<Object, Slot> entry : slots.entrySet()) {
      Slot there = other.slots.get(entry.getKey());
      Slot here = entry.getValue();
      if (there == null
          || here.share != there.share
          || !here.probability.equals(there.probability)) {
        return false;
      }
    }
    return true;
  }

  /// One outcome, and the shares of those that became it.
  private static final class Slot {
    private final Outcome outcome;
    private Fraction probability;
    private Share share;
    private @Nullable Path path;
    private Fraction pathWeight;

    Slot(
        Outcome outcome,
        Fraction probability,
        Share share,
        @Nullable Path path,
        Fraction pathWeight) {
      this.outcome = outcome;
      this.probability = probability;
      this.share = share;
      this.path = path;
      this.pathWeight = pathWeight;
    }

    void join(Slot other) {
      probability = probability.plus(other.probability);
      share = share.and(other.share);
      if (other.pathWeight.compareTo(pathWeight) > 0) {
        path = other.path;
        pathWeight = other.pathWeight;
      }
    }
  }

  private record Key(
      Verdict verdict,
      Delivery delivery,
      Header packet,
      Optional<Translation> dnat,
      Optional<Translation> snat,
      int mark) {
    static Key of(Outcome outcome) {
      return new Key(
          outcome.verdict(),
          outcome.delivery(),
          outcome.packet(),
          outcome.dnat(),
          outcome.snat(),
          outcome.mark());
    }

    /// Outcomes that differ, differ in the packet or its mark, but for a few.
    @Override
    public int hashCode() {
      return 31 * packet.hashCode() + mark;
    }
  }

  private record OpenKey(Why why, Optional<Step.Place> at, Object ifTrue, Object ifFalse) {
    @Override
    public int hashCode() {
      return Objects.hash(why, ifTrue, ifFalse);
    }
  }
}
