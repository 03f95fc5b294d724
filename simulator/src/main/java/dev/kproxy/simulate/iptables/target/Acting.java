package dev.kproxy.simulate.iptables.target;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Option;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Hook;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Mark;
import dev.kproxy.simulate.iptables.flow.Stage;
import dev.kproxy.simulate.iptables.flow.Tracking;
import java.util.Optional;
import java.util.Set;

/// What the targets do.
public final class Acting {
  private static final Effect JUMP = new Effect.Call(false);
  private static final Effect GOTO = new Effect.Call(true);
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
          "ECN");

  private final Translating translating;

  /// What the targets do where translations are made so.
  public Acting(Translating translating) {
    this.translating = translating;
  }

  /// What an action does, made ready to be done.
  public Deed of(Action action) {
    return switch (action) {
      case Action.None() -> (flow, _) -> new Effect.Next(flow);
      case Action.Jump _ -> JUMP;
      case Action.Goto _ -> GOTO;
      case Action.Accept() -> (flow, _) -> new Effect.Leave(flow);
      case Action.Drop() -> DROP;
      case Action.Return() -> BACK;
      case Action.Queue() -> (flow, _) -> queue("QUEUE", flow);
      case Action.Reject reject -> (flow, stage) -> reject(reject, flow, stage);
      case Action.Mark(int value, int mask) ->
          (flow, stage) -> new Effect.Next(flow.marked(it -> it.set(value, mask), stage));
      case Action.ConnMark(int value, int mask) ->
          onConnection(
              (flow, tracking, _) -> flow.with(tracking.marked(tracking.mark().set(value, mask))));
      case Action.SaveMark(int packetMask, int connectionMask) ->
          onConnection(
              (flow, tracking, _) ->
                  flow.with(
                      tracking.marked(
                          tracking.mark().copy(connectionMask, flow.mark(), packetMask))));
      case Action.RestoreMark(int packetMask, int connectionMask) ->
          onConnection(
              (flow, tracking, stage) ->
                  flow.marked(it -> it.copy(packetMask, tracking.mark(), connectionMask), stage));
      case Action.NoTrack() -> (flow, _) -> new Effect.Next(exempt(flow));
      case Action.Ct(boolean noTrack, var _) ->
          (flow, _) -> new Effect.Next(noTrack ? exempt(flow) : template(flow));
      case Action.Dnat dnat -> dnat(dnat);
      case Action.Redirect redirect ->
          (flow, stage) ->
              inNat(stage, false)
                  ? translating.redirect(redirect, flow, stage)
                  : misplaced("REDIRECT", flow);
      case Action.Snat snat ->
          (flow, stage) ->
              inNat(stage, true)
                  ? new Effect.Translate(Translating.snat(snat, flow))
                  : misplaced("SNAT", flow);
      case Action.Masquerade masquerade ->
          (flow, stage) ->
              stage == Stage.POSTROUTING_NAT
                  ? new Effect.Translate(translating.masquerade(masquerade, flow))
                  : misplaced("MASQUERADE", flow);
      case Action.Netmap netmap ->
          (flow, stage) ->
              stage.isNat()
                  ? new Effect.Translate(Translating.netmap(netmap.to(), flow, stage))
                  : misplaced("NETMAP", flow);
      case Action.Tproxy(int _, var _, int mark, int mask) ->
          (flow, stage) ->
              new Effect.Either(
                  new Why(Missing.RUNNING_HOST, "whether a socket listens for TPROXY is not given"),
                  new Effect.Leave(flow.marked(it -> it.set(mark, mask), stage).withSocket()),
                  DROP);
      case Action.Target target -> target(target);
    };
  }

  /// To one address and port, as kube-proxy does, there is nothing to choose.
  private static Deed dnat(Action.Dnat dnat) {
    Optional<Translation.To> only = Translating.only(dnat.to());
    if (only.isEmpty()) {
      return (flow, stage) ->
          inNat(stage, false)
              ? new Effect.Translate(Translating.dnat(dnat, flow))
              : misplaced("DNAT", flow);
    }
    Ip ip = only.get().ip();
    int port = only.get().port();
    return (flow, stage) ->
        inNat(stage, false)
            ? new Effect.Leave(Translating.destination(flow, ip, port))
            : misplaced("DNAT", flow);
  }

  private static boolean inNat(Stage stage, boolean source) {
    return stage.isNat() && stage.translatesSource() == source;
  }

  private static Effect reject(Action.Reject reject, Flow flow, Stage stage) {
    if (stage.hook() == Hook.PREROUTING || stage.hook() == Hook.POSTROUTING) {
      return misplaced("REJECT", flow);
    }
    String usual = Action.Reject.byDefault(flow.header().family());
    return new Effect.End(new Verdict.Reject(reject.with().orElse(usual)));
  }

  private static Effect queue(String name, Flow flow) {
    return new Effect.Either(
        new Why(
            Missing.RUNNING_HOST,
            "what the program behind "
                + name
                + " decides is not known: that it accepts is one case,"
                + " that it drops the other"),
        new Effect.Leave(flow),
        DROP);
  }

  private static Effect misplaced(String name, Flow flow) {
    return unknown("no kernel takes " + name + " at this place", flow);
  }

  private static Effect unknown(String why, Flow flow) {
    return new Effect.Either(
        new Why(
            Missing.NOTHING,
            why + ": that it lets the packet go on is one case, that it drops it the other"),
        new Effect.Next(flow),
        DROP);
  }

  /// A packet that has a connection or a template already keeps it, and an exempt one stays so
  /// (`xt_ct_target` in `net/netfilter/xt_CT.c`).
  private static Flow exempt(Flow flow) {
    return flow.tracking() == null ? flow.with(Tracking.exempt(flow.header())) : flow;
  }

  private static Flow template(Flow flow) {
    return flow.tracking() == null ? flow.with(Tracking.template(flow.header())) : flow;
  }

  /// Without a connection nothing changes.
  private static Deed onConnection(ConnectionDeed change) {
    return (flow, stage) -> {
      Tracking tracking = flow.tracking();
      return new Effect.Next(
          tracking == null || !tracking.exists() ? flow : change.act(flow, tracking, stage));
    };
  }

  private interface ConnectionDeed {
    Flow act(Flow flow, Tracking tracking, Stage stage);
  }

  private static Deed target(Action.Target target) {
    if (marks(target)) {
      return (flow, stage) -> new Effect.Next(flow.marked(_ -> Mark.UNKNOWN, stage));
    }
    return switch (target.name()) {
      case String name when PASSING.contains(name) -> (flow, _) -> new Effect.Next(flow);
      case "SET" -> (flow, _) -> new Effect.Next(changingSets(target, flow));
      case "CONNMARK" -> shifted(target);
      case "DSCP", "TOS", "TTL", "HL" -> {
        Flow.Visit visit = new Flow.Visit(target.name(), !mayUseUp(target), target);
        yield (flow, _) -> new Effect.Next(flow.after(visit));
      }
      case "NFQUEUE" -> (flow, _) -> queue("NFQUEUE", flow);
      default -> (flow, _) -> unknown("the target " + target.name() + " is not known", flow);
    };
  }

  /// Whether it gives the packet a mark of its own making: a hash (`net/netfilter/xt_HMARK.c`), or
  /// what the entry of a set says (`set_target_v3` in `net/netfilter/xt_set.c`).
  private static boolean marks(Action.Target target) {
    return target.name().equals("HMARK") || has(target, "map-mark");
  }

  /// After `-j SET`, which may change several sets.
  private static Flow changingSets(Action.Target target, Flow flow) {
    Flow changed = flow;
    for (Option option : target.options()) {
      if (option.name().equals("add-set") || option.name().equals("del-set")) {
        Object set = new Flow.ChangedSet(option.words().getFirst());
        changed = changed.after(new Flow.Visit(set, true, target));
      }
    }
    return changed;
  }

  /// `-j CONNMARK` that shifts a mark (`connmark_tg_shift` in `net/netfilter/xt_connmark.c`), which
  /// is not known then.
  private static Deed shifted(Action.Target target) {
    return has(target, "restore-mark")
        ? onConnection((flow, _, stage) -> flow.marked(_ -> Mark.UNKNOWN, stage))
        : onConnection((flow, tracking, _) -> flow.with(tracking.marked(Mark.UNKNOWN)));
  }

  private static boolean has(Action.Target target, String option) {
    return target.options().stream().anyMatch(it -> it.name().equals(option));
  }

  /// Whether a packet may have no hop left after it.
  private static boolean mayUseUp(Action.Target target) {
    return target.options().stream()
        .anyMatch(
            option ->
                option.name().endsWith("-dec")
                    || (option.name().matches("(ttl|hl)-set")
                        && option.words().getFirst().matches("[01]")));
  }
}
