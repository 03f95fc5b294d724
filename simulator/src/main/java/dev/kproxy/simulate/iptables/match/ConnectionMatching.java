package dev.kproxy.simulate.iptables.match;

import dev.kproxy.iptables.Criterion;
import dev.kproxy.iptables.Match;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Tracking;
import java.util.Set;

/// What `-m conntrack`, `-m state` and `-m connmark` ask of a packet's connection
/// (`net/netfilter/xt_conntrack.c`).
final class ConnectionMatching {
  private ConnectionMatching() {}

  static Answer ask(Match.Conntrack conntrack, Flow flow) {
    Tracking tracking = flow.tracking();
    boolean exists = tracking != null && tracking.exists();
    Answer open = Answer.Known.YES;
    boolean asksState = false;
    for (Criterion criterion : conntrack.criteria()) {
      boolean isState = criterion instanceof Criterion.States;
      asksState |= isState;
      Answer answer =
          switch (criterion) {
            case Criterion.States(Set<Criterion.State> states, boolean inverted) ->
                state(states, inverted, flow, true);
            default ->
                tracking != null && exists ? ask(criterion, tracking, flow) : Answer.Known.YES;
          };
      if (answer == Answer.Known.NO) {
        return answer;
      }
      open = answer == Answer.Known.YES ? open : answer;
    }
    // without a connection only the state can be asked
    return exists ? open : Answer.Known.of(asksState);
  }

  /// Whether the packet's state is one of those; `SNAT` and `DNAT` are states for `-m conntrack`
  /// only.
  static Answer state(
      Set<Criterion.State> states, boolean inverted, Flow flow, boolean translations) {
    Tracking tracking = flow.tracking();
    boolean found =
        states.contains(tracking == null ? Criterion.State.INVALID : tracking.state().seen());
    if (!found && translations && tracking != null && tracking.exists()) {
      found =
          (states.contains(Criterion.State.DNAT)
                  && tracking.dnat() != null
                  && tracking.changedDestination())
              || (states.contains(Criterion.State.SNAT)
                  && tracking.snat() != null
                  && tracking.changedSource());
    }
    return Answer.Known.of(found != inverted);
  }

  private static Answer ask(Criterion criterion, Tracking tracking, Flow flow) {
    Header original = tracking.original();
    Header translated = tracking.translated();
    return switch (criterion) {
      case Criterion.States(var states, boolean inverted) -> state(states, inverted, flow, true);
      case Criterion.Statuses(var statuses, boolean inverted) ->
          status(statuses, inverted, tracking);
      case Criterion.Protocol(int number, boolean inverted) ->
          Answer.Known.of((number == original.transport().number()) != inverted);
      case Criterion.Address(Criterion.End end, var addresses, boolean inverted) -> {
        Ip ip =
            switch (end) {
              case ORIGINAL_SOURCE -> original.source();
              case ORIGINAL_DESTINATION -> original.destination();
              case REPLY_SOURCE -> translated.destination();
              case REPLY_DESTINATION -> translated.source();
            };
        yield Answer.Known.of(addresses.contains(ip) != inverted);
      }
      case Criterion.Port(Criterion.End end, var ports, boolean inverted) -> {
        int port =
            switch (end) {
              case ORIGINAL_SOURCE -> original.sourcePort();
              case ORIGINAL_DESTINATION -> original.destinationPort();
              case REPLY_SOURCE -> translated.destinationPort();
              case REPLY_DESTINATION -> translated.sourcePort();
            };
        yield end == Criterion.End.REPLY_DESTINATION && tracking.drawn()
            ? Conditions.drawnPort(criterion)
            : Answer.Known.of((port >= 0 && ports.contains(port)) != inverted);
      }
      case Criterion.Expire _ ->
          new Answer.Unknown(
              new Why(Missing.RUNNING_HOST, "how long the connection has left is not known"),
              criterion);
      case Criterion.Direction(boolean reply) -> Answer.Known.of(reply == tracking.reply());
    };
  }

  /// A new connection has no status bit; one that has seen both directions has at least two.
  private static Answer status(
      Set<Criterion.Status> statuses, boolean inverted, Tracking tracking) {
    boolean established = tracking.state() == Packet.State.ESTABLISHED;
    boolean related = tracking.state() == Packet.State.RELATED;
    if (established
        && (statuses.contains(Criterion.Status.SEEN_REPLY)
            || statuses.contains(Criterion.Status.CONFIRMED))) {
      return Answer.Known.of(!inverted);
    }
    if (related && statuses.contains(Criterion.Status.EXPECTED)) {
      return Answer.Known.of(!inverted);
    }
    boolean open =
        (established || related)
            && (statuses.contains(Criterion.Status.ASSURED)
                || statuses.contains(Criterion.Status.EXPECTED));
    return open
        ? new Answer.Unknown(
            new Why(Missing.RUNNING_HOST, "the status of the connection is not given"),
            statuses,
            inverted)
        : Answer.Known.of(inverted);
  }

  static Answer mark(int value, int mask, boolean inverted, Flow flow) {
    Tracking tracking = flow.tracking();
    return tracking == null || !tracking.exists()
        ? Answer.Known.NO
        : Conditions.mark(
            tracking.mark(), "the mark of the connection is not given", value, mask, inverted);
  }
}
