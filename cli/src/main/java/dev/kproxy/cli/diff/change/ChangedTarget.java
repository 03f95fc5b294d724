package dev.kproxy.cli.diff.change;

import dev.kproxy.cli.diff.words.Facet;
import dev.kproxy.simulate.Trace;
import dev.kproxy.symbolic.Comparison;
import dev.kproxy.symbolic.RuledHost;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Addresses and a port of which some packets fare differently.
///
/// @param changes what is different about packets to all of them, first packets of connections
///   before others
public record ChangedTarget(Hosts hosts, List<Change> changes) {
  public ChangedTarget {
    changes = List.copyOf(changes);
  }

  /// All targets that are different between two hosts.
  public static List<ChangedTarget> of(Hosts hosts) {
    Map<List<Ranges>, List<Change>> byTarget = new LinkedHashMap<>();
    for (Change change : Comparison.of(hosts.before(), hosts.after(), Change::of).differences()) {
      PacketSet packets = change.packets();
      byTarget
          .computeIfAbsent(
              List.of(
                  packets.get(Field.DESTINATION),
                  packets.get(Field.PROTOCOL),
                  packets.get(Field.DESTINATION_PORT)),
              _ -> new ArrayList<>())
          .add(change);
    }
    List<ChangedTarget> targets = new ArrayList<>();
    for (List<Change> changes : byTarget.values()) {
      changes.sort(Comparator.comparingInt(it -> it.packets().get(Field.STATE).first(0)));
      targets.add(new ChangedTarget(hosts, changes));
    }
    return targets;
  }

  /// The change that people would look at first.
  public Change first() {
    return changes.getFirst();
  }

  /// What is different, each thing with the changes that have it.
  public Map<Facet, List<Change>> byFacet() {
    Map<Facet, List<Change>> byFacet = new LinkedHashMap<>();
    for (Change change : changes) {
      change
          .facets()
          .forEach(facet -> byFacet.computeIfAbsent(facet, _ -> new ArrayList<>()).add(change));
    }
    return byFacet;
  }

  /// What one host makes of the packets. Where it sends some to endpoints, those that it refuses
  /// are left out.
  ///
  /// @param facet that becomes of a trace
  public Map<Facet, List<Change>> byFate(RuledHost host, Function<Trace, Facet> facet) {
    Map<Facet, List<Change>> byFate = new LinkedHashMap<>();
    for (Change change : changes) {
      Facet fate = facet.apply(host.outcomes(change.witness()));
      byFate.computeIfAbsent(fate, _ -> new ArrayList<>()).add(change);
    }
    if (byFate.keySet().stream().anyMatch(Facet::hasEndpoints)) {
      byFate.keySet().removeIf(fate -> !fate.hasEndpoints());
    }
    return byFate;
  }
}
