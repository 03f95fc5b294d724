package dev.kproxy.simulate.kernel;

import java.util.List;
import java.util.stream.Stream;

/// What is asked of the kernel. Rules ask for UDP, so that answers of the kernel do not count.
final class Scenarios {
  private Scenarios() {}

  static List<Scenario> all() {
    return Stream.of(
            Ways.scenarios(),
            Translations.scenarios(),
            Connections.scenarios(),
            Chains.scenarios(),
            Matches.scenarios(),
            Routes.scenarios(),
            Sets.scenarios())
        .flatMap(List::stream)
        .toList();
  }
}
