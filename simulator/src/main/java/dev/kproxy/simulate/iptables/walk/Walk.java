package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.iptables.Match;
import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.Verdict.Asked;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.host.Decision;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.iptables.chain.PreparedChain;
import dev.kproxy.simulate.iptables.chain.PreparedRule;
import dev.kproxy.simulate.iptables.chain.Tables;
import dev.kproxy.simulate.iptables.flow.Binding;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Stage;
import dev.kproxy.simulate.iptables.flow.Tracking;
import dev.kproxy.simulate.iptables.flow.Trail;
import dev.kproxy.simulate.iptables.match.Answer;
import dev.kproxy.simulate.iptables.match.Knowledge;
import dev.kproxy.simulate.iptables.target.Deeds;
import dev.kproxy.simulate.iptables.target.Effect;
import dev.kproxy.simulate.iptables.target.Translating;
import dev.kproxy.simulate.iptables.walk.Leaf.Decided;
import dev.kproxy.simulate.iptables.walk.Leaf.Entry;
import dev.kproxy.simulate.iptables.walk.Leaf.Open;
import dev.kproxy.simulate.iptables.walk.Memory.Count;
import dev.kproxy.simulate.iptables.walk.Memory.CounterPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Takes a packet through the kernel, in one world: with everything that is asked either told or
/// assumed, or the end of a branch.
///
/// Branches are taken on in the order of the packet's way, so that those that agree again, after a
/// draw made no difference, meet and are joined. There is no recursion; calls of chains are frames
/// of a branch. A method that takes a branch on and returns a `boolean` tells whether it goes on at
/// once: not where it has ended, forked, or waits for its turn.
final class Walk {
  private static final Verdict ACCEPT = new Verdict.Accept();
  private static final Verdict DROP = new Verdict.Drop();

  private final Packet packet;
  private final Tables tables;
  private final Facts facts;
  private final Footsteps footsteps;
  private final Knowledge knowledge;
  private final Limits limits;
  private final Memory memory;
  private final Waiting waiting;
  private final Balancer balancer;
  private final List<Leaf> leaves = new ArrayList<>(4);
  private int turns;

  Walk(Worlds world, Knowledge knowledge) {
    this.packet = world.packet();
    this.tables = world.tables();
    this.facts = world.facts();
    this.footsteps = new Footsteps(world.detail().paths());
    this.limits = world.limits();
    this.memory = world.memory();
    this.knowledge = knowledge;
    this.waiting = new Waiting(!world.detail().apart());
    this.balancer = new Balancer(this, packet, facts, knowledge, footsteps);
  }

  /// Where the branches end that begin with this one.
  List<Leaf> from(Branch start) throws Limits.Exceeded {
    waiting.add(start);
    List<Branch> group = new ArrayList<>(4);
    while (waiting.gather(group)) {
      for (Branch branch : group) {
        advance(branch);
      }
      limits.branches(waiting.size() + leaves.size());
    }
    return leaves;
  }

  /// Takes a branch on until it ends or has to wait for others.
  private void advance(Branch branch) throws Limits.Exceeded {
    boolean more = true;
    while (more) {
      more = branch.chain == null ? enter(branch) : step(branch, branch.chain);
    }
  }

  private boolean enter(Branch branch) {
    Stage stage = branch.stage;
    return switch (stage) {
      case ARRIVAL ->
          facts
              .routing()
              .arrival(branch.flow.header(), branch.flow.in())
              .map(decision -> route(branch, decision))
              .orElseGet(() -> proceed(branch, Stage.PREROUTING_RAW));
      case ROUTE_OUTPUT, REROUTE ->
          branch.flow.isBalanced()
              ? proceed(branch)
              : route(
                  branch, facts.routing().output(branch.flow.header(), packet.out().orElse(null)));
      case ROUTE_INPUT ->
          branch.pass > 0
              ? proceed(branch, Stage.INPUT_MANGLE)
              : route(branch, Lifetime.input(facts, branch.flow, packet.out().orElse(null)));
      case OUTPUT_TRACK, PREROUTING_TRACK -> track(branch);
      case OUTPUT_IPVS, FORWARD_IPVS, INPUT_IPVS -> balancer.enter(branch);
      case OUTPUT_SEND, INPUT_SEND -> balancer.send(branch);
      case DEPARTURE -> depart(branch);
      case DELIVERY -> end(branch, ACCEPT, Delivery.LOCAL);
      default -> enterTable(branch);
    };
  }

  private boolean enterTable(Branch branch) {
    Stage stage = branch.stage;
    if (stage.isNat()) {
      if (!Binding.isOpen(branch.flow, stage)) {
        branch.flow = Binding.apply(branch.flow, stage);
        return proceed(branch, stage.next());
      }
      branch.flow = Binding.begin(branch.flow);
    }
    PreparedChain chain = tables.builtIn(stage);
    if (chain == null) {
      return leaveTable(branch);
    }
    branch.chain = chain;
    return true;
  }

  private boolean track(Branch branch) {
    Tracking tracking = branch.flow.tracking();
    if (tracking == null || tracking.template()) {
      branch.flow = branch.flow.with(Tracking.of(packet, branch.flow.header()));
    }
    return proceed(branch);
  }

  /// The end of POSTROUTING: out, or by way of the loopback interface in again. What is forwarded
  /// there is forwarded again and again (`ip_forward`).
  private boolean depart(Branch branch) {
    if (!branch.flow.isForSelf()) {
      return end(branch, ACCEPT, Delivery.FORWARD);
    }
    if (packet.origin() == Packet.Origin.FORWARD && branch.pass == 0) {
      return route(branch, new Decision.Dropped("forwarded by lo until its TTL is used up"));
    }
    branch.pass++;
    branch.flow = branch.flow.comingBy("lo").leavingBy("", "lo", null);
    return proceed(branch, Stage.PREROUTING_RAW);
  }

  /// Takes a branch where routing sends it.
  boolean route(Branch branch, Decision decision) {
    Flow.Balancing balancing = branch.flow.balancing();
    return switch (decision) {
      case Decision.Local _, Decision.Out _ when balancing != null && !balancing.done() -> {
        balancer.sent(branch, balancing, decision);
        boolean out = decision instanceof Decision.Out;
        branch.pass += out ? 1 : 0;
        yield leaveTo(branch, out ? Stage.OUTPUT_RAW : branch.stage.next());
      }
      case Decision.Local() -> {
        boolean incoming = branch.stage == Stage.ROUTE_INPUT;
        branch.flow = branch.flow.leavingBy(incoming ? "" : branch.seenOut("lo"), "lo", null);
        yield proceed(branch, incoming ? Stage.INPUT_MANGLE : branch.stage.next());
      }
      case Decision.Out _ when branch.flow.hasSocket() && branch.stage == Stage.ROUTE_INPUT ->
          route(branch, SocketRoute.of(branch.flow.header().destination(), facts.host().routes()));
      case Decision.Out(String device, var gateway) -> {
        branch.flow = branch.flow.leavingBy(branch.seenOut(device), device, gateway);
        yield proceed(branch);
      }
      case Decision.Dropped(String why) -> {
        footsteps.note(branch, why);
        yield end(branch, DROP, Delivery.NONE);
      }
      case Decision.Refused(String with) -> {
        footsteps.note(branch, "refused: " + with);
        yield end(branch, new Verdict.Reject(with), Delivery.NONE);
      }
      case Decision.Unknown(Why why, Object key, Decision ifTrue, Decision ifFalse) -> {
        Boolean known = knowledge.answer(key);
        if (known != null) {
          yield route(branch, known ? ifTrue : ifFalse);
        }
        yield ask(branch, why, key);
      }
    };
  }

  /// Ends a branch, and goes on from here with either answer to a question that nobody told.
  boolean ask(Branch branch, Why why, Object key) {
    leaves.add(
        new Open(
            branch,
            why,
            new Asked(key, true, false),
            Optional.empty(),
            new Entry(branch.start(), knowledge.with(key, true)),
            new Entry(branch.start(), knowledge.with(key, false))));
    return false;
  }

  /// Ends a branch where nobody can tell what follows.
  boolean undetermined(Branch branch, Why why) {
    Verdict verdict =
        new Verdict.Undetermined(
            why, new Asked(why, false, false), Optional.empty(), List.of(), List.of());
    return end(branch, verdict, Delivery.NONE);
  }

  /// Another branch where this one is; it is not taken on yet.
  Branch another(Branch branch) {
    Branch copy = branch.copy();
    copy.turn = ++turns;
    return copy;
  }

  /// Takes a branch on in its turn.
  void later(Branch branch) {
    waiting.add(branch);
  }

  /// On with the next stage.
  boolean proceed(Branch branch) {
    return proceed(branch, branch.stage.next());
  }

  private boolean proceed(Branch branch, Stage stage) {
    branch.begin(stage);
    return goOn(branch, waiting.isAnyoneHere());
  }

  /// Goes on with a branch at once, or in its turn where it may meet others.
  private boolean goOn(Branch branch, boolean mayMeetOthers) {
    if (mayMeetOthers) {
      later(branch);
    }
    return !mayMeetOthers;
  }

  private boolean leaveTable(Branch branch) {
    Stage stage = branch.stage;
    if (stage.isNat()) {
      branch.flow = Binding.settle(branch.flow, stage, packet.state());
      if (!stage.translatesSource()) {
        return leaveTo(branch, stage.next());
      }
    }
    return proceed(branch, stage.next());
  }

  /// On with a stage, the destination being decided.
  private boolean leaveTo(Branch branch, Stage stage) {
    if (waiting.size() > 0) {
      branch.begin(stage);
      waiting.part(branch);
      return false;
    }
    return proceed(branch, stage);
  }

  private boolean step(Branch branch, PreparedChain chain) throws Limits.Exceeded {
    Effect pending = branch.pending;
    if (pending != null) {
      branch.pending = null;
      return perform(branch, chain.rule(branch.rule), pending);
    }
    int number = branch.condition > 0 ? branch.rule : chain.next(branch.flow.header(), branch.rule);
    branch.rule = number;
    if (number >= chain.size()) {
      return giveBack(branch, chain);
    }
    limits.rule();
    PreparedRule rule = chain.rule(number);
    int undecided = -1;
    Answer first = Answer.Known.YES;
    for (int i = branch.condition; i < rule.size(); i++) {
      Match memorable = rule.memory(i);
      if (memorable != null) {
        return undecided >= 0
            ? fork(branch, rule, undecided, first)
            : remember(branch, rule, i, memorable);
      }
      Answer answer = known(rule.condition(i).ask(packet, branch.flow, branch.stage));
      if (answer == Answer.Known.NO) {
        return branch.skip();
      }
      if (answer != Answer.Known.YES && undecided < 0) {
        undecided = i;
        first = answer;
      }
    }
    return undecided >= 0
        ? fork(branch, rule, undecided, first)
        : perform(branch, rule, rule.deed().act(branch.flow, branch.stage));
  }

  private Answer known(Answer answer) {
    if (answer instanceof Answer.Unknown(Why _, Object key, boolean inverted) && key != null) {
      Boolean known = knowledge.answer(key);
      return known == null ? answer : Answer.Known.of(known != inverted);
    }
    return answer;
  }

  /// A condition that reads or changes what is remembered of earlier packets.
  private boolean remember(Branch branch, PreparedRule rule, int number, Match condition) {
    branch.condition = number;
    if (condition instanceof Match.Nth nth) {
      return fork(branch, rule, number, memory.count(rule, number, nth, branch));
    }
    Memory.Recollection found = memory.recall((Match.Recent) condition, branch, packet);
    branch.flow = found.flow();
    if (found.answer() == Answer.Known.YES) {
      branch.condition = number + 1;
      return true;
    }
    Answer answer = known(found.answer());
    return answer == Answer.Known.NO ? branch.skip() : fork(branch, rule, number, answer);
  }

  /// Goes on with the packets for which a condition holds and with those for which it does not.
  private boolean fork(Branch branch, PreparedRule rule, int number, Answer answer) {
    Branch other = another(branch);
    other.rule++;
    other.condition = 0;
    branch.condition = number + 1;
    switch (answer) {
      case Answer.Known known -> later(known == Answer.Known.YES ? branch : other);
      case Answer.Chance(Fraction probability, Share share) -> {
        if (share == Share.LONG_RUN) {
          CounterPlace counter = new CounterPlace(rule, number);
          branch.counts = new Trail<>(new Count(counter, true), branch.counts);
          other.counts = new Trail<>(new Count(counter, false), other.counts);
        }
        branch.portion = branch.portion.drawn(probability, share);
        other.portion = other.portion.drawn(probability.complement(), share);
        later(branch);
        later(other);
      }
      case Answer.Unknown(Why why, Object key, boolean inverted) ->
          leaves.add(
              new Open(
                  branch,
                  why,
                  key == null
                      ? new Asked(branch.flow.asked(rule.match(number)), false, false)
                      : new Asked(key, true, inverted),
                  Optional.of(Footsteps.place(branch, rule)),
                  new Entry(branch.start(), knowledge.with(key, !inverted)),
                  new Entry(other.start(), knowledge.with(key, inverted))));
    }
    return false;
  }

  private boolean perform(Branch branch, PreparedRule rule, Effect effect) throws Limits.Exceeded {
    switch (effect) {
      case Effect.Next(Flow flow) -> {
        footsteps.hit(branch, rule, flow);
        memory.keepMarks(branch, flow);
        branch.flow = flow;
        return branch.skip();
      }
      case Effect.Leave(Flow flow) -> {
        footsteps.hit(branch, rule, flow);
        branch.flow = flow;
        return leaveTable(branch);
      }
      case Effect.End(Verdict verdict) -> {
        footsteps.hit(branch, rule, branch.flow);
        return end(branch, verdict, Delivery.NONE);
      }
      case Effect.Call(boolean tail) -> {
        return call(branch, rule, tail);
      }
      case Effect.Back() -> {
        footsteps.hit(branch, rule, branch.flow);
        return branch.chain == null || giveBack(branch, branch.chain);
      }
      case Effect.Translate(List<Translating.Choice> choices) -> {
        return translate(branch, rule, choices);
      }
      case Effect.Either(Why why, Effect ifTrue, Effect ifFalse) -> {
        return either(branch, rule, why, ifTrue, ifFalse);
      }
    }
  }

  private boolean call(Branch branch, PreparedRule rule, boolean tail) throws Limits.Exceeded {
    PreparedChain caller = branch.chain;
    PreparedChain chain = rule.callee(tables, branch.stage.table());
    if (caller == null || chain == null) {
      return either(
          branch,
          rule,
          new Why(Missing.NOTHING, "there is no chain " + rule.calleeName()),
          new Effect.Next(branch.flow),
          new Effect.End(DROP));
    }
    footsteps.hit(branch, rule, branch.flow);
    branch.frame = new Frame(caller, branch.rule, tail, branch.frame);
    if (Frame.depth(branch.frame) > tables.depth()) {
      throw new Limits.Exceeded("the chain " + rule.calleeName() + " calls itself");
    }
    branch.chain = chain;
    branch.rule = 0;
    branch.condition = 0;
    return true;
  }

  /// The end of a chain: back to the rule after the call, or to the policy.
  private boolean giveBack(Branch branch, PreparedChain ended) {
    PreparedChain chain = ended;
    Frame frame = branch.frame;
    while (frame != null && frame.isTail()) {
      chain = frame.chain();
      frame = frame.caller();
    }
    if (frame == null) {
      if (chain.drops()) {
        footsteps.policy(branch);
        return end(branch, DROP, Delivery.NONE);
      }
      return leaveTable(branch);
    }
    branch.chain = frame.chain();
    branch.rule = frame.rule() + 1;
    branch.frame = frame.caller();
    branch.condition = 0;
    return goOn(branch, waiting.isAnyoneAt(branch.stage));
  }

  private boolean translate(Branch branch, PreparedRule rule, List<Translating.Choice> choices) {
    if (choices.isEmpty()) {
      return either(
          branch,
          rule,
          new Why(
              Missing.RUNNING_HOST,
              "what "
                  + Deeds.text(rule.rule().action(), branch.flow)
                  + " chooses cannot be foretold"),
          new Effect.Leave(branch.flow),
          new Effect.End(DROP));
    }
    if (choices.size() == 1) {
      return chosen(branch, rule, choices.get(0));
    }
    for (Translating.Choice choice : choices) {
      Branch copy = another(branch);
      if (chosen(copy, rule, choice)) {
        later(copy);
      }
    }
    return false;
  }

  private boolean chosen(Branch branch, PreparedRule rule, Translating.Choice choice) {
    branch.portion = branch.portion.drawn(choice.probability(), choice.share());
    Flow flow = choice.flow();
    footsteps.hit(branch, rule, flow == null ? branch.flow : flow);
    if (flow == null) {
      footsteps.note(branch, "no address to translate to");
      return end(branch, DROP, Delivery.NONE);
    }
    branch.flow = flow;
    return leaveTable(branch);
  }

  /// An action that does one of two things, nobody knows which.
  private boolean either(Branch branch, PreparedRule rule, Why why, Effect ifTrue, Effect ifFalse) {
    Branch yes = branch.start();
    yes.pending = ifTrue;
    Branch no = branch.start();
    no.pending = ifFalse;
    leaves.add(
        new Open(
            branch,
            why,
            new Asked(rule.rule().action(), false, false),
            Optional.of(Footsteps.place(branch, rule)),
            new Entry(yes, knowledge),
            new Entry(no, knowledge)));
    return false;
  }

  boolean end(Branch branch, Verdict verdict, Delivery delivery) {
    leaves.add(new Decided(branch, verdict, delivery));
    return false;
  }
}
