package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.plan.Progress;
import dev.kproxy.host.state.StateDirectory;
import dev.kproxy.host.state.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Kills kproxy at every point at which it writes, and lets another one recover.
///
/// `mvn verify` takes one point in a dozen; `-Dkproxy.apply.kills=all` all of them.
class KillTest {
  private static final int STRIDE =
      System.getProperty("kproxy.apply.kills", "").equals("all") ? 1 : 12;

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  /// A change of a host: what is there before, and what is done.
  enum Scenario {
    FIRST_INSTALL,
    UPDATE,
    ROLLBACK,
    UNINSTALL;

    void prepare(Operations operations, Settings settings) throws HostFault {
      if (this != FIRST_INSTALL) {
        operations.apply(Clusters.one(), settings);
      }
      if (this == ROLLBACK) {
        operations.apply(Clusters.two(), settings);
      }
    }

    Outcome run(Operations operations, Settings settings) throws HostFault {
      return switch (this) {
        case FIRST_INSTALL -> operations.apply(Clusters.one(), settings);
        case UPDATE -> operations.apply(Clusters.two(), settings);
        case ROLLBACK -> operations.rollback(settings, Optional.empty());
        case UNINSTALL -> operations.uninstall(settings);
      };
    }
  }

  static Stream<Arguments> scenarios() {
    return Stream.of(Backend.values())
        .flatMap(backend -> Stream.of(Scenario.values()).map(it -> Arguments.of(it, backend)));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void leavesOldOrNewAndRecovers(Scenario scenario, Backend backend) throws HostFault, IOException {
    int point = scenario.name().length() % STRIDE;
    while (kill(scenario, backend, point)) {
      point += STRIDE;
    }
    assertThat(point).as("points at which it can be killed").isGreaterThan(20);
  }

  /// Kills at one point.
  ///
  /// @return whether there is such a point
  private boolean kill(Scenario scenario, Backend backend, int point)
      throws HostFault, IOException {
    Settings settings =
        new Settings(Optional.of(backend), false, Optional.empty(), Settings.DEFAULT.lockLimit());
    Path state = directory.resolve(scenario + "-" + backend + "-" + point);
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(state, "root")) {
      Host host = namespace.host(state.resolve("guard"));
      Operations healthy = operations(host, store);
      namespace.sh("iptables-" + backend + " -t nat -A PREROUTING -s 9.9.9.9 -j ACCEPT");
      namespace.sh("iptables-" + backend + " -N FOREIGN");
      scenario.prepare(healthy, settings);
      Map<String, String> before = namespace.tables(backend.toString());
      String settingsBefore = outside(namespace);

      Mortal mortal = new Mortal(host, store, point);
      boolean killed = false;
      try {
        scenario.run(new Operations(mortal, mortal, Progress.NONE, (_, _) -> {}), settings);
      } catch (Mortal.Killed e) {
        killed = true;
      }
      Map<String, String> found = namespace.tables(backend.toString());
      healthy.recover(settings);
      Map<String, String> recovered = namespace.tables(backend.toString());
      String settingsRecovered = outside(namespace);
      assertThat(healthy.status().findings()).as("status after a kill at %s", point).isEmpty();
      assertThat(store.names()).doesNotContain("journal");

      if (recovered.equals(before)) {
        assertThat(settingsRecovered)
            .as("settings after a kill at %s", point)
            .isEqualTo(settingsBefore);
        scenario.run(healthy, settings);
      }
      Map<String, String> after = namespace.tables(backend.toString());
      String settingsAfter = outside(namespace);
      assertThat(after).isNotEqualTo(before);
      if (!recovered.equals(before)) {
        assertThat(settingsRecovered).isEqualTo(settingsAfter);
      }
      assertEachTableIsOldOrNew(found, before, after, point);
      assertThat(recovered).as("recovered from a kill at %s", point).isIn(before, after);
      assertThat(namespace.sh("iptables-" + backend + "-save"))
          .contains("-A PREROUTING -s 9.9.9.9/32 -j ACCEPT", ":FOREIGN - [0:0]");
      return killed;
    }
  }

  private static Operations operations(Host host, Store store) {
    return new Operations(host, store, Progress.NONE, (_, _) -> {});
  }

  /// What is changed beside rules.
  private static String outside(Namespace namespace) {
    return namespace.sh(
        "nfacct list | sed 's/.*=//' | sort; sysctl net.ipv4.conf.all.route_localnet");
  }

  private static void assertEachTableIsOldOrNew(
      Map<String, String> found, Map<String, String> before, Map<String, String> after, int point) {
    Set<String> tables = new HashSet<>(before.keySet());
    tables.addAll(after.keySet());
    tables.addAll(found.keySet());
    for (String table : tables) {
      assertThat(found.getOrDefault(table, ""))
          .as("%s after a kill at %s", table, point)
          .isIn(before.getOrDefault(table, ""), after.getOrDefault(table, ""));
    }
  }
}
