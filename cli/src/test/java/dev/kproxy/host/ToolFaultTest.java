package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// One run of a tool goes wrong, in each of the ways of [ToolFault], in a rehearsal or on the host:
/// it is never taken for success.
///
/// `mvn verify` takes some runs that `-Dkproxy.seed` chooses; `-Dkproxy.apply.faults=all` each run
/// in turn.
class ToolFaultTest {
  private static final boolean ALL = System.getProperty("kproxy.apply.faults", "").equals("all");
  private static final long SEED = Long.getLong("kproxy.seed", 1);

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  static Stream<Arguments> changes() {
    return Stream.of(Backend.values())
        .flatMap(
            backend ->
                Stream.of(Scenario.FIRST_INSTALL, Scenario.UPDATE)
                    .map(scenario -> Arguments.of(scenario, backend)));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void takesNoFaultForSuccess(Scenario scenario, Backend backend) throws IOException, HostFault {
    HostChange change = HostChange.of(scenario, backend, directory);
    Random random = new Random(SEED);
    for (ToolFault fault : ToolFault.values()) {
      if (ALL) {
        int run = 0;
        while (fail(change, fault, run)) {
          run++;
        }
        assertThat(run).as("runs of tools").isGreaterThan(25);
      } else {
        fail(change, fault, random.nextInt(25));
      }
    }
  }

  /// @return whether so many tools are run
  private boolean fail(HostChange change, ToolFault fault, int run) throws IOException, HostFault {
    Path state = Files.createTempDirectory(directory, "fault").resolve("state");
    try (Namespace namespace = Namespace.open()) {
      change.before().restore(namespace, state);
      Host host = namespace.host(state.resolve("guard"));
      String[] tool = {""};
      Altered altered =
          new Altered(
              host,
              _ -> true,
              run,
              (healthy, call) -> {
                tool[0] = call.tool() + " " + call.arguments();
                return fault.run(healthy, call);
              });
      String cause = fault + " of run " + run + ", seed " + SEED + ": ";
      boolean changed;
      try (StateDirectory store = StateDirectory.open(state, "root")) {
        Outcome outcome =
            change
                .scenario()
                .run(HostChange.operations(altered, store), HostChange.settings(change.backend()));
        cause += tool[0] + ": " + outcome;
        changed = outcome.end() == Outcome.End.DONE || outcome.end() == Outcome.End.PENDING;
      } catch (HostFault e) {
        cause += tool[0] + ": " + e.getMessage();
        assertThat(e.getMessage()).doesNotContain("\n");
        changed = false;
      }
      HostImage told = changed ? change.after() : change.before();
      assertThat(namespace.tables(change.backend().toString())).as(cause).isEqualTo(told.tables());
      change.recover(namespace, state);
      told.assertIsOf(namespace, state, cause);
      return altered.happened();
    }
  }
}
