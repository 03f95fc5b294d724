package dev.kproxy.symbolic;

import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.rules.AskedRule;
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

  /// A rule that both sides have.
  ///
  /// @param before its number on the old side
  /// @param after its number on the new side
  record Placed(AskedRule rule, int before, int after) {}

  /// Compares the order of rules.
  ///
  /// @param rules in the order of the old side
  void compare(List<Placed> rules) {
    compare(rules, 0);
  }

  private void compare(List<Placed> rules, int level) {
    if (isInOrder(rules)) {
      return;
    }
    if (level == KEYS.length) {
      compareAll(rules, rules);
      return;
    }
    Map<Integer, List<Placed>> groups = new TreeMap<>();
    Map<Ranges, Integer> numbers = new HashMap<>();
    List<Placed> wide = new ArrayList<>();
    List<Placed> narrow = new ArrayList<>();
    for (Placed placed : rules) {
      @Nullable Ranges key = placed.rule().only(KEYS[level]);
      if (key == null) {
        wide.add(placed);
      } else {
        narrow.add(placed);
        int group = numbers.computeIfAbsent(key, _ -> numbers.size());
        groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(placed);
      }
    }
    groups.values().forEach(group -> compare(group, level + 1));
    compare(wide, level + 1);
    compareAll(wide, narrow);
  }

  private static boolean isInOrder(List<Placed> rules) {
    for (int i = 1; i < rules.size(); i++) {
      if (rules.get(i - 1).after() > rules.get(i).after()) {
        return false;
      }
    }
    return true;
  }

  private void compareAll(List<Placed> left, List<Placed> right) {
    if ((long) left.size() * right.size() > MOST_COMPARED) {
      left.forEach(placed -> placed.rule().of(packets).ifPresent(sink));
      return;
    }
    for (Placed one : left) {
      for (Placed other : right) {
        if (one.before() < other.before() != one.after() < other.after()) {
          Optional<PacketSet> both = one.rule().of(packets).flatMap(other.rule()::of);
          both.ifPresent(sink);
        }
      }
    }
  }
}
