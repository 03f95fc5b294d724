package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Stage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// The branches of a walk that are not taken on at the moment, in the order of the packet's way, so
/// that those that come to one place meet there.
final class Waiting {
  private final boolean joins;
  private final PriorityQueue<Branch> near = new PriorityQueue<>(Branch::compare);

  /// Branches whose destination is decided, by their addresses: those of different addresses will
  /// never agree, so that they go their ways one after the other.
  private final LinkedHashMap<Header, List<Branch>> parted = new LinkedHashMap<>();

  /// @param joins whether branches that agree become one
  Waiting(boolean joins) {
    this.joins = joins;
  }

  void add(Branch branch) {
    near.add(branch);
  }

  /// Puts a branch back until those that may still meet others have ended.
  void part(Branch branch) {
    parted.computeIfAbsent(branch.flow.header(), _ -> new ArrayList<>(1)).add(branch);
  }

  /// How many wait; those that parted with the same addresses count as one.
  int size() {
    return near.size() + parted.size();
  }

  /// Whether there is a branch that one on its way may meet.
  boolean isAnyoneHere() {
    return !near.isEmpty();
  }

  /// Whether the foremost branch is at a stage.
  boolean isAnyoneAt(Stage stage) {
    Branch next = near.peek();
    return next != null && next.stage == stage;
  }

  /// Takes out all that wait at the foremost place, those that agree joined.
  ///
  /// @param group gets them, and nothing else
  /// @return whether there was any
  boolean gather(List<Branch> group) {
    group.clear();
    if (near.isEmpty()) {
      if (parted.isEmpty()) {
        return false;
      }
      near.addAll(parted.pollFirstEntry().getValue());
    }
    Branch first = near.remove();
    group.add(first);
    if (joins) {
      join(first, group);
    }
    return true;
  }

  private void join(Branch first, List<Branch> group) {
    Map<Flow, Branch> known = null;
    for (Branch other = near.peek();
        other != null && first.isAtTheSamePlaceAs(other);
        other = near.peek()) {
      near.remove();
      if (known == null) {
        known = new HashMap<>();
        known.put(first.flow, first);
      }
      Branch same = known.putIfAbsent(other.flow, other);
      if (same != null && same.agreesWith(other)) {
        same.portion = same.portion.plus(other.portion);
      } else {
        group.add(other);
      }
    }
  }
}
