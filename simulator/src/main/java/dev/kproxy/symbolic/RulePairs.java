package dev.kproxy.symbolic;

import dev.kproxy.symbolic.ChainPairs.Shape;
import dev.kproxy.symbolic.rules.AskedRule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The rules of two chains in pairs.
///
/// @param alone rules of either side without a partner on the other
/// @param pairs in the order of the old side
record RulePairs(List<AskedRule> alone, List<Pair> pairs) {
  /// Two rules that ask and do the same, but for the chain that they call.
  ///
  /// @param oldPlace the number of the old rule in its chain
  /// @param newPlace the number of the new rule in its chain
  record Pair(AskedRule before, AskedRule after, int oldPlace, int newPlace) {}

  /// Pairs rules, the first of several that are alike with the first.
  static RulePairs of(List<AskedRule> before, List<AskedRule> after) {
    Map<Shape, Deque<Integer>> places = HashMap.newHashMap(after.size());
    for (int i = 0; i < after.size(); i++) {
      places.computeIfAbsent(Shape.of(after.get(i).rule()), _ -> new ArrayDeque<>(1)).add(i);
    }
    List<AskedRule> alone = new ArrayList<>();
    List<Pair> pairs = new ArrayList<>();
    boolean[] taken = new boolean[after.size()];
    for (int i = 0; i < before.size(); i++) {
      AskedRule rule = before.get(i);
      Deque<Integer> free = places.get(Shape.of(rule.rule()));
      if (free == null || free.isEmpty()) {
        alone.add(rule);
      } else {
        int place = free.remove();
        taken[place] = true;
        pairs.add(new Pair(rule, after.get(place), i, place));
      }
    }
    for (int i = 0; i < taken.length; i++) {
      if (!taken[i]) {
        alone.add(after.get(i));
      }
    }
    return new RulePairs(alone, pairs);
  }
}
