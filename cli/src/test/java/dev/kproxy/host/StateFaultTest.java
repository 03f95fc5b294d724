package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// One system call on the state directory fails: what is said of the end is true, and `recover`
/// ends what is not ended.
///
/// `mvn verify` lets a few fail that `-Dkproxy.seed` chooses; `-Dkproxy.apply.faults=all` each of
/// them in turn.
class StateFaultTest {
  private static final boolean ALL = System.getProperty("kproxy.apply.faults", "").equals("all");
  private static final long SEED = Long.getLong("kproxy.seed", 1);

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  static Stream<Arguments> faults() {
    List<Scenario> scenarios = List.of(Scenario.FIRST_INSTALL, Scenario.UPDATE, Scenario.UNINSTALL);
    List<String> errors = List.of("ENOSPC", "EIO", "EROFS");
    return IntStream.range(0, 9)
        .filter(i -> ALL || i % 4 == 0)
        .mapToObj(i -> Arguments.of(errors.get(i / 3), scenarios.get(i % 3)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void saysTheTruthWhicheverSystemCallFails(String error, Scenario scenario)
      throws IOException, HostFault {
    HostChange change = HostChange.of(scenario, Backend.NFT, directory);
    if (!ALL) {
      Random random = new Random(SEED);
      List<String> calls = ChangeProcess.OF_STATE;
      while (!fail(change, error, calls.get(random.nextInt(calls.size())), random.nextInt(10))) {
        // There are fewer of that name.
      }
      return;
    }
    int failed = 0;
    for (String call : ChangeProcess.OF_STATE) {
      for (int number = 0; fail(change, error, call, number); number++) {
        failed++;
      }
    }
    assertThat(failed).as("system calls").isGreaterThan(50);
  }

  /// @param call the name of the system call
  /// @param number which of that name, counted from 0
  /// @return whether there is such a system call
  private boolean fail(HostChange change, String error, String call, int number)
      throws IOException, HostFault {
    String cause = error + " of " + call + " " + number;
    Path state = Files.createTempDirectory(directory, "fault").resolve("state");
    try (Namespace namespace = Namespace.open()) {
      change.before().restore(namespace, state);
      String said =
          ChangeProcess.run(
                  namespace,
                  change.scenario().name(),
                  Backend.NFT,
                  state,
                  call + ":error=" + error + ":when=" + (number + 1),
                  List.of())
              .said();
      change.assertEachTableIsOldOrNew(namespace, cause);
      HostImage told = told(change, said);
      assertThat(namespace.tables("nft")).as(cause + ": " + said).isEqualTo(told.tables());
      change.recover(namespace, state);
      told.assertIsOf(namespace, state, cause + ": " + said);
      return ChangeProcess.wasHurt(state);
    }
  }

  /// The image that the host has, going by what was said.
  private static HostImage told(HostChange change, String said) {
    String end = said.substring(0, Math.max(0, said.indexOf(':')));
    return switch (end) {
      case "DONE", "PENDING" -> change.after();
      case "ROLLED_BACK", "TOOL", "PRIVILEGE", "TIME", "REFUSED" -> change.before();
      default -> throw new AssertionError(said);
    };
  }
}
