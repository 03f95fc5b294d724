package dev.kproxy.cli.diff.change;

import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.symbolic.RuledHost;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.packet.States;
import dev.kproxy.symbolic.packet.Ways;
import java.util.List;

/// Which changes people need be told of.
public final class Relevance {
  private Relevance() {}

  /// What is relevant of some targets; all of it where nothing is, so that a difference is never
  /// passed over in silence.
  public static List<ChangedTarget> choose(List<ChangedTarget> all) {
    List<ChangedTarget> relevant =
        all.stream()
            .map(Relevance::relevant)
            .filter(target -> !target.changes().isEmpty())
            .toList();
    return relevant.isEmpty() ? all : relevant;
  }

  private static ChangedTarget relevant(ChangedTarget target) {
    Hosts hosts = target.hosts();
    return new ChangedTarget(
        hosts,
        target.changes().stream()
            .filter(change -> isSent(change.packets(), hosts))
            .filter(change -> change.isOfFirst() || mayFollow(change.witness(), hosts))
            .toList());
  }

  /// Without packets of which nobody told the interface that rules ask for, those without a
  /// connection, and those that nobody sends.
  private static boolean isSent(PacketSet packets, Hosts hosts) {
    return !packets.get(Field.WAY).equals(Ranges.of(Ways.UNKNOWN))
        && States.CONNECTED.meets(packets.get(Field.STATE))
        && !hosts.node().isForged(packets);
  }

  /// Whether a packet's connection may begin, on both sides.
  private static boolean mayFollow(Packet packet, Hosts hosts) {
    Packet first = packet.in(Packet.State.NEW);
    return mayPass(first, hosts.before()) && mayPass(first, hosts.after());
  }

  private static boolean mayPass(Packet packet, RuledHost host) {
    return host.outcomes(packet).outcomes().stream()
        .anyMatch(
            outcome ->
                !(outcome.verdict() instanceof Verdict.Drop
                    || outcome.verdict() instanceof Verdict.Reject));
  }
}
