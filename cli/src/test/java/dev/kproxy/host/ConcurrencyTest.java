package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.plan.Status;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
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
///
/// `mvn verify` lets a few apply at once; `-Dkproxy.apply.crowd=100` a hundred. One in ten is
/// killed, and there are thirty times as many edits of others.
class ConcurrencyTest {
  private static final int CROWD = Integer.getInteger("kproxy.apply.crowd", 10);
  private static final int EDITS = 30 * CROWD;

  /// Adds rules to a chain that both use, and takes every third away again.
  private static final String STRANGER =
      """
      i=1
      while [ $i -le EDITS ]; do
        rule="PREROUTING -s 9.9.$((i / 256)).$((i % 256)) -j ACCEPT"
        iptables-BACKEND -w 60 -t nat -A $rule
        [ $((i % 3)) -ne 0 ] || iptables-BACKEND -w 60 -t nat -D $rule
        i=$((i + 1))
      done
      """;

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  private Outcome apply(Namespace namespace, String state, Target target, Backend backend)
      throws HostFault {
    Path place = directory.resolve(state);
    try (StateDirectory store = StateDirectory.open(place, "root")) {
      return HostChange.operations(namespace.host(place.resolve("guard")), store)
          .apply(target, HostChange.settings(backend));
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void endIsOneOfTheAppliesAndEditsOfOthersStay(Backend backend)
      throws HostFault, IOException, InterruptedException, ExecutionException {
    try (Namespace namespace = Namespace.open();
        ExecutorService threads = Executors.newFixedThreadPool(CROWD + 1)) {
      Future<String> edits =
          threads.submit(
              () ->
                  namespace.sh(
                      STRANGER
                          .replace("BACKEND", backend.toString())
                          .replace("EDITS", Integer.toString(EDITS))));
      List<Future<?>> applies = new ArrayList<>();
      for (int i = 0; i < CROWD; i++) {
        int number = i;
        applies.add(
            threads.submit(
                () -> {
                  if (number % 10 == 9) {
                    killed(namespace, number, backend);
                  } else {
                    Outcome outcome = apply(namespace, "state", Clusters.number(number), backend);
                    assertThat(outcome.end()).isEqualTo(Outcome.End.DONE);
                  }
                  return number;
                }));
      }
      for (Future<?> apply : applies) {
        apply.get();
      }
      edits.get();
      assertThat(strangers(namespace, backend)).hasSize(EDITS - EDITS / 3);

      Generation end = recovered(namespace, backend);
      int number = Integer.parseInt(end.label());
      namespace.sh(
          "iptables-"
              + backend
              + " -t nat -S PREROUTING | grep ' 9.9.' | sed 's/^-A/-D/' | while read -r rule; do"
              + " iptables-"
              + backend
              + " -t nat $rule; done");
      try (Namespace alone = Namespace.open()) {
        apply(alone, "alone", Clusters.number(number), backend);
        assertThat(namespace.tables(backend.toString()))
            .isEqualTo(alone.tables(backend.toString()));
      }
    }
  }

  /// An apply that gets SIGKILL somewhere on its way.
  private void killed(Namespace namespace, int number, Backend backend) throws IOException {
    List<String> moment = List.of("DURING", Integer.toString(number % 25), "0");
    ChangeProcess.run(
        namespace, Integer.toString(number), backend, directory.resolve("state"), "", moment);
  }

  private static List<String> strangers(Namespace namespace, Backend backend) {
    return namespace
        .sh("iptables-" + backend + "-save -t nat")
        .lines()
        .filter(line -> line.startsWith("-A PREROUTING -s 9.9."))
        .toList();
  }

  /// What the host has when nothing is interrupted any more, as its state says.
  private Generation recovered(Namespace namespace, Backend backend) throws HostFault {
    Path state = directory.resolve("state");
    try (StateDirectory store = StateDirectory.open(state, "root")) {
      Operations operations = HostChange.operations(namespace.host(state.resolve("guard")), store);
      operations.recover(HostChange.settings(backend));
      Status status = operations.status();
      assertThat(status.findings()).isEmpty();
      return status.generation().orElseThrow();
    }
  }

  @Test
  void twoWithDifferentStatesDoNotBothWin() throws HostFault, IOException {
    try (Namespace namespace = Namespace.open()) {
      apply(namespace, "first", Clusters.one(), Backend.NFT);
      Map<String, String> before = namespace.tables("nft");
      Optional<HostFault> fault = Optional.empty();
      try {
        apply(namespace, "second", Clusters.two(), Backend.NFT);
      } catch (HostFault e) {
        fault = Optional.of(e);
      }
      assertThat(fault.map(HostFault::kind)).contains(HostFault.Kind.REFUSED);
      assertThat(fault.map(HostFault::getMessage).orElse("")).contains("unknown generation");
      assertThat(namespace.tables("nft")).isEqualTo(before);
    }
  }
}
