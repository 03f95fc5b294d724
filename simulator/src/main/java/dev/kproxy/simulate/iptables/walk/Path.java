package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.simulate.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The steps of a packet, the last one first, so that branches share what they have in common.
record Path(Step step, @Nullable Path before) {
  static List<Step> steps(@Nullable Path last) {
    List<Step> steps = new ArrayList<>();
    for (Path path = last; path != null; path = path.before) {
      steps.add(path.step);
    }
    Collections.reverse(steps);
    return steps;
  }

  /// The steps of one path, then those of another.
  static @Nullable Path join(@Nullable Path first, @Nullable Path second) {
    Path path = first;
    for (Step step : steps(second)) {
      path = new Path(step, path);
    }
    return path;
  }
}
