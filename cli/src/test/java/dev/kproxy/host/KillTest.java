package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.ChangeProcess.End;
import dev.kproxy.host.ChangeProcess.Moment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Processes that change a host get SIGKILL: before, while and after they run a tool, together with
/// it at each of its system calls, and at each system call on the state directory. What they leave
/// is old or new, table by table, and `recover` ends it.
///
/// `mvn verify` takes some points of each change that `-Dkproxy.seed` chooses;
/// `-Dkproxy.apply.kills=all` all of them, `-Dkproxy.apply.kills=UPDATE-nft` all of one change.
class KillTest {
  private static final String KILLS = System.getProperty("kproxy.apply.kills", "");
  private static final long SEED = Long.getLong("kproxy.seed", 1);
  private static final Random RANDOM = new Random(SEED);

  @TempDir private Path directory;

  /// Where a process is killed.
  ///
  /// @param call at which system call on the state directory; empty: at the run of a tool
  /// @param moment at which moment of that run
  /// @param number which run of a tool, or which system call of that name, counted from 0
  /// @param systemCall which system call of the tool, counted from 1
  private record Point(String call, Optional<Moment> moment, int number, int systemCall) {
    static Point ofState(String call, int number) {
      return new Point(call, Optional.empty(), number, 0);
    }

    static Point ofTool(Moment moment, int number, int systemCall) {
      return new Point("", Optional.of(moment), number, systemCall);
    }

    String fault() {
      return moment.isPresent() ? "" : call + ":signal=KILL:when=" + (number + 1);
    }

    /// Whether a tool goes on when the process is dead.
    boolean isSurvived() {
      return moment.equals(Optional.of(Moment.DURING));
    }

    List<String> words() {
      return moment
          .map(it -> List.of(it.name(), Integer.toString(number), Integer.toString(systemCall)))
          .orElse(List.of());
    }
  }

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  static Stream<Arguments> changes() {
    return Stream.of(Backend.values())
        .flatMap(
            backend ->
                Scenario.CHANGES.stream()
                    .filter(it -> List.of("", "all", it + "-" + backend).contains(KILLS))
                    .map(it -> Arguments.of(it, backend)));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void leavesOldOrNewAndRecovers(Scenario scenario, Backend backend, TestReporter reporter)
      throws IOException, HostFault, InterruptedException, ExecutionException {
    HostChange change = HostChange.of(scenario, backend, directory);
    int kills = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (Future<Integer> sweep :
          threads.invokeAll(KILLS.isEmpty() ? some(change) : all(change))) {
        kills += sweep.get();
      }
    }
    reporter.publishEntry(scenario + " " + backend, kills + " kills");
    assertThat(kills).as("kills").isGreaterThan(KILLS.isEmpty() ? 0 : 50);
  }

  private List<Callable<Integer>> some(HostChange change) {
    Moment[] moments = {Moment.BEFORE, Moment.DURING, Moment.AFTER};
    Moment moment = moments[RANDOM.nextInt(moments.length)];
    String call = ChangeProcess.OF_STATE.get(RANDOM.nextInt(ChangeProcess.OF_STATE.size()));
    return Stream.of(
            Point.ofState(call, RANDOM.nextInt(10)),
            Point.ofTool(moment, RANDOM.nextInt(18), 0),
            Point.ofTool(Moment.INSIDE, RANDOM.nextInt(5), 1 + RANDOM.nextInt(4)))
        .<Callable<Integer>>map(point -> () -> kill(change, point) ? 1 : 0)
        .toList();
  }

  private List<Callable<Integer>> all(HostChange change) {
    List<Callable<Integer>> sweeps = new ArrayList<>();
    for (String call : ChangeProcess.OF_STATE) {
      sweeps.add(() -> sweep(change, number -> Point.ofState(call, number)));
    }
    for (Moment moment : List.of(Moment.BEFORE, Moment.DURING, Moment.AFTER)) {
      sweeps.add(() -> sweep(change, number -> Point.ofTool(moment, number, 0)));
    }
    sweeps.add(() -> sweepInside(change));
    return sweeps;
  }

  private int sweep(HostChange change, IntFunction<Point> points) throws IOException, HostFault {
    int number = 0;
    while (kill(change, points.apply(number))) {
      number++;
    }
    return number;
  }

  private int sweepInside(HostChange change) throws IOException, HostFault {
    int kills = 0;
    int before = -1;
    for (int run = 0; kills > before; run++) {
      before = kills;
      int systemCall = 1;
      while (kill(change, Point.ofTool(Moment.INSIDE, run, systemCall))) {
        kills++;
        systemCall += 1 + systemCall / 40; // A tool that loads thousands of rules makes many.
      }
    }
    return kills;
  }

  /// Kills at one point.
  ///
  /// @return whether there is such a point
  private boolean kill(HostChange change, Point point) throws IOException, HostFault {
    Backend backend = change.before().backend();
    Path place = Files.createTempDirectory(directory, "kill");
    try (Namespace namespace = Namespace.open()) {
      Path state = place.resolve("state");
      change.before().restore(namespace, state);
      End end =
          ChangeProcess.run(
              namespace, change.scenario().name(), backend, state, point.fault(), point.words());
      assertThat(end.isKilled() || end.said().startsWith("DONE")).as(end.said()).isTrue();
      change.assertEachTableIsOldOrNew(namespace, point);
      HostImage expected = change.sideOf(namespace);
      if (point.number() % 4 == 3) {
        // Who recovers is killed, too.
        List<String> moment = List.of("AFTER", Integer.toString(point.number() % 20), "0");
        ChangeProcess.run(namespace, "RECOVER", backend, state, "", moment);
      }
      change.recover(namespace, state);
      if (point.isSurvived()) {
        expected = change.sideOf(namespace); // Its tool may have ended after we looked.
      }
      expected.assertIsOf(namespace, state, point);
      assertNothingRuns(end, point);
      return end.isKilled();
    }
  }

  /// Zombies are left to whoever reaps them here.
  private static void assertNothingRuns(End end, Point point) throws IOException {
    String session = Long.toString(end.session());
    List<String> ps = List.of("ps", "-o", "stat=", "-o", "args=", "-s", session);
    List<String> left = List.of("?");
    for (int i = 0; i < 50 && !left.isEmpty(); i++) {
      Process process = new ProcessBuilder(ps).start();
      String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      left = all.lines().filter(it -> !it.startsWith("Z")).toList();
    }
    assertThat(left).as("still running after %s", point).isEmpty();
  }
}
