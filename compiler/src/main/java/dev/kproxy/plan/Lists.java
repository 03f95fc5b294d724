package dev.kproxy.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// What is done to the lists of every Service, without the streams that take a run of a second or
/// two longer to warm up than to use.
final class Lists {
  private Lists() {}

  /// Those that fulfil a condition; the list itself where all do.
  static <T> List<T> filter(List<T> all, Predicate<T> condition) {
    List<T> kept = new ArrayList<>(all.size());
    for (T one : all) {
      if (condition.test(one)) {
        kept.add(one);
      }
    }
    return kept.size() == all.size() ? all : kept;
  }
}
