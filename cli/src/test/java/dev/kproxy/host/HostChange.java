package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A host before and after a change that nothing disturbs: the only two ways in which a disturbed
/// one may end.
record HostChange(Scenario scenario, HostImage before, HostImage after) {
  /// Makes the change.
  ///
  /// @param directory an empty one, for the images
  static HostChange of(Scenario scenario, Backend backend, Path directory)
      throws IOException, HostFault {
    Path before = Files.createDirectory(directory.resolve("before"));
    Path after = Files.createDirectory(directory.resolve("after"));
    HostImage image;
    try (Namespace namespace = Namespace.open()) {
      HostImage.settle(namespace, backend);
      Path state = before.resolve("state");
      try (StateDirectory store = StateDirectory.open(state, "root")) {
        scenario.prepare(
            operations(namespace.host(state.resolve("guard")), store), settings(backend));
      }
      image = HostImage.of(namespace, backend, before);
    }
    try (Namespace namespace = Namespace.open()) {
      Path state = after.resolve("state");
      image.restore(namespace, state);
      image.assertIsOf(namespace, state, "nothing");
      try (StateDirectory store = StateDirectory.open(state, "root")) {
        scenario.run(operations(namespace.host(state.resolve("guard")), store), settings(backend));
      }
      return new HostChange(scenario, image, HostImage.of(namespace, backend, after));
    }
  }

  /// What can be done to a host, without a watchdog.
  static Operations operations(Host host, StateDirectory store) {
    return new Operations(host, store, Progress.NONE, (_, _) -> {});
  }

  /// How it is done with a given backend: with patience where many want to.
  static Settings settings(Backend backend) {
    return new Settings(Optional.of(backend), false, Optional.empty(), Duration.ofMinutes(30));
  }

  /// The implementation of iptables that holds the rules.
  Backend backend() {
    return before.backend();
  }

  /// Recovers a host, which then has what its state says.
  void recover(Namespace namespace, Path state) throws HostFault {
    try (StateDirectory store = StateDirectory.open(state, "root")) {
      Operations healthy = operations(namespace.host(state.resolve("guard")), store);
      healthy.recover(settings(backend()));
      assertThat(healthy.status().findings()).isEmpty();
    }
  }

  /// The image that a recovery of this host must end with: the new one where all tables are new.
  HostImage sideOf(Namespace namespace) {
    return effective(namespace.tables(backend().toString())).equals(effective(after.tables()))
        ? after
        : before;
  }

  private static Map<String, String> effective(Map<String, String> tables) {
    Map<String, String> effective = new TreeMap<>();
    tables.forEach((table, text) -> effective.put(table, Namespace.effective(text)));
    return effective;
  }

  /// What packets can reach in each table is all old or all new.
  void assertEachTableIsOldOrNew(Namespace namespace, Object cause) {
    Map<String, String> found = namespace.tables(backend().toString());
    Set<String> tables = new TreeSet<>(before.tables().keySet());
    tables.addAll(after.tables().keySet());
    tables.addAll(found.keySet());
    for (String table : tables) {
      assertThat(Namespace.effective(found.getOrDefault(table, "")))
          .as("%s after %s", table, cause)
          .isIn(
              Namespace.effective(before.tables().getOrDefault(table, "")),
              Namespace.effective(after.tables().getOrDefault(table, "")));
    }
  }
}
