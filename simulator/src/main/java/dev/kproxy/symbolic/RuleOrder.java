package dev.kproxy.symbolic;

import dev.kproxy.symbolic.RulePairs.Pair;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds the packets that two rules may hold for which stand in one order on one side, and in the
/// other order on the other.
///
/// In the long chains of kube-proxy nearly all rules are for one port and one destination each, so
/// that nearly no two rules can hold for the same packet; only those that can are compared.
final class RuleOrder {
  private static final Field[] KEYS = {
    Field.DESTINATION_PORT, Field.DESTINATION, Field.PROTOCOL, Field.SOURCE
  };
  private static final long MOST_COMPARED = 2_000_000;

  private final PacketSet packets;
  private final Consumer<PacketSet> sink;

  RuleOrder(PacketSet packets, Consumer<PacketSet> sink) {
    this.packets = packets;
    this.sink = sink;
  }

  /// Compares the order of rules.
  ///
  /// @param rules in the order of the old side
  void compare(List<Pair> rules) {
    compare(rules, 0);
  }

  private void compare(List<Pair> rules, int level) {
    if (isInOrder(rules)) {
      return;
    }
    if (level == KEYS.length) {
      compareAll(rules, rules);
      return;
    }
    Map<Integer, List<Pair>> groups = new TreeMap<>();
    Map<Ranges, Integer> numbers = new HashMap<>();
    List<Pair> wide = new ArrayList<>();
    List<Pair> narrow = new ArrayList<>();
    for (Pair pair : rules) {
      @Nullable Ranges key = pair.before().only(KEYS[level]);
      if (key == null) {
        wide.add(pair);
      } else {
        narrow.add(pair);
        int group = numbers.computeIfAbsent(key, _ -> numbers.size());
        groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(pair);
      }
    }
    groups.values().forEach(group -> compare(group, level + 1));
    compare(wide, level + 1);
    compareAll(wide, narrow);
  }

  private static boolean isInOrder(List<Pair> rules) {
    for (int i = 1; i < rules.size(); i++) {
      if (rules.get(i - 1).newPlace() > rules.get(i).newPlace()) {
        return false;
      }
    }
    return true;
  }

  private void compareAll(List<Pair> left, List<Pair> right) {
    if ((long) left.size() * right.size() > MOST_COMPARED) {
      left.forEach(pair -> pair.before().of(packets).ifPresent(sink));
      return;
    }
    for (Pair one : left) {
      for (Pair other : right) {
        if (one.oldPlace() < other.oldPlace() != one.newPlace() < other.newPlace()) {
          Optional<PacketSet> both = one.before().of(packets).flatMap(other.before()::of);
          both.ifPresent(sink);
        }
      }
    }
  }
}
