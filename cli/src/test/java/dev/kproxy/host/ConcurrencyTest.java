package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.plan.Progress;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Several at once on one host.
class ConcurrencyTest {
  private static final int APPLIES = 8;

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  private Outcome apply(Namespace namespace, String state, boolean one, Backend backend)
      throws HostFault {
    Path place = directory.resolve(state);
    try (StateDirectory store = StateDirectory.open(place, "root")) {
      Settings settings =
          new Settings(Optional.of(backend), false, Optional.empty(), Duration.ofMinutes(2));
      return new Operations(
              namespace.host(place.resolve("guard")), store, Progress.NONE, (_, _) -> {})
          .apply(one ? Clusters.one() : Clusters.two(), settings);
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void appliesFollowEachOtherAndEditsOfOthersStay(Backend backend)
      throws HostFault, IOException, InterruptedException, ExecutionException {
    try (Namespace namespace = Namespace.open();
        ExecutorService threads = Executors.newFixedThreadPool(APPLIES + 1)) {
      List<Future<Outcome>> applies = new ArrayList<>();
      for (int i = 0; i < APPLIES; i++) {
        boolean one = i % 2 == 0;
        applies.add(threads.submit(() -> apply(namespace, "state", one, backend)));
      }
      Future<String> edits =
          threads.submit(
              () ->
                  namespace.sh(
                      "for i in $(seq 1 200); do iptables-"
                          + backend
                          + " -w 10 -t nat -A PREROUTING -s 9.9.9.$i -j ACCEPT; done"));
      for (Future<Outcome> apply : applies) {
        assertThat(apply.get().end()).isIn(Outcome.End.DONE, Outcome.End.UNCHANGED);
      }
      edits.get();
      assertThat(
              namespace
                  .sh("iptables-" + backend + "-save -t nat")
                  .lines()
                  .filter(line -> line.startsWith("-A PREROUTING -s 9.9.9.")))
          .hasSize(200);

      apply(namespace, "state", true, backend);
      namespace.sh("iptables-" + backend + " -t nat -F PREROUTING");
      apply(namespace, "state", true, backend);
      Map<String, String> end = namespace.tables(backend.toString());
      try (Namespace alone = Namespace.open()) {
        apply(alone, "alone", true, backend);
        assertThat(end).isEqualTo(alone.tables(backend.toString()));
      }
    }
  }

  @Test
  void twoWithDifferentStatesDoNotBothWin() throws HostFault, IOException {
    try (Namespace namespace = Namespace.open()) {
      apply(namespace, "first", true, Backend.NFT);
      Map<String, String> before = namespace.tables("nft");
      Optional<HostFault> fault = Optional.empty();
      try {
        apply(namespace, "second", false, Backend.NFT);
      } catch (HostFault e) {
        fault = Optional.of(e);
      }
      assertThat(fault.map(HostFault::kind)).contains(HostFault.Kind.REFUSED);
      assertThat(fault.map(HostFault::getMessage).orElse("")).contains("unknown generation");
      assertThat(namespace.tables("nft")).isEqualTo(before);
    }
  }
}
