package dev.kproxy.iptables;

import java.util.AbstractList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/// The chains of a table in their order, found by name. Where several have one name, which no
/// kernel has, the first of them is found.
public final class Chains extends AbstractList<Chain> implements RandomAccess {
  private final List<Chain> all;

  /// The place of each chain by its name; null until one is looked for.
  private volatile @Nullable Map<String, Integer> places;

  private Chains(List<Chain> all, @Nullable Map<String, Integer> places) {
    this.all = List.copyOf(all);
    this.places = places;
  }

  /// These chains.
  public static Chains of(List<Chain> chains) {
    return chains instanceof Chains ready ? ready : new Chains(chains, null);
  }

  /// These chains, whose places are known.
  ///
  /// @param places the number of each chain by its name, counted from 0; not changed any more
  public static Chains of(List<Chain> chains, Map<String, Integer> places) {
    return new Chains(chains, places);
  }

  @Override
  public Chain get(int place) {
    return all.get(place);
  }

  @Override
  public int size() {
    return all.size();
  }

  /// The chain of that name; null where there is none.
  public @Nullable Chain find(String name) {
    Integer place = places().get(name);
    return place == null ? null : all.get(place);
  }

  /// The number of the chain of that name, counted from 0; -1 where there is none.
  public int place(String name) {
    return places().getOrDefault(name, -1);
  }

  private Map<String, Integer> places() {
    Map<String, Integer> known = places;
    if (known == null) {
      known = HashMap.newHashMap(all.size());
      for (int i = 0; i < all.size(); i++) {
        known.putIfAbsent(all.get(i).name(), i);
      }
      places = known;
    }
    return known;
  }
}
