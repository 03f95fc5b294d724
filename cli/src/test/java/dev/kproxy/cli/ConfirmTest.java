package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--confirm-within`, with kproxy in a process of its own.
class ConfirmTest {
  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  /// The command line of a kproxy.
  private String kproxy(Path state, String words) {
    return kproxy(System.getProperty("java.class.path"), state, words);
  }

  private static String kproxy(String classes, Path state, String words) {
    return String.join(
        " ",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp",
        classes,
        "dev.kproxy.cli.Main",
        words,
        "--state-dir",
        state.toString());
  }

  private String apply(Path state, int seconds) {
    return kproxy(state, apply(seconds, "mysql-service.yaml"));
  }

  private static String apply(int seconds, String example) {
    return "apply --backend nft --node n1 --confirm-within "
        + seconds
        + "s -f "
        + Case.root().resolve("testdata/examples").resolve(example);
  }

  private static void awaitTables(Namespace namespace, Predicate<Map<String, String>> wanted)
      throws InterruptedException {
    long deadline = System.nanoTime() + 90_000_000_000L;
    while (!wanted.test(namespace.tables("nft")) && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    assertThat(namespace.tables("nft")).matches(wanted);
  }

  private void awaitStatus(Namespace namespace, Path state, String wanted)
      throws IOException, InterruptedException {
    String status = kproxy(state, "status") + " || true";
    long deadline = System.nanoTime() + 90_000_000_000L;
    while (!namespace.sh(status).contains(wanted) && System.nanoTime() < deadline) {
      Thread.sleep(20);
    }
    assertThat(namespace.sh(status)).contains(wanted).doesNotContain("waits");
  }

  @Test
  void rollsBackWithoutAConfirmationThoughItsSessionIsGone()
      throws IOException, InterruptedException {
    Path state = directory.resolve("state");
    try (Namespace namespace = Namespace.open()) {
      namespace.sh("iptables-nft -A INPUT -s 9.9.9.9 -j ACCEPT");
      Map<String, String> before = namespace.tables("nft");
      // The session that applies is killed with all that is in it.
      String script = apply(state, 8) + "\nkill -KILL -- -$$";
      String talk = namespace.sh("setsid --wait sh -c '" + script + "' || true");
      assertThat(talk).contains("applied and read back; rolled back at ");
      assertThat(namespace.tables("nft")).isNotEqualTo(before);
      awaitTables(namespace, before::equals);
      // It waits until the watchdog has ended.
      assertThat(namespace.sh(kproxy(state, "recover"))).contains("nothing was interrupted");
    }
  }

  /// A watchdog that starts in another directory would not find relative class paths.
  @Test
  void changesNothingWhereItsWatchdogDoesNotRun() throws IOException, InterruptedException {
    Path work = Files.createDirectory(directory.resolve("work"));
    Files.createSymbolicLink(work.resolve("all"), Path.of("/"));
    String relative =
        Stream.of(System.getProperty("java.class.path").split(":"))
            .map(entry -> "all" + entry)
            .collect(Collectors.joining(":"));
    try (Namespace namespace = Namespace.open()) {
      String command =
          kproxy(relative, directory.resolve("state"), apply(60, "mysql-service.yaml"));
      assertThat(namespace.sh("cd " + work + "; " + command + " || echo ended with $?"))
          .contains("does not run", "ended with 3");
      assertThat(namespace.tables("nft")).isEmpty();
    }
  }

  @Test
  void goesBackToWhatWasConfirmed() throws IOException, InterruptedException {
    Path state = directory.resolve("state");
    try (Namespace namespace = Namespace.open()) {
      namespace.sh(apply(state, 600) + "; " + kproxy(state, "confirm"));
      Map<String, String> confirmed = namespace.tables("nft");
      String talk = namespace.sh(kproxy(state, apply(600, "myblog.yaml")));
      assertThat(namespace.sh(kproxy(state, apply(600, "myblog.yaml"))))
          .contains("all is as it should be; rolled back at ")
          .contains(talk.substring(talk.indexOf("rolled back at ")).strip());
      assertThat(
              namespace.sh(kproxy(state, apply(3, "from-git.yaml") + " --allocate 10.96.0.0/16")))
          .contains("applied and read back; rolled back at ");
      awaitTables(namespace, confirmed::equals);
      assertThat(namespace.sh(kproxy(state, "confirm") + " || echo ended with $?"))
          .contains("no apply waits for a confirmation", "ended with 8");
    }
  }

  @Test
  void leavesWhatWasConfirmedWhereNobodyConfirmsARepair() throws IOException, InterruptedException {
    Path state = directory.resolve("state");
    try (Namespace namespace = Namespace.open()) {
      namespace.sh("iptables-nft -A INPUT -s 9.9.9.9 -j ACCEPT");
      namespace.sh(apply(state, 600) + "; " + kproxy(state, "confirm"));
      Map<String, String> applied = namespace.tables("nft");
      namespace.sh("iptables-nft -t nat -D PREROUTING 1");
      assertThat(namespace.sh(apply(state, 3))).contains("applied and read back; rolled back at ");
      awaitStatus(namespace, state, "all is as applied");
      assertThat(namespace.tables("nft")).isEqualTo(applied);
      assertThat(namespace.sh(kproxy(state, "recover"))).contains("nothing was interrupted");
    }
  }

  /// Who repairs what waits for a confirmation does not confirm it.
  @Test
  void goesBackAllTheSameAfterARepair() throws IOException, InterruptedException {
    Path state = directory.resolve("state");
    try (Namespace namespace = Namespace.open()) {
      namespace.sh(apply(state, 600) + "; " + kproxy(state, "confirm"));
      Map<String, String> confirmed = namespace.tables("nft");
      String applied = namespace.sh(kproxy(state, apply(15, "myblog.yaml")));
      assertThat(applied).contains("applied and read back; rolled back at ");
      namespace.sh("iptables-nft -t nat -D PREROUTING 1");
      String plain = apply(15, "myblog.yaml").replace("--confirm-within 15s", "");
      assertThat(namespace.sh(kproxy(state, plain)))
          .contains("applied and read back; ")
          .contains(applied.substring(applied.indexOf("rolled back at ")).strip());
      awaitTables(namespace, confirmed::equals);
    }
  }

  @Test
  void waitsForNothingWhereSomebodyWentBackAlready() throws IOException {
    Path state = directory.resolve("state");
    String setting = "net.netfilter.nf_conntrack_tcp_timeout_established";
    try (Namespace namespace = Namespace.open()) {
      namespace.sh(apply(state, 600) + "; " + kproxy(state, "confirm"));
      namespace.sh(apply(state, 600) + " --conntrack-tcp-timeout-established 1h");
      assertThat(namespace.sh("sysctl -n " + setting)).isEqualTo("3600\n");
      namespace.sh("sysctl -qw " + setting + "=86400");
      assertThat(namespace.sh(kproxy(state, "rollback")))
          .contains("what was applied before stands already, and waits for no confirmation");
      assertThat(namespace.sh(kproxy(state, "status"))).contains("all is as applied");
      assertThat(namespace.sh(kproxy(state, "rollback")))
          .contains("rolled back to the generation before");
      assertThat(namespace.sh("sysctl -n " + setting)).isEqualTo("3600\n");
    }
  }

  /// What ends an apply that is at work: a signal to it, or its terminal is closed.
  private static final List<String> ENDS = List.of("INT", "TERM", "HUP", "KILL", "terminal");

  @Test
  void rollsBackWhateverEndsAnApplyAtWork()
      throws IOException, InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newFixedThreadPool(ENDS.size())) {
      List<Callable<String>> ends =
          ENDS.stream().<Callable<String>>map(it -> () -> endAtWork(it)).toList();
      for (Future<String> end : threads.invokeAll(ends)) {
        assertThat(end.get()).contains("nothing is applied");
      }
    }
  }

  /// @return what `status` says when all is as before
  private String endAtWork(String how) throws IOException, InterruptedException {
    Path place = Files.createTempDirectory(directory, how);
    Path pid = place.resolve("pid");
    try (Namespace namespace = Namespace.open()) {
      namespace.sh("iptables-nft -A INPUT -s 9.9.9.9 -j ACCEPT");
      Map<String, String> before = namespace.tables("nft");
      Path run = place.resolve("run");
      Files.writeString(run, "echo $$ > " + pid + "\nexec " + apply(place.resolve("state"), 6));
      boolean terminal = how.equals("terminal");
      List<String> words =
          terminal
              ? List.of("script", "-qec", "sh " + run, "/dev/null")
              : List.of("setsid", "sh", run.toString());
      Process session =
          namespace.command(words).redirectOutput(place.resolve("talk").toFile()).start();
      String kill =
          terminal ? "kill -KILL " + session.pid() : "kill -" + how + " $(cat " + pid + ")";
      namespace.sh("until iptables-nft-save | grep -q KUBE; do :; done; " + kill + " || true");
      session.waitFor();
      awaitTables(namespace, before::equals);
      // The watchdog finds at its time what the killed one left.
      Thread.sleep(8_000);
      assertThat(namespace.tables("nft")).isEqualTo(before);
      return namespace.sh(kproxy(place.resolve("state"), "status") + "; true");
    }
  }

  /// Each of them is a JVM.
  @Test
  void leavesNoWatchdogWhereItIsConfirmed() throws IOException, InterruptedException {
    Path state = directory.resolve("state");
    try (Namespace namespace = Namespace.open()) {
      namespace.sh(apply(state, 600));
      assertThat(watchdogs(state)).hasSize(1);
      Thread.sleep(12_000);
      assertThat(watchdogs(state)).hasSize(1);
      namespace.sh(kproxy(state, "confirm"));
      long deadline = System.nanoTime() + 60_000_000_000L;
      while (!watchdogs(state).isEmpty() && System.nanoTime() < deadline) {
        Thread.sleep(100);
      }
      assertThat(watchdogs(state)).isEmpty();
    }
  }

  private static List<String> watchdogs(Path state) {
    return ProcessHandle.allProcesses()
        .flatMap(process -> process.info().commandLine().stream())
        .filter(line -> line.contains("--unless-confirmed") && line.contains(state.toString()))
        .toList();
  }

  @Test
  void staysWhereItIsConfirmed() throws IOException, InterruptedException {
    Path state = directory.resolve("state");
    try (Namespace namespace = Namespace.open()) {
      namespace.sh(apply(state, 5));
      Map<String, String> applied = namespace.tables("nft");
      assertThat(namespace.sh(kproxy(state, "confirm"))).contains("confirmed");
      Thread.sleep(9000);
      assertThat(namespace.tables("nft")).isEqualTo(applied).isNotEmpty();
    }
  }
}
