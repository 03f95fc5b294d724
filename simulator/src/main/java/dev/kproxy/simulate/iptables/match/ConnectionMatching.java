package dev.kproxy.simulate.iptables.match;

import dev.kproxy.iptables.Criterion;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.iptables.flow.Binding;
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
      open = answer == Answer.Known.YES ? open : also(open, answer, conntrack);
    }
    // without a connection only the state can be asked
    return exists ? open : Answer.Known.of(asksState);
  }

  /// Where several things are open, that one of them does not hold says nothing of the others.
  private static Answer also(Answer open, Answer more, Match.Conntrack conntrack) {
    return open instanceof Answer.Unknown(Why why, var _, var _)
        ? new Answer.Unknown(why, conntrack)
        : more;
  }

  /// Whether the packet's state is one of those; `SNAT` and `DNAT` are states for `-m conntrack`
  /// only.
  static Answer state(
      Set<Criterion.State> states, boolean inverted, Flow flow, boolean translations) {
    Tracking tracking = flow.tracking();
    boolean found =
        states.contains(tracking == null ? Criterion.State.INVALID : tracking.state().seen());
    if (found || !translations || tracking == null || !tracking.exists()) {
      return Answer.Known.of(found != inverted);
    }
    return translated(states, tracking).invertedIf(inverted);
  }

  /// Whether the connection has one of the translations among those states.
  private static Answer translated(Set<Criterion.State> states, Tracking tracking) {
    boolean asksDnat = states.contains(Criterion.State.DNAT);
    boolean asksSnat = states.contains(Criterion.State.SNAT);
    if ((asksDnat && tracking.dnat() != null && tracking.changedDestination())
        || (asksSnat && tracking.snat() != null && tracking.changedSource())) {
      return Answer.Known.YES;
    }
    boolean dnatOpen = asksDnat && tracking.hidesDestination();
    boolean snatOpen = asksSnat && tracking.hidesSource();
    return dnatOpen || snatOpen ? untold(new Translated(dnatOpen, snatOpen)) : Answer.Known.NO;
  }

  /// The question whether one of the ends is translated.
  private record Translated(boolean destination, boolean source) {}

  /// Whether replies come from, or go to, what the translations make of the first packet, and those
  /// are not decided yet.
  private static boolean isHidden(Criterion.End end, Tracking tracking) {
    return switch (end) {
      case ORIGINAL_SOURCE, ORIGINAL_DESTINATION -> false;
      case REPLY_SOURCE -> tracking.hidesDestination();
      case REPLY_DESTINATION -> tracking.hidesSource();
    };
  }

  private static Answer untold(Object asked) {
    return new Answer.Unknown(
        new Why(Missing.RUNNING_HOST, "how the connection is translated is not given"), asked);
  }

  private static Answer ask(Criterion criterion, Tracking tracking, Flow flow) {
    if (tracking.template()) {
      return ofTemplate(criterion, tracking, flow);
    }
    return Binding.isError(flow, tracking) && !tracking.given()
        ? ofError(criterion, tracking, flow)
        : ofConnection(criterion, tracking, flow);
  }

  /// A template has neither addresses nor ports nor a protocol (`nf_ct_tmpl_alloc`): all are zero.
  private static Answer ofTemplate(Criterion criterion, Tracking tracking, Flow flow) {
    return switch (criterion) {
      case Criterion.Protocol(int number, boolean inverted) ->
          Answer.Known.of((number == 0) != inverted);
      case Criterion.Address(_, MaskedIp addresses, boolean inverted) -> {
        Ip none = flow.header().family() == Family.IPV4 ? new Ip.V4(0) : new Ip.V6(0, 0);
        yield Answer.Known.of(addresses.contains(none) != inverted);
      }
      case Criterion.Port(_, PortRange ports, boolean inverted) ->
          Answer.Known.of(ports.contains(0) != inverted);
      case Criterion.States _, Criterion.Statuses _, Criterion.Expire _, Criterion.Direction _ ->
          ofConnection(criterion, tracking, flow);
    };
  }

  /// What is asked of the connection of the packet that an ICMP error answers, and whether the
  /// error flows as its first packet did (`nf_conntrack_inet_error`): nobody told that packet.
  private static Answer ofError(Criterion criterion, Tracking tracking, Flow flow) {
    return switch (criterion) {
      case Criterion.Protocol(int number, boolean inverted) ->
          answered(new Criterion.Protocol(number, false), inverted);
      case Criterion.Address(var end, var addresses, boolean inverted) ->
          answered(new Criterion.Address(end, addresses, false), inverted);
      case Criterion.Port(var end, var ports, boolean inverted) ->
          answered(new Criterion.Port(end, ports, false), inverted);
      case Criterion.Direction(boolean reply) -> answered(new Criterion.Direction(true), !reply);
      case Criterion.States _, Criterion.Statuses _, Criterion.Expire _ ->
          ofConnection(criterion, tracking, flow);
    };
  }

  private static Answer answered(Criterion plain, boolean inverted) {
    return new Answer.Unknown(
        new Why(Missing.RUNNING_HOST, "the packet that the ICMP error answers is not given"),
        plain,
        inverted);
  }

  private static Answer ofConnection(Criterion criterion, Tracking tracking, Flow flow) {
    return switch (criterion) {
      case Criterion.States(var states, boolean inverted) -> state(states, inverted, flow, true);
      case Criterion.Statuses(var statuses, boolean inverted) ->
          status(statuses, inverted, tracking, flow);
      case Criterion.Protocol(int number, boolean inverted) ->
          Answer.Known.of((number == tracking.original().transport().number()) != inverted);
      case Criterion.Address address -> address(address, tracking);
      case Criterion.Port port -> port(port, tracking);
      case Criterion.Expire _ ->
          new Answer.Unknown(
              new Why(Missing.RUNNING_HOST, "how long the connection has left is not known"),
              criterion);
      case Criterion.Direction(boolean reply) -> Answer.Known.of(reply == tracking.reply());
    };
  }

  private static Answer address(Criterion.Address asked, Tracking tracking) {
    if (isHidden(asked.end(), tracking)) {
      return untold(new Criterion.Address(asked.end(), asked.addresses(), false))
          .invertedIf(asked.inverted());
    }
    Ip ip =
        switch (asked.end()) {
          case ORIGINAL_SOURCE -> tracking.original().source();
          case ORIGINAL_DESTINATION -> tracking.original().destination();
          case REPLY_SOURCE -> tracking.translated().destination();
          case REPLY_DESTINATION -> tracking.translated().source();
        };
    return Answer.Known.of(asked.addresses().contains(ip) != asked.inverted());
  }

  private static Answer port(Criterion.Port asked, Tracking tracking) {
    Criterion.End end = asked.end();
    if (isHidden(end, tracking)) {
      return untold(new Criterion.Port(end, asked.ports(), false)).invertedIf(asked.inverted());
    }
    if (!(tracking.original().transport() instanceof Transport.Ports)) {
      return portOfIcmp(asked, tracking.original().transport());
    }
    int port =
        switch (end) {
          case ORIGINAL_SOURCE -> tracking.original().sourcePort();
          case ORIGINAL_DESTINATION -> tracking.original().destinationPort();
          case REPLY_SOURCE -> tracking.translated().destinationPort();
          case REPLY_DESTINATION -> tracking.translated().sourcePort();
        };
    return end == Criterion.End.REPLY_DESTINATION && tracking.drawn()
        ? Conditions.drawnPort(asked)
        : Answer.Known.of(asked.ports().contains(port) != asked.inverted());
  }

  /// ICMP has its number where others have a source port, and type and code for a destination port
  /// (`icmp_pkt_to_tuple`).
  private static Answer portOfIcmp(Criterion.Port asked, Transport transport) {
    Criterion.End end = asked.end();
    if (end == Criterion.End.ORIGINAL_SOURCE || end == Criterion.End.REPLY_SOURCE) {
      Why why = new Why(Missing.RUNNING_HOST, "the number of the ICMP packet is not given");
      return new Answer.Unknown(
          why, new Criterion.Port(end, asked.ports(), false), asked.inverted());
    }
    Transport seen =
        end == Criterion.End.REPLY_DESTINATION ? transport.answer().orElse(transport) : transport;
    int port =
        switch (seen) {
          case Transport.Icmp(int type, int code) -> type << 8 | code;
          case Transport.Icmp6(int type, int code) -> type << 8 | code;
          case Transport.Ports ports -> ports.destination();
        };
    return Answer.Known.of(asked.ports().contains(port) != asked.inverted());
  }

  /// Whether the connection has one of those status bits.
  private static Answer status(
      Set<Criterion.Status> statuses, boolean inverted, Tracking tracking, Flow flow) {
    Bits bits = Bits.of(tracking, flow);
    if (statuses.stream().anyMatch(bits.set::contains)) {
      return Answer.Known.of(!inverted);
    }
    return statuses.stream().anyMatch(bits.open::contains)
        ? new Answer.Unknown(
            new Why(Missing.RUNNING_HOST, "the status of the connection is not given"),
            statuses,
            inverted)
        : Answer.Known.of(inverted);
  }

  /// The status bits of a connection (`nf_conntrack_core.c`).
  ///
  /// @param set those that it has
  /// @param open those of which that is not known
  private record Bits(Set<Criterion.Status> set, Set<Criterion.Status> open) {
    private static final Bits NONE = new Bits(Set.of(), Set.of());
    private static final Bits CONFIRMED = new Bits(Set.of(Criterion.Status.CONFIRMED), Set.of());
    private static final Bits EXPECTED =
        new Bits(Set.of(Criterion.Status.EXPECTED), Set.of(Criterion.Status.ASSURED));
    private static final Bits REPLIED =
        new Bits(
            Set.of(Criterion.Status.CONFIRMED, Criterion.Status.SEEN_REPLY),
            Set.of(Criterion.Status.ASSURED, Criterion.Status.EXPECTED));

    /// An error is found by the packet that it answers, whose connection is confirmed then.
    private static final Bits ERROR =
        new Bits(
            CONFIRMED.set,
            Set.of(
                Criterion.Status.SEEN_REPLY, Criterion.Status.ASSURED, Criterion.Status.EXPECTED));

    /// A first packet's connection is confirmed as it leaves, also by `lo`; a template always is.
    static Bits of(Tracking tracking, Flow flow) {
      return switch (tracking.state()) {
        case ESTABLISHED -> REPLIED;
        case RELATED -> Binding.isError(flow, tracking) ? ERROR : EXPECTED;
        case NEW, INVALID, UNTRACKED ->
            tracking.template() || "lo".equals(flow.in()) ? CONFIRMED : NONE;
      };
    }
  }

  static Answer mark(int value, int mask, boolean inverted, Flow flow) {
    Tracking tracking = flow.tracking();
    return tracking == null || !tracking.exists()
        ? Answer.Known.NO
        : Conditions.mark(
            tracking.mark(), "the mark of the connection is not given", value, mask, inverted);
  }
}
