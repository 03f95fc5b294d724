package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.iptables.chain.PreparedChain;
import dev.kproxy.simulate.iptables.chain.PreparedRule;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Stage;
import dev.kproxy.simulate.iptables.target.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
  Fraction weight = Fraction.ONE;
  Share share = Share.EXACT;
  @Nullable Counter counters;
  @Nullable Path path;

  /// The weight of the one way that `path` is.
  Fraction pathWeight = Fraction.ONE;

  Branch(Stage stage, Flow flow) {
    this.stage = stage;
    this.flow = flow;
  }

  /// An nth counter that the packet has come by, and what it said.
  static final class Counter {
    final PreparedRule rule;
    final int condition;
    final boolean held;
    final @Nullable Counter before;

    Counter(PreparedRule rule, int condition, boolean held, @Nullable Counter before) {
      this.rule = rule;
      this.condition = condition;
      this.held = held;
      this.before = before;
    }

    /// Whether two packets have come by the same counters and were told the same.
    static boolean same(@Nullable Counter left, @Nullable Counter right) {
      Counter l = left;
      Counter r = right;
      while (l != r && l != null && r != null) {
        if (l.rule != r.rule || l.condition != r.condition || l.held != r.held) {
          return false;
        }
        l = l.before;
        r = r.before;
      }
      return l == r;
    }
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
    copy.weight = weight;
    copy.share = share;
    copy.counters = counters;
    copy.path = path;
    copy.pathWeight = pathWeight;
    return copy;
  }

  /// A copy that begins here, with all of the weight and no way behind it.
  Branch start() {
    Branch start = copy();
    start.weight = Fraction.ONE;
    start.pathWeight = Fraction.ONE;
    start.share = Share.EXACT;
    start.path = null;
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

  /// Comes to the next rule.
  ///
  /// @return true, since the branch goes on
  boolean skip() {
    rule++;
    condition = 0;
    return true;
  }

  void take(Fraction probability, Share kind) {
    weight = weight.times(probability);
    pathWeight = pathWeight.times(probability);
    share = share.and(kind);
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
        && Counter.same(counters, other.counters)
        && isAtTheSamePlaceAs(other);
  }

  /// Takes over the weight of one that agrees.
  void join(Branch other) {
    weight = weight.plus(other.weight);
    share = share.and(other.share);
    if (other.pathWeight.compareTo(pathWeight) > 0) {
      path = other.path;
      pathWeight = other.pathWeight;
    }
  }

  /// A place and a flow, by value: what a world begins with.
  Key key() {
    List<Object> calls = new ArrayList<>();
    for (Frame at = frame; at != null; at = at.caller()) {
      calls.add(at.chain().name());
      calls.add(at.rule());
      calls.add(at.isTail());
    }
    return new Key(
        List.of(stage, pass, Objects.requireNonNullElse(chain == null ? null : chain.name(), "")),
        rule,
        condition,
        List.copyOf(calls),
        Optional.ofNullable(pending),
        flow,
        Optional.ofNullable(counters));
  }

  record Key(
      List<Object> stage,
      int rule,
      int condition,
      List<Object> calls,
      Optional<Effect> pending,
      Flow flow,
      Optional<Counter> counters) {}
}
