package dev.kproxy.simulate.iptables.target;

import dev.kproxy.iptables.Action;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Tracking;
import org.jspecify.annotations.Nullable;

/// What a rule did, in words.
public final class Deeds {
  private Deeds() {}

  /// What an action did: `mark 0x4000`, `DNAT to 10.244.1.4:53`.
  ///
  /// @param after the packet after it
  public static String text(Action action, Flow after) {
    return switch (action) {
      case Action.None() -> "count";
      case Action.Jump(String chain) -> "jump " + chain;
      case Action.Goto(String chain) -> "goto " + chain;
      case Action.Accept() -> "accept";
      case Action.Drop() -> "drop";
      case Action.Return() -> "return";
      case Action.Queue() -> "queue";
      case Action.Reject(var with) -> with.map(how -> "reject " + how).orElse("reject");
      case Action.Mark _, Action.RestoreMark _ -> "mark " + after.mark();
      case Action.ConnMark _, Action.SaveMark _ -> {
        Tracking tracking = after.tracking();
        yield tracking == null ? "no connection" : "connection mark " + tracking.mark();
      }
      case Action.NoTrack() -> exempt(after);
      case Action.Ct(boolean noTrack, var _) -> noTrack ? exempt(after) : "CT";
      case Action.Dnat _, Action.Redirect _ -> "DNAT to " + destination(after);
      case Action.Snat _ -> "SNAT to " + source(after);
      case Action.Masquerade _ -> "masquerade";
      case Action.Netmap _ -> "NETMAP";
      case Action.Tproxy _ -> "TPROXY";
      case Action.Target(String name, var _) -> name;
    };
  }

  private static String exempt(Flow after) {
    Tracking tracking = after.tracking();
    return tracking == null || tracking.state() == Packet.State.UNTRACKED
        ? "do not track"
        : "tracked already";
  }

  private static String destination(Flow flow) {
    Tracking tracking = flow.tracking();
    return text(tracking == null ? null : tracking.dnat());
  }

  private static String source(Flow flow) {
    Tracking tracking = flow.tracking();
    return text(tracking == null ? null : tracking.snat());
  }

  private static String text(@Nullable Translation translation) {
    return translation == null ? "nothing" : translation.toString();
  }
}
