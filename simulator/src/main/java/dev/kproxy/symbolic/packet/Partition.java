package dev.kproxy.symbolic.packet;

import dev.kproxy.symbolic.packet.Ranges.Border;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Parts a set of numbers so that each of some other sets holds either all of a part or nothing of
/// it, and parts are as large as that allows.
public final class Partition {
  private Partition() {}

  /// A border of one of the sets.
  private record Edge(Border at, long mark) {}

  /// The parts, in the order of their first numbers.
  ///
  /// Between two borders the same sets hold everything. Which these are is one number: each set has
  /// a mark, and that of several is the exclusive or of theirs; so many sets that two combinations
  /// would get the same 64 bits by chance do not fit a computer.
  public static List<Ranges> of(Ranges whole, Collection<Ranges> sets) {
    List<Edge> edges = new ArrayList<>();
    long number = 1;
    for (Ranges set : sets) {
      Ranges inside = whole.and(set);
      long mark = mix(number++);
      for (int i = 0; i < inside.count() * 2; i++) {
        edges.add(new Edge(Border.of(inside, i), mark));
      }
    }
    if (edges.isEmpty()) {
      return List.of(whole);
    }
    long all = mix(0);
    for (int i = 0; i < whole.count() * 2; i++) {
      edges.add(new Edge(Border.of(whole, i), all));
    }
    edges.sort((left, right) -> left.at().compareTo(right.at()));
    Map<Long, Ranges.Builder> parts = new LinkedHashMap<>();
    long now = 0;
    for (int i = 0; i < edges.size(); ) {
      Border at = edges.get(i).at();
      long before = now;
      for (; i < edges.size() && edges.get(i).at().equals(at); i++) {
        now ^= edges.get(i).mark();
      }
      if (before != now) {
        if (before != 0) {
          parts.computeIfAbsent(before, _ -> new Ranges.Builder(4)).border(at, false);
        }
        if (now != 0) {
          parts.computeIfAbsent(now, _ -> new Ranges.Builder(4)).border(at, true);
        }
      }
    }
    return parts.values().stream().map(Ranges.Builder::build).toList();
  }

  /// The finalizer of SplitMix64: numbers one apart become numbers that share no pattern.
  private static long mix(long number) {
    long z = (number + 1) * 0x9e37_79b9_7f4a_7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
    return z ^ (z >>> 31);
  }
}
