package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.iptables.chain.Tables;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Mark;
import dev.kproxy.simulate.iptables.flow.Marks;
import dev.kproxy.simulate.iptables.flow.Stage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Works out the trace of packets.
///
/// @param tables the rules
/// @param facts the host
public record Tracing(Tables tables, Facts facts) {
  /// What becomes of a packet. Where it is not worked out, because that would take too long, the
  /// only outcome is undetermined, without cases.
  public Trace trace(Packet packet, Trace.Detail detail) {
    try {
      return complete(packet, detail);
    } catch (Limits.Exceeded e) {
      Outcome givenUp = givenUp(packet, String.valueOf(e.getMessage()));
      return new Trace(packet, List.of(givenUp), List.of(), notes(packet), true);
    }
  }

  /// What turns out to be entangled is asked anew as what it is: unknown.
  private Trace complete(Packet packet, Trace.Detail detail) throws Limits.Exceeded {
    Set<Memory.Place> entangled = new HashSet<>();
    while (true) {
      Memory memory = new Memory(facts.host().recent(), entangled);
      Worlds worlds = new Worlds(packet, tables, facts, detail, new Limits(detail.paths()), memory);
      Outcomes outcomes = worlds.outcomes(start(packet));
      Set<Memory.Place> found = memory.entangled();
      if (found.size() == entangled.size()) {
        List<Trace.Affinity> affinity = detail.affinity() ? affinity(memory, worlds) : List.of();
        return new Trace(
            packet, outcomes.list(), affinity, notes(packet, outcomes), memory.marksInNat());
      }
      entangled = found;
    }
  }

  private static List<Trace.Affinity> affinity(Memory memory, Worlds worlds)
      throws Limits.Exceeded {
    List<Trace.Affinity> affinity = new ArrayList<>();
    for (Memory.Affinity asked : List.copyOf(memory.affinity())) {
      affinity.add(
          new Trace.Affinity(
              asked.list(), asked.seconds(), likeliest(worlds.outcomes(asked.branch()).list())));
    }
    return affinity;
  }

  private static Branch start(Packet packet) {
    boolean local = packet.origin() == Packet.Origin.LOCAL;
    Flow flow =
        new Flow(
            packet.header(),
            local ? "" : packet.in().orElse(null),
            "",
            null,
            null,
            Marks.of(Mark.of(packet.mark())),
            null,
            null,
            false,
            null);
    return new Branch(local ? Stage.ROUTE_OUTPUT : Stage.ARRIVAL, flow);
  }

  private static Optional<Translation> likeliest(List<Outcome> outcomes) {
    Outcome best = outcomes.get(0);
    for (Outcome outcome : outcomes) {
      best = outcome.probability().compareTo(best.probability()) > 0 ? outcome : best;
    }
    return best.dnat();
  }

  private static List<String> notes(Packet packet, Outcomes outcomes) {
    List<String> notes = new ArrayList<>(notes(packet));
    if (outcomes.hidesPort()) {
      notes.add("the port that SNAT draws is not known: the source is shown with the one before");
    }
    return notes;
  }

  private static List<String> notes(Packet packet) {
    if (packet.connection().isPresent()) {
      return List.of();
    }
    boolean error =
        packet.state() == Packet.State.RELATED
            && !(packet.header().transport() instanceof Transport.Ports);
    if (error) {
      return List.of("the connection that the ICMP error is of is taken for one without NAT");
    }
    if (packet.isAnswer()) {
      return List.of("the connection that the ICMP answer is of is taken for one without NAT");
    }
    return packet.state() == Packet.State.ESTABLISHED
        ? List.of("the connection is taken for one whose first packet met the same rules")
        : List.of();
  }

  private static Outcome givenUp(Packet packet, String why) {
    return new Outcome(
        Fraction.ONE,
        Share.EXACT,
        new Verdict.Undetermined(
            new Verdict.Why(Verdict.Missing.NOTHING, why),
            new Verdict.Asked(why, false, false),
            Optional.empty(),
            List.of(),
            List.of()),
        Delivery.NONE,
        packet.header(),
        Optional.empty(),
        Optional.empty(),
        packet.mark(),
        Optional.empty(),
        List.of());
  }
}
