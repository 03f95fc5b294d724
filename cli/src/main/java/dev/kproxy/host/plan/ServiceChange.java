package dev.kproxy.host.plan;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What a plan means for the traffic of one Service port in one family.
///
/// @param name the Service port and the family, as `shop/web:http IPv4`
/// @param before what it had
/// @param after what it will have
public record ServiceChange(String name, View before, View after) {
  /// A Service port as the rules have it.
  ///
  /// @param captures what traffic its rules take: what kind of address, and which
  /// @param endpoints where they send it
  public record View(Set<String> captures, Set<String> endpoints) {
    /// A Service port that the rules do not know.
    public static final View NONE = new View(Set.of(), Set.of());

    public View {
      captures = Collections.unmodifiableSet(new TreeSet<>(captures));
      endpoints = Collections.unmodifiableSet(new TreeSet<>(endpoints));
    }

    boolean isNone() {
      return captures.isEmpty() && endpoints.isEmpty();
    }
  }

  /// Whether the rules do not know it yet.
  public boolean isAdded() {
    return before.isNone();
  }

  /// Whether the rules will know it no more.
  public boolean isRemoved() {
    return after.isNone();
  }

  /// Endpoints that new connections begin to reach.
  public List<String> endpointsAdded() {
    return without(after.endpoints(), before.endpoints());
  }

  /// Endpoints that new connections no longer reach; established ones stay.
  public List<String> endpointsRemoved() {
    return without(before.endpoints(), after.endpoints());
  }

  /// Traffic that is taken from now on.
  public List<String> capturesAdded() {
    return without(after.captures(), before.captures());
  }

  /// Traffic that is taken no more.
  public List<String> capturesRemoved() {
    return without(before.captures(), after.captures());
  }

  private static List<String> without(Set<String> all, Set<String> those) {
    return all.stream().filter(it -> !those.contains(it)).toList();
  }
}
