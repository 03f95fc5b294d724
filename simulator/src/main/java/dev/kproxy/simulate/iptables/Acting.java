package dev.kproxy.simulate.iptables;

import dev.kproxy.iptables.Action;
import dev.kproxy.net.Family;
import dev.kproxy.simulate.Hook;
import dev.kproxy.simulate.Verdict;
import java.util.List;
import java.util.Set;

/// What the targets do.
final class Acting {
  private static final Effect BACK = new Effect.Back();
  private static final Effect DROP = new Effect.End(new Verdict.Drop());

  /// Targets that leave the packet as rules see it, and let it go on.
  private static final Set<String> PASSING =
      Set.of(
          "LOG",
          "NFLOG",
          "ULOG",
          "TRACE",
          "AUDIT",
          "CHECKSUM",
          "TCPMSS",
          "CLASSIFY",
          "SECMARK",
          "CONNSECMARK",
          "TCPOPTSTRIP",
          "RATEEST",
          "LED",
          "IDLETIMER",
          "TEE",
          "ECN",
          "HMARK");

  /// Targets that change something of the packet that rules ask of, and let it go on.
  private static final Set<String> CHANGING = Set.of("DSCP", "TOS", "TTL", "HL", "SET");

  private final Translating translating;

  Acting(Translating translating) {
    this.translating = translating;
  }

  Effect act(Action action, Flow flow, Stage stage) {
    return switch (action) {
      case Action.None() -> new Effect.Next(flow);
      case Action.Jump(String chain) -> new Effect.Call(chain, false);
      case Action.Goto(String chain) -> new Effect.Call(chain, true);
      case Action.Accept() -> new Effect.Leave(flow);
      case Action.Drop() -> DROP;
      case Action.Return() -> BACK;
      case Action.Queue() -> queue("QUEUE", flow);
      case Action.Reject reject -> reject(reject, flow, stage);
      case Action.Mark(int value, int mask) ->
          new Effect.Next(flow.marked((flow.mark() & ~mask) ^ value, flow.unknownMark() & ~mask));
      case Action.ConnMark _, Action.SaveMark _, Action.RestoreMark _ ->
          new Effect.Next(connectionMark(action, flow));
      case Action.NoTrack() -> new Effect.Next(exempt(flow));
      case Action.Ct(boolean noTrack, var _) -> new Effect.Next(noTrack ? exempt(flow) : flow);
      case Action.Dnat dnat ->
          inNat(stage, false) ? translate(translating.dnat(dnat, flow)) : misplaced("DNAT", flow);
      case Action.Redirect redirect ->
          inNat(stage, false)
              ? translate(translating.redirect(redirect, flow, stage))
              : misplaced("REDIRECT", flow);
      case Action.Snat snat ->
          inNat(stage, true) ? translate(Translating.snat(snat, flow)) : misplaced("SNAT", flow);
      case Action.Masquerade _ ->
          stage == Stage.POSTROUTING_NAT
              ? translate(translating.masquerade(flow))
              : misplaced("MASQUERADE", flow);
      case Action.Netmap netmap ->
          stage.isNat()
              ? translate(Translating.netmap(netmap.to(), flow, stage))
              : misplaced("NETMAP", flow);
      case Action.Tproxy(int _, var _, int mark, int mask) ->
          new Effect.Either(
              "whether a socket listens for TPROXY is not given",
              new Effect.Leave(
                  flow.marked((flow.mark() & ~mask) ^ mark, flow.unknownMark() & ~mask)),
              DROP);
      case Action.Target target -> target(target, flow);
    };
  }

  private static boolean inNat(Stage stage, boolean source) {
    return stage.isNat() && stage.translatesSource() == source;
  }

  private static Effect translate(List<Translating.Choice> choices) {
    return new Effect.Translate(choices);
  }

  private static Effect reject(Action.Reject reject, Flow flow, Stage stage) {
    if (stage.hook() == Hook.PREROUTING || stage.hook() == Hook.POSTROUTING) {
      return misplaced("REJECT", flow);
    }
    String usual =
        flow.header().family() == Family.IPV4 ? "icmp-port-unreachable" : "icmp6-port-unreachable";
    return new Effect.End(new Verdict.Reject(reject.with().orElse(usual)));
  }

  private static Effect queue(String name, Flow flow) {
    return new Effect.Either(
        "what the program behind "
            + name
            + " decides is not known: that it accepts is one case,"
            + " that it drops the other",
        new Effect.Leave(flow),
        DROP);
  }

  private static Effect misplaced(String name, Flow flow) {
    return unknown("no kernel takes " + name + " at this place", flow);
  }

  private static Effect unknown(String why, Flow flow) {
    return new Effect.Either(
        why + ": that it lets the packet go on is one case, that it drops it the other",
        new Effect.Next(flow),
        DROP);
  }

  /// A packet that tracking has seen already keeps its connection.
  private static Flow exempt(Flow flow) {
    Tracking tracking = flow.tracking();
    return tracking == null ? flow.with(Tracking.exempt(flow.header())) : flow;
  }

  private static Flow connectionMark(Action action, Flow flow) {
    Tracking tracking = flow.tracking();
    if (tracking == null || !tracking.exists()) {
      return flow;
    }
    return switch (action) {
      case Action.ConnMark(int value, int mask) ->
          flow.with(
              tracking.marked((tracking.mark() & ~mask) ^ value, tracking.unknownMark() & ~mask));
      case Action.SaveMark(int packetMask, int connectionMask) ->
          flow.with(
              tracking.marked(
                  (tracking.mark() & ~connectionMask) ^ (flow.mark() & packetMask),
                  (tracking.unknownMark() & ~connectionMask) | (flow.unknownMark() & packetMask)));
      case Action.RestoreMark(int packetMask, int connectionMask) ->
          flow.marked(
              (flow.mark() & ~packetMask) ^ (tracking.mark() & connectionMask),
              (flow.unknownMark() & ~packetMask) | (tracking.unknownMark() & connectionMask));
      default -> flow;
    };
  }

  private static Effect target(Action.Target target, Flow flow) {
    if (PASSING.contains(target.name())) {
      return new Effect.Next(flow);
    }
    if (CHANGING.contains(target.name())) {
      return new Effect.Next(flow.after(new Flow.Visit(visited(target), true, flow.visits())));
    }
    return target.name().equals("NFQUEUE")
        ? queue("NFQUEUE", flow)
        : unknown("the target " + target.name() + " is not known", flow);
  }

  /// What a target changes: a set, or a field of the header.
  private static Object visited(Action.Target target) {
    return target.options().stream()
        .filter(option -> option.name().endsWith("-set") && !option.words().isEmpty())
        .map(option -> "set " + option.words().get(0))
        .findFirst()
        .orElse(target.name());
  }
}
