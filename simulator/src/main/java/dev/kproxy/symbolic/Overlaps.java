package dev.kproxy.symbolic;

import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sets of packets of which some have packets in common.
///
/// Most are for one destination each: they are compared with those for the same one, and with those
/// for many.
final class Overlaps {
  private final List<PacketSet> sets = new ArrayList<>();
  private final Map<Ranges, List<Integer>> byDestination = new HashMap<>();
  private final List<Integer> wide = new ArrayList<>();

  /// Leaves out sets that are parts of others.
  Overlaps(List<PacketSet> all) {
    List<PacketSet> wideFirst = new ArrayList<>(all);
    wideFirst.sort((left, right) -> Boolean.compare(isNarrow(left), isNarrow(right)));
    for (PacketSet set : wideFirst) {
      if (near(set).stream().noneMatch(i -> sets.get(i).containsAll(set))) {
        (isNarrow(set)
                ? byDestination.computeIfAbsent(set.get(Field.DESTINATION), _ -> new ArrayList<>(2))
                : wide)
            .add(sets.size());
        sets.add(set);
      }
    }
  }

  private static boolean isNarrow(PacketSet set) {
    return set.get(Field.DESTINATION).isSingle();
  }

  private List<Integer> near(PacketSet set) {
    List<Integer> near = new ArrayList<>(wide);
    near.addAll(byDestination.getOrDefault(set.get(Field.DESTINATION), List.of()));
    return near;
  }

  /// The sets, each once.
  List<PacketSet> sets() {
    return sets;
  }

  /// The sets before one that have packets in common with it.
  List<PacketSet> before(int number) {
    PacketSet set = sets.get(number);
    List<PacketSet> found = new ArrayList<>();
    for (int i : near(set)) {
      if (i < number && sets.get(i).meets(set)) {
        found.add(sets.get(i));
      }
    }
    return found;
  }
}
