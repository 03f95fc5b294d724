package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.iptables.chain.PreparedChain;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Stage;
import dev.kproxy.simulate.iptables.flow.Trail;
import dev.kproxy.simulate.iptables.target.Effect;
import dev.kproxy.simulate.iptables.walk.Memory.Count;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A packet somewhere on its way, with the share of all such packets that come here. Only its walk
/// changes it.
final class Branch {
  Stage stage;

  /// 1 where the packet has come back through the loopback interface.
  int pass;

  /// The chain that it is in, null at the beginning of a stage.
  @Nullable PreparedChain chain;

  @Nullable Frame frame;
  int rule;

  /// How many of the rule's conditions are known to hold.
  int condition;

  /// Which of those that wait at one place is taken on first.
  int turn;

  /// What the rule does, where its world has settled that.
  @Nullable Effect pending;

  Flow flow;
  Portion portion = Portion.ALL;

  /// The nth counters that the packet has come by.
  @Nullable Trail<Count> counts;

  Branch(Stage stage, Flow flow) {
    this.stage = stage;
    this.flow = flow;
  }

  Branch copy() {
    Branch copy = new Branch(stage, flow);
    copy.pass = pass;
    copy.chain = chain;
    copy.frame = frame;
    copy.rule = rule;
    copy.condition = condition;
    copy.turn = turn;
    copy.pending = pending;
    copy.portion = portion;
    copy.counts = counts;
    return copy;
  }

  /// A copy that begins here, with all packets and no way behind it.
  Branch start() {
    Branch start = copy();
    start.portion = Portion.ALL;
    return start;
  }

  /// Comes to a stage.
  void begin(Stage next) {
    stage = next;
    chain = null;
    frame = null;
    rule = 0;
    condition = 0;
    if (stage == Stage.POSTROUTING_MANGLE) {
      flow = flow.leavingBy(flow.exit(), flow.exit(), flow.gateway());
    }
  }

  /// The interface that rules see it leave by, once it is routed: the hook OUTPUT keeps the one
  /// that it was routed to at first.
  @Nullable String seenOut(@Nullable String device) {
    return stage == Stage.REROUTE ? flow.out() : device;
  }

  /// Comes to the next rule.
  ///
  /// @return true, since the branch goes on
  boolean skip() {
    rule++;
    condition = 0;
    return true;
  }

  /// Compares by the order in which a packet passes.
  static int compare(Branch left, Branch right) {
    if (left.pass != right.pass) {
      return Integer.compare(left.pass, right.pass);
    }
    if (left.stage != right.stage) {
      return left.stage.compareTo(right.stage);
    }
    int byFrame = Frame.compare(left.frame, left.rule, right.frame, right.rule);
    int byPlace = byFrame != 0 ? byFrame : Integer.compare(left.condition, right.condition);
    return byPlace != 0 ? byPlace : Integer.compare(left.turn, right.turn);
  }

  boolean isAtTheSamePlaceAs(Branch other) {
    return pass == other.pass
        && stage == other.stage
        && chain == other.chain
        && rule == other.rule
        && condition == other.condition
        && Frame.same(frame, other.frame);
  }

  /// Whether both fare the same from here.
  boolean agreesWith(Branch other) {
    return flow.equals(other.flow)
        && Objects.equals(counts, other.counts)
        && isAtTheSamePlaceAs(other);
  }

  /// A place and a flow, by value: what a world begins with.
  Key key() {
    return new Key(stage, pass, chain, rule, condition, Frame.calls(frame), pending, flow, counts);
  }

  record Key(
      Stage stage,
      int pass,
      @Nullable PreparedChain chain,
      int rule,
      int condition,
      List<Frame.Call> calls,
      @Nullable Effect pending,
      Flow flow,
      @Nullable Trail<Count> counts) {}
}
