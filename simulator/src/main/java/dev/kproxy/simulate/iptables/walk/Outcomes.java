package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.Verdict.Asked;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Tracking;
import dev.kproxy.simulate.iptables.flow.Trail;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Collects outcomes; those that are equal but for their path become one.
final class Outcomes {
  private final Trace.Detail detail;
  private final Map<Object, Slot> slots = new LinkedHashMap<>();
  private long size;
  private boolean hidesPort;

  Outcomes(Trace.Detail detail) {
    this.detail = detail;
  }

  /// How many outcomes there are, those within undetermined ones included.
  long size() {
    return size;
  }

  /// Whether a source is shown with a port that SNAT has drawn anew, and so is not known.
  boolean hidesPort() {
    return hidesPort;
  }

  List<Outcome> list() {
    List<Outcome> outcomes = new ArrayList<>(slots.size());
    for (Slot slot : slots.values()) {
      Portion portion = slot.portion;
      outcomes.add(
          slot.outcome.with(portion.probability(), portion.share(), Trail.list(portion.path())));
    }
    return outcomes;
  }

  void add(Leaf.Decided leaf) {
    hidesPort |= hidesPort(leaf.branch().flow);
    Outcome outcome = outcome(leaf.branch(), leaf.verdict(), leaf.delivery());
    put(new Key(outcome), new Slot(outcome, leaf.branch().portion), 1);
  }

  private static boolean hidesPort(Flow flow) {
    Tracking tracking = flow.tracking();
    return flow.hasDrawnPort() && tracking != null && tracking.snat() instanceof Translation.To;
  }

  /// Adds what is open. Where the answer makes no difference, it is not open.
  void add(Leaf.Open open, Outcomes ifTrue, Outcomes ifFalse) {
    hidesPort |= ifTrue.hidesPort || ifFalse.hidesPort;
    Branch branch = open.branch();
    if (ifTrue.agreesWith(ifFalse)) {
      ifFalse.slots.forEach(
          (key, slot) -> put(key, new Slot(slot.outcome, branch.portion.then(slot.portion)), 1));
      return;
    }
    Verdict verdict =
        new Verdict.Undetermined(
            open.why(), open.asked(), open.at(), ifTrue.list(), ifFalse.list());
    put(
        new OpenKey(open.why(), open.asked(), open.at(), open.ifTrue().key(), open.ifFalse().key()),
        new Slot(outcome(branch, verdict, Delivery.NONE), branch.portion),
        1 + ifTrue.size + ifFalse.size);
  }

  /// What becomes of a branch, as if of all packets.
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
        Optional.ofNullable(balancing == null ? null : balancing.selection()),
        List.of());
  }

  private void put(Object key, Slot slot, long weight) {
    Slot known = detail.apart() ? null : slots.get(key);
    if (known == null) {
      slots.put(detail.apart() ? new Object() : key, slot);
      size += weight;
    } else {
      slots.put(key, new Slot(known.outcome, known.portion.plus(slot.portion)));
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
          || here.portion.share() != there.portion.share()
          || !here.portion.probability().equals(there.portion.probability())) {
        return false;
      }
    }
    return true;
  }

  /// One outcome, as of all packets, and those that it becomes of.
  private record Slot(Outcome outcome, Portion portion) {}

  private record Key(Outcome outcome) {
    /// Outcomes that differ, differ in the packet or its mark, but for a few.
    @Override
    public int hashCode() {
      return 31 * outcome.packet().hashCode() + outcome.mark();
    }
  }

  private record OpenKey(
      Why why, Asked asked, Optional<Step.Place> at, Object ifTrue, Object ifFalse) {
    @Override
    public int hashCode() {
      return Objects.hash(why, ifTrue, ifFalse);
    }
  }
}
