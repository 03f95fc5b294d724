package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.host.Decision;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.iptables.flow.Flow;
import org.jspecify.annotations.Nullable;

/// Whether a packet that came in has a hop left to be forwarded (`ip_forward`, `ip6_forward`): it
/// has, unless a rule lowered its TTL.
final class Lifetime {
  private static final Why WHY =
      new Why(Missing.RUNNING_HOST, "whether its TTL lets the packet be forwarded is not given");

  private Lifetime() {}

  /// Where routing sends a packet that came in.
  ///
  /// @param out the interface that it is said to leave by
  static Decision input(Facts facts, Flow flow, @Nullable String out) {
    Decision routed = facts.routing().input(flow.header(), flow.in(), out);
    return isLow(flow, "TTL") || isLow(flow, "HL") ? limited(routed) : routed;
  }

  private static boolean isLow(Flow flow, String target) {
    Flow.Visit last = flow.lastVisit(target);
    return last != null && !last.present();
  }

  private static Decision limited(Decision routed) {
    return switch (routed) {
      case Decision.Out out ->
          new Decision.Unknown(WHY, WHY, out, new Decision.Dropped("no hop is left"));
      case Decision.Unknown(Why why, Object key, Decision ifTrue, Decision ifFalse) ->
          new Decision.Unknown(why, key, limited(ifTrue), limited(ifFalse));
      case Decision.Local _, Decision.Dropped _, Decision.Refused _ -> routed;
    };
  }
}
