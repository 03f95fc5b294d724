package dev.kproxy.cli.diff.change;

import dev.kproxy.cli.diff.words.Facet;
import dev.kproxy.cli.diff.words.Facets;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Trace;
import dev.kproxy.symbolic.Difference;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.States;
import java.util.List;

/// What is kept of a difference.
///
/// @param packets that fare differently
/// @param isExact whether all of them are known to
/// @param witness the one of them that it was seen at
/// @param facets what is different for it
public record Change(PacketSet packets, boolean isExact, Packet witness, List<Facet> facets) {
  public Change {
    facets = List.copyOf(facets);
  }

  static Change of(Difference difference) {
    Trace before = difference.before();
    return new Change(
        difference.packets(),
        difference.isExact(),
        before.packet(),
        Facets.of(before, difference.after()));
  }

  /// Whether first packets of connections are among them.
  boolean isOfFirst() {
    return packets.get(Field.STATE).contains(States.number(Packet.State.NEW));
  }
}
