package dev.kproxy.host.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What must be done to a chain that others share, such as a built-in one, so that it holds the
/// rules that it should hold, in order, while what others put there stays as and where it is.
///
/// @param chain the chain
/// @param deleted rules that go, as often as they stand here
/// @param inserted rules that come, each at its place when those before it stand
public record HookChange(String chain, List<String> deleted, List<Insertion> inserted) {
  /// A rule and its place, counted from 1.
  public record Insertion(int place, String rule) {}

  public HookChange {
    deleted = List.copyOf(deleted);
    inserted = List.copyOf(inserted);
  }

  /// The change of a chain.
  ///
  /// @param observed all of its rules
  /// @param wanted which of ours it should hold
  /// @param ours rules that are ours to delete
  public static HookChange between(
      String chain, List<String> observed, List<String> wanted, Set<String> ours) {
    List<String> present =
        observed.stream().filter(rule -> ours.contains(rule) || wanted.contains(rule)).toList();
    List<String> stay = present.stream().filter(wanted::contains).toList();
    List<String> deleted = new ArrayList<>(present);
    deleted.removeAll(stay);
    if (!isSubsequence(stay, wanted)) {
      deleted.addAll(stay); // Moving is deleting and inserting.
    }
    List<String> rest = new ArrayList<>(observed);
    rest.removeAll(Set.copyOf(deleted));
    // Where some go, others come to where the first of ours was.
    int place = deleted.isEmpty() ? 0 : observed.indexOf(present.getFirst());
    List<Insertion> inserted = new ArrayList<>();
    for (String rule : wanted) {
      int at = rest.indexOf(rule);
      if (at < 0) {
        at = place;
        rest.add(at, rule);
        inserted.add(new Insertion(at + 1, rule));
      }
      place = at + 1;
    }
    return new HookChange(chain, deleted, inserted);
  }

  private static boolean isSubsequence(List<String> part, List<String> whole) {
    int next = 0;
    for (String rule : whole) {
      if (next < part.size() && part.get(next).equals(rule)) {
        next++;
      }
    }
    return next == part.size();
  }

  /// Whether nothing is to be done.
  public boolean isEmpty() {
    return deleted.isEmpty() && inserted.isEmpty();
  }
}
