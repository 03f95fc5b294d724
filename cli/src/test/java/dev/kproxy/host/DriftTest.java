package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Somebody changes one thing of what was applied: `status` finds it and `apply` repairs it.
/// `-Dkproxy.apply.drifts=1000` makes as many changes.
class DriftTest {
  private static final int CHANGES = Integer.getInteger("kproxy.apply.drifts", 12);

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void statusFindsEachChangeAndApplyRepairsIt(Backend backend) throws HostFault, IOException {
    long seed = Long.getLong("kproxy.seed", 1);
    Random random = new Random(seed);
    Settings settings = HostChange.settings(backend);
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      Host host = namespace.host(directory.resolve("guard"));
      Operations operations = new Operations(host, store, Progress.NONE, (_, _) -> {});
      namespace.sh("iptables-" + backend + " -t nat -A PREROUTING -s 9.9.9.9 -j ACCEPT");
      operations.apply(Clusters.one(), settings);
      Map<String, String> applied = namespace.tables(backend.toString());
      for (int i = 0; i < CHANGES; i++) {
        String change = change(namespace, backend, random);
        namespace.sh(change);
        assertThat(operations.status().findings()).as("seed %s: %s", seed, change).isNotEmpty();
        operations.apply(Clusters.one(), settings);
        assertThat(namespace.tables(backend.toString()))
            .as("seed %s: %s", seed, change)
            .isEqualTo(applied);
        assertThat(operations.status().findings()).as("seed %s: %s", seed, change).isEmpty();
      }
    }
  }

  /// A setting that had the wanted value before kproxy came.
  @Test
  void statusFindsASettingThatWasNotWritten() throws HostFault, IOException {
    Settings settings = HostChange.settings(Backend.NFT);
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      Host host = namespace.host(directory.resolve("guard"));
      Operations operations = new Operations(host, store, Progress.NONE, (_, _) -> {});
      namespace.sh("sysctl -qw net.ipv4.conf.all.route_localnet=1");
      operations.apply(Clusters.one(), settings);
      assertThat(operations.status().findings()).isEmpty();
      namespace.sh("sysctl -qw net.ipv4.conf.all.route_localnet=0");
      assertThat(operations.plan(Clusters.one(), settings).plan().isEmpty()).isFalse();
      assertThat(operations.status().findings())
          .singleElement()
          .hasToString("net.ipv4.conf.all.route_localnet: is 0, and was 1");
      operations.apply(Clusters.one(), settings);
      assertThat(operations.status().findings()).isEmpty();
    }
  }

  /// What stands still is spelled as the tools print it now, though chains that it leads to are
  /// gone.
  @ParameterizedTest
  @EnumSource(Backend.class)
  void goneChainsAreNoOtherSpelling(Backend backend) throws HostFault, IOException {
    List<String> notes = new ArrayList<>();
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      Host host = namespace.host(directory.resolve("guard"));
      Operations operations = new Operations(host, store, noting(notes), (_, _) -> {});
      operations.apply(Clusters.one(), HostChange.settings(backend));
      String nat = "iptables-" + backend + " -t nat ";
      namespace.sh(nat + "-F; " + nat + "-X");
      assertThat(operations.status().findings())
          .contains(new Finding("IPv4 nat KUBE-SERVICES", "is missing"));
      operations.apply(Clusters.one(), HostChange.settings(backend));
      namespace.sh(nat + "-F; " + nat + "-X");
      operations.uninstall(HostChange.settings(backend));
      assertThat(notes).noneMatch(note -> note.contains("as they were spelled then"));
    }
  }

  private static Progress noting(List<String> notes) {
    return new Progress() {
      @Override
      public void step(String what) {}

      @Override
      public void note(String what) {
        notes.add(what);
      }

      @Override
      public void begin() {}
    };
  }

  /// A command that changes one thing of ours.
  private static String change(Namespace namespace, Backend backend, Random random) {
    List<String> changes = new ArrayList<>();
    for (String tool : List.of("iptables-" + backend, "ip6tables-" + backend)) {
      for (String table : List.of("filter", "nat")) {
        String command = tool + " -t " + table + " ";
        for (String line : namespace.sh(tool + "-save -t " + table).lines().toList()) {
          if (line.startsWith("-A ") && !line.contains("9.9.9.9")) {
            String chain = line.split(" ", -1)[1];
            changes.add(command + "-D" + line.substring(2));
            changes.add(command + "-I" + line.substring(2));
            if (!TableText.isBuiltIn(chain)) {
              changes.add(command + "-A " + chain + " -j RETURN");
              changes.add(command + "-F " + chain);
            }
          }
        }
      }
    }
    changes.add("sysctl -qw net.ipv4.conf.all.route_localnet=0");
    return changes.get(random.nextInt(changes.size()));
  }
}
