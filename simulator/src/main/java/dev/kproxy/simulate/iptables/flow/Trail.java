package dev.kproxy.simulate.iptables.flow;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a packet has left behind on its way, the last thing first: packets that part after a common
/// way share it. Null is nothing at all. Two are equal where their things are, one by one.
///
/// @param last the last thing
/// @param before what came before it
public record Trail<T>(T last, @Nullable Trail<T> before) {
  /// The things in the order in which they came.
  public static <T> List<T> list(@Nullable Trail<T> trail) {
    List<T> things = new ArrayList<>();
    for (Trail<T> rest = trail; rest != null; rest = rest.before) {
      things.add(rest.last);
    }
    Collections.reverse(things);
    return things;
  }

  /// The things of one, then those of another.
  public static <T> @Nullable Trail<T> join(@Nullable Trail<T> first, @Nullable Trail<T> second) {
    Trail<T> both = first;
    for (T thing : list(second)) {
      both = new Trail<>(thing, both);
    }
    return both;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // A way that is shared need not be looked at.
  public boolean equals(@Nullable Object other) {
    Trail<?> mine = this;
    Trail<?> its = other instanceof Trail<?> that ? that : null;
    while (mine != its && mine != null && its != null) {
      if (!mine.last.equals(its.last)) {
        return false;
      }
      mine = mine.before;
      its = its.before;
    }
    return mine == its;
  }

  @Override
  public int hashCode() {
    return last.hashCode();
  }
}
