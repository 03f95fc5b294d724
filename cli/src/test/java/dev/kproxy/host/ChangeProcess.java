package dev.kproxy.host;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process that changes the host that it runs on, and may get SIGKILL on its way: `SCENARIO
/// BACKEND STATE-DIRECTORY [MOMENT RUN SYSTEM-CALL]`, where a change is a [Scenario], or the number
/// of one of the [Clusters] that is applied. It prints how that ended.
final class ChangeProcess {
  /// System calls with which a tool changes the kernel, hears its answer, waits for a lock, or
  /// ends.
  private static final String OF_TOOLS =
      "sendto,sendmsg,recvmsg,getsockopt,setsockopt,flock,write,exit_group";

  /// System calls with which the state directory is read and written.
  static final List<String> OF_STATE =
      List.of(
          "openat",
          "write",
          "fsync",
          "renameat",
          "unlinkat",
          "fcntl",
          "read",
          "getdents64",
          "mkdir");

  private static final int KILLED = 137;

  /// When the process is killed, as seen from a run of a tool.
  enum Moment {
    /// Before the tool starts.
    BEFORE,
    /// While it is at work, which it ends by itself.
    DURING,
    /// With it, when it begins a certain system call.
    INSIDE,
    /// After it has ended.
    AFTER
  }

  /// What became of a process.
  ///
  /// @param session the number of the session that it led
  record End(long session, int status, String said) {
    boolean isKilled() {
      return status == KILLED;
    }
  }

  private ChangeProcess() {}

  /// Runs one to its end, in a namespace and a session of its own.
  ///
  /// @param fault what strace does to which of its system calls on the state directory, as
  ///   `fsync:error=EIO:when=3`, the third call of that name; none where empty
  /// @param moment the moment, the run of a tool and its system call
  static End run(
      Namespace namespace,
      String change,
      Backend backend,
      Path state,
      String fault,
      List<String> moment)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("setsid"));
    if (!fault.isEmpty()) {
      words.addAll(List.of("strace", "-f", "-qq", "--seccomp-bpf", "-o", trace(state)));
      words.addAll(List.of("-e", "signal=none", "-e", "trace=" + String.join(",", OF_STATE)));
      words.addAll(List.of("-e", "inject=" + fault));
      words.addAll(List.of("-P", state.toString()));
      for (String file : List.of("new", "lock", "journal", "current")) {
        words.addAll(List.of("-P", state.resolve(file).toString()));
      }
    }
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m", "-cp"));
    words.addAll(List.of(System.getProperty("java.class.path"), ChangeProcess.class.getName()));
    words.addAll(List.of(change, backend.toString(), state.toString()));
    words.addAll(moment);
    Process process = namespace.command(words).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new End(process.pid(), process.waitFor(), said.strip());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String trace(Path state) {
    return state.resolveSibling("trace").toString();
  }

  /// Whether strace has done to the process what it was told to.
  static boolean wasHurt(Path state) throws IOException {
    return Files.readString(Path.of(trace(state))).contains("(INJECTED)");
  }

  public static void main(String[] args) throws IOException {
    Backend backend = Backend.parse(args[1]).orElseThrow();
    Path state = Path.of(args[2]);
    Host host = LinuxHost.here(state.resolve("guard"));
    if (args.length > 3) {
      host = mortal(host, List.of(args).subList(3, args.length));
    }
    try (StateDirectory store = StateDirectory.open(state, "root")) {
      Operations operations = HostChange.operations(host, store);
      Settings settings = HostChange.settings(backend);
      Outcome outcome =
          args[0].matches("\\d+")
              ? operations.apply(Clusters.number(Integer.parseInt(args[0])), settings)
              : Scenario.valueOf(args[0]).run(operations, settings);
      System.out.println(outcome.end() + ": " + outcome.message());
    } catch (HostFault e) {
      System.out.println(e.kind() + ": " + e.getMessage());
    }
    Runtime.getRuntime().halt(0);
  }

  private static Host mortal(Host host, List<String> words) {
    Moment moment = Moment.valueOf(words.getFirst());
    int systemCall = Integer.parseInt(words.get(2));
    return new Altered(
        host,
        call -> moment != Moment.INSIDE || call.writes(),
        Integer.parseInt(words.get(1)),
        (healthy, call) -> die(healthy, call, moment, systemCall));
  }

  private static ToolResult die(Host host, ToolCall call, Moment moment, int systemCall)
      throws HostFault {
    switch (moment) {
      case BEFORE -> kill();
      case DURING -> {
        Thread killer = Thread.ofPlatform().start(ChangeProcess::killSoon);
        host.run(traced(call, ":delay_enter=20000:when=1..6"));
        join(killer);
      }
      case INSIDE -> {
        ToolResult result = host.run(traced(call, ":signal=KILL:when=" + systemCall));
        if (result.status() != KILLED) {
          return result; // It has fewer of them.
        }
        kill();
      }
      case AFTER -> {
        host.run(call);
        kill();
      }
    }
    throw new IllegalStateException("dead");
  }

  private static ToolCall traced(ToolCall call, String fault) {
    List<String> words = new ArrayList<>(List.of("-qq", "-o", "/dev/null"));
    words.addAll(List.of("-e", "trace=" + OF_TOOLS, "-e", "inject=" + OF_TOOLS + fault));
    words.add(call.tool());
    words.addAll(call.arguments());
    return new ToolCall("strace", words, call.input(), call.limit(), call.writes(), call.kept());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void killSoon() {
    try {
      Thread.sleep(60);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }

  /// SIGKILL to this very process.
  private static void kill() {
    try {
      String self = Long.toString(ProcessHandle.current().pid());
      new ProcessBuilder("kill", "-KILL", self).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
