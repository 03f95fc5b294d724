package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.plan.Progress;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One write of an update goes wrong, each of them in turn: what is said of the end is true.
class FaultTest {
  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  @ParameterizedTest
  @EnumSource(Faulty.Fault.class)
  void saysTheTruthWhicheverWriteGoesWrong(Faulty.Fault fault) throws HostFault, IOException {
    Backend backend = fault == Faulty.Fault.LIES ? Backend.LEGACY : Backend.NFT;
    int which = 0;
    while (fail(fault, which, backend)) {
      which++;
    }
    assertThat(which).as("writes").isGreaterThan(10);
  }

  private boolean fail(Faulty.Fault fault, int which, Backend backend)
      throws HostFault, IOException {
    Settings settings =
        new Settings(Optional.of(backend), false, Optional.empty(), Settings.DEFAULT.lockLimit());
    Path state = directory.resolve(fault + "-" + which);
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(state, "root")) {
      Host host = namespace.host(state.resolve("guard"));
      Operations healthy = new Operations(host, store, Progress.NONE, (_, _) -> {});
      healthy.apply(Clusters.one(), settings);
      Map<String, String> before = namespace.tables(backend.toString());

      Faulty faulty = new Faulty(host, store, fault, which);
      Optional<Outcome> outcome = Optional.empty();
      try {
        outcome =
            Optional.of(
                new Operations(faulty, faulty, Progress.NONE, (_, _) -> {})
                    .apply(Clusters.two(), settings));
      } catch (HostFault e) {
        assertThat(e.getMessage()).as("write %s", which).isNotEmpty();
      }
      Map<String, String> found = namespace.tables(backend.toString());
      boolean stands =
          outcome
              .filter(it -> it.end() == Outcome.End.DONE || it.end() == Outcome.End.PENDING)
              .isPresent();
      if (outcome.filter(it -> it.end() == Outcome.End.DONE).isPresent()) {
        assertThat(healthy.status().findings()).as("write %s", which).isEmpty();
      }
      healthy.recover(settings);
      assertThat(healthy.status().findings()).as("write %s", which).isEmpty();
      Map<String, String> recovered = namespace.tables(backend.toString());
      healthy.apply(Clusters.two(), settings);
      Map<String, String> after = namespace.tables(backend.toString());
      assertThat(after).isNotEqualTo(before);
      if (stands) {
        assertThat(found).as("write %s", which).isEqualTo(after);
      } else {
        assertThat(recovered).as("write %s", which).isIn(before, after);
      }
      return faulty.happened();
    }
  }

  /// A follow-up that fails leaves the rules standing, and `recover` ends it.
  @Test
  void failedFollowUpIsPendingUntilRecovered() throws HostFault, IOException {
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("pending"), "root")) {
      Host host = namespace.host(directory.resolve("guard"));
      Operations healthy = new Operations(host, store, Progress.NONE, (_, _) -> {});
      healthy.apply(Clusters.one(), Settings.DEFAULT);
      // A rule of somebody else counts into the counter, so that the kernel keeps it.
      namespace.sh("iptables-nft -A INPUT -m nfacct --nfacct-name counts_one -j ACCEPT");
      Outcome outcome = healthy.apply(Clusters.two(), Settings.DEFAULT);
      assertThat(outcome.end()).isEqualTo(Outcome.End.PENDING);
      assertThat(healthy.status().findings()).singleElement().asString().contains("interrupted");
      namespace.sh("iptables-nft -D INPUT -m nfacct --nfacct-name counts_one -j ACCEPT");
      assertThat(healthy.recover(Settings.DEFAULT).end()).isEqualTo(Outcome.End.DONE);
      assertThat(healthy.status().findings()).isEmpty();
      assertThat(namespace.sh("nfacct list")).doesNotContain("counts_one");
    }
  }
}
