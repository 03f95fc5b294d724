package dev.kproxy.symbolic;

import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.iptables.IptablesMachine;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Partition;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.packet.Sample;
import dev.kproxy.symbolic.packet.States;
import dev.kproxy.symbolic.packet.Ways;
import dev.kproxy.symbolic.rules.AskedRules;
import java.util.ArrayList;
import java.util.List;

/// Parts packets into classes that fare alike, and traces one packet of each on both sides.
///
/// @param sides what rules and kernel ask, on either side
/// @param ways where packets can come from
/// @param sample picks packets
/// @param before the machine of the old side
/// @param after the machine of the new side
record Exploration(
    List<AskedRules> sides,
    Ways ways,
    Sample sample,
    IptablesMachine before,
    IptablesMachine after) {
  /// So many outcomes are looked at one by one of packets that differ in their sources only.
  private static final int ENOUGH = 4000;

  private static final Ranges ESTABLISHED = Ranges.of(States.number(Packet.State.ESTABLISHED));
  private static final Ranges RELATED = Ranges.of(States.number(Packet.State.RELATED));

  private static final Trace.Detail DETAIL = new Trace.Detail(false, false, true);

  /// The classes of some packets that fare differently.
  ///
  /// @param done sets that have been explored already; their packets are left out
  List<Difference> of(PacketSet packets, List<PacketSet> done) {
    List<Difference> found = new ArrayList<>();
    new Run(done, found).explore(packets);
    return found;
  }

  private final class Run {
    private final List<PacketSet> done;
    private final List<Difference> found;

    Run(List<PacketSet> done, List<Difference> found) {
      this.done = done;
      this.found = found;
    }

    /// Parts the packets by the first field that makes a difference. Less may be asked of each part
    /// than of all of them, so that each is looked at anew, unless nothing else is left to ask.
    void explore(PacketSet packets) {
      if (packets.get(Field.WAY).equals(Ranges.of(Ways.LOCAL))
          && sides.stream().allMatch(side -> side.host().areGiven())) {
        packets.and(Field.SOURCE, sample.own()).ifPresent(this::part);
      } else {
        part(packets);
      }
    }

    private void part(PacketSet packets) {
      Survey survey = Survey.of(packets, sides, ways);
      Field by = null;
      List<Ranges> parts = List.of();
      boolean isLast = true;
      for (Field field : Field.values()) {
        List<Ranges> asked = new ArrayList<>(survey.asked(field));
        done.forEach(set -> asked.add(set.get(field)));
        if (!asked.isEmpty() && !packets.get(field).isSingle()) {
          List<Ranges> split = Partition.of(packets.get(field), asked);
          if (split.size() > 1 && by == null) {
            by = field;
            parts = split;
          } else if (split.size() > 1) {
            isLast = false;
            break;
          }
        }
      }
      if (by == null) {
        test(packets, survey.isExact());
      } else if (isLast && by == Field.SOURCE) {
        testEach(packets, parts, survey.isExact());
      } else {
        for (Ranges values : parts) {
          PacketSet part = packets.with(by, values);
          if (!isLast || by == Field.WAY) {
            explore(part);
          } else {
            test(part, survey.isExact());
          }
        }
      }
    }

    /// Tests packets from several sources. Each endpoint is a source of its own, so that this may
    /// be many times as much work as there are endpoints: where it is too much, the rest is taken
    /// together, and fares differently where any of it does.
    private void testEach(PacketSet packets, List<Ranges> sources, boolean isExact) {
      int outcomes = 0;
      for (int i = 0; i < sources.size(); i++) {
        PacketSet part = packets.with(Field.SOURCE, sources.get(i));
        if (outcomes < ENOUGH) {
          outcomes += test(part, isExact);
        } else if (!isDone(part)) {
          int found = this.found.size();
          test(part, false);
          if (this.found.size() > found) {
            Ranges rest = rest(packets, sources, i);
            this.found
                .subList(found, this.found.size())
                .replaceAll(
                    one ->
                        new Difference(
                            one.packets().with(Field.SOURCE, rest),
                            false,
                            one.before(),
                            one.after()));
            return;
          }
        }
      }
    }

    private Ranges rest(PacketSet packets, List<Ranges> sources, int from) {
      Ranges rest = Ranges.NONE;
      for (Ranges source : sources.subList(from, sources.size())) {
        if (!isDone(packets.with(Field.SOURCE, source))) {
          rest = rest.or(source);
        }
      }
      return rest;
    }

    private boolean isDone(PacketSet packets) {
      return done.stream().anyMatch(set -> set.meets(packets));
    }

    /// Traces one of some packets on both sides. Where the rules of nat mark, one of an expected
    /// connection, which meets them, differs in its mark from one of a connection that stands.
    ///
    /// @return how many outcomes that has
    private int test(PacketSet packets, boolean isExact) {
      if (isDone(packets)) {
        return 0;
      }
      Packet packet = sample.of(packets);
      Trace old = before.trace(packet, DETAIL);
      Trace now = after.trace(packet, DETAIL);
      if (packet.state() == Packet.State.ESTABLISHED
          && packets.get(Field.STATE).containsAll(RELATED)
          && (old.marksInNat() || now.marksInNat())) {
        return compare(packets.with(Field.STATE, ESTABLISHED), isExact, old, now)
            + test(packets.with(Field.STATE, RELATED), isExact);
      }
      return compare(packets, isExact, old, now);
    }

    private int compare(PacketSet packets, boolean isExact, Trace old, Trace now) {
      if (Behaviour.isGivenUp(old) || Behaviour.isGivenUp(now) || !Behaviour.isSame(old, now)) {
        found.add(new Difference(packets, isExact, old, now));
      }
      return old.outcomes().size() + now.outcomes().size();
    }
  }
}
