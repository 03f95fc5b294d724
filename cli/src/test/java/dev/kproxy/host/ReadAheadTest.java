package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome.End;
import dev.kproxy.host.plan.Making;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A host is read while what it shall have is made.
class ReadAheadTest {
  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  /// What a test does with a host on which [Clusters#one] was applied.
  @FunctionalInterface
  private interface Trial {
    void on(Namespace namespace, StateDirectory store, Operations operations)
        throws HostFault, IOException;
  }

  private void applied(Backend backend, Trial trial) throws HostFault, IOException {
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      Host host = namespace.host(directory.resolve("guard"));
      Operations operations = new Operations(host, store, Progress.NONE, (_, _) -> {});
      operations.apply(Clusters.one(), HostChange.settings(backend));
      trial.on(namespace, store, operations);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatOthersChangeMeanwhileStays(Backend backend) throws HostFault, IOException {
    String rule = "-A POSTROUTING -s 9.9.9.9/32 -j ACCEPT";
    applied(
        backend,
        (namespace, _, operations) -> {
          Making<RuntimeException> slow =
              () -> {
                // Long enough for the host to be read before, and short enough for the test.
                namespace.sh("sleep 0.5; iptables-" + backend + " -t nat " + rule);
                return Clusters.two();
              };
          assertThat(operations.apply(slow, HostChange.settings(backend)).end())
              .isEqualTo(End.DONE);
          assertThat(namespace.sh("iptables-" + backend + "-save -t nat")).contains(rule);
          assertThat(operations.status().findings()).isEmpty();
          operations.rollback(HostChange.settings(backend), Optional.empty());
          assertThat(namespace.sh("iptables-" + backend + "-save -t nat")).contains(rule);
        });
  }

  @ParameterizedTest
  @EnumSource
  void whatCannotBeMadeChangesNothingAndKeepsNobodyOut(Backend backend)
      throws HostFault, IOException {
    applied(
        backend,
        (namespace, store, operations) -> {
          var before = namespace.tables(backend.toString());
          Making<IOException> broken =
              () -> {
                assertThat(store.tryLock()).isEmpty();
                throw new IOException("broken");
              };
          assertThatThrownBy(() -> operations.apply(broken, HostChange.settings(backend)))
              .hasMessage("broken");
          assertThat(namespace.tables(backend.toString())).isEqualTo(before);
          store.tryLock().orElseThrow().close();
        });
  }
}
