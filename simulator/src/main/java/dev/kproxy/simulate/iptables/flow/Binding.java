package dev.kproxy.simulate.iptables.flow;

import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Transport;

/// How the nat hooks treat a packet (`nf_nat_inet_fn`): the first packet of a connection asks the
/// rules, once for the destination and once for the source; where no rule decides, that is a
/// decision, too. Later packets and replies are translated as the first one was, and packets
/// without a connection are not translated at all.
public final class Binding {
  private Binding() {}

  /// Whether the rules are asked.
  public static boolean isOpen(Flow flow, Stage stage) {
    Tracking tracking = flow.tracking();
    if (tracking == null || !tracking.exists() || tracking.given()) {
      return false;
    }
    return !isError(flow, tracking)
        && !(stage.translatesSource() ? tracking.snatDone() : tracking.dnatDone());
  }

  /// Whether it is an ICMP error: it belongs to the connection of the packet that it answers
  /// (`nf_conntrack_inet_error`), and is no first packet of its own.
  public static boolean isError(Flow flow, Tracking tracking) {
    return tracking.state() == Packet.State.RELATED
        && !(flow.header().transport() instanceof Transport.Ports);
  }

  /// While the rules are asked, they see the first packet of the connection.
  public static Flow begin(Flow flow) {
    Tracking tracking = flow.tracking();
    return tracking != null && tracking.state() == Packet.State.ESTABLISHED
        ? flow.with(tracking.in(Packet.State.NEW)).exchanged()
        : flow;
  }

  /// What the rules have not translated keeps its address, and a later packet of the connection has
  /// its own state and mark again.
  public static Flow settle(Flow flow, Stage stage, Packet.State state) {
    Tracking tracking = flow.tracking();
    if (tracking == null) {
      return flow;
    }
    Tracking settled =
        stage.translatesSource()
            ? tracking.decideSource(tracking.snat(), tracking.translated())
            : tracking.decideDestination(tracking.dnat(), tracking.translated());
    return state == tracking.state()
        ? flow.with(settled)
        : flow.with(settled.in(state)).exchanged();
  }

  /// Translates a packet of a connection whose translations are told.
  public static Flow apply(Flow flow, Stage stage) {
    Tracking tracking = flow.tracking();
    if (tracking == null || !tracking.exists() || !tracking.given()) {
      return flow;
    }
    Header header = flow.header();
    Header original = tracking.original();
    if (stage.translatesSource()) {
      if (tracking.snatDone()) {
        return flow;
      }
      Header after =
          tracking.reply()
              ? tracking.dnat() == null
                  ? header
                  : header.withSource(original.destination(), original.destinationPort())
              : tracking.snat() instanceof Translation.To(var ip, int port)
                  ? header.withSource(ip, port)
                  : header;
      return flow.with(after, tracking.decideSource(tracking.snat(), tracking.translated()));
    }
    if (tracking.dnatDone()) {
      return flow;
    }
    Header after =
        tracking.reply()
            ? tracking.snat() == null
                ? header
                : header.withDestination(original.source(), original.sourcePort())
            : tracking.dnat() instanceof Translation.To(var ip, int port)
                ? header.withDestination(ip, port)
                : header;
    return flow.with(after, tracking.decideDestination(tracking.dnat(), tracking.translated()));
  }
}
