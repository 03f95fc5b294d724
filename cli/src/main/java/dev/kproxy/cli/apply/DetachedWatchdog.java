package dev.kproxy.cli.apply;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.HostFault.Kind;
import dev.kproxy.host.ToolCall;
import dev.kproxy.host.apply.Watchdog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A [Watchdog] that is `kproxy rollback` in a process of its own: started later by systemd where
/// systemd runs, else started now, in a session of its own, to sleep until then.
final class DetachedWatchdog implements Watchdog {
  private static final Path SYSTEMD = Path.of("/run/systemd/system");
  private static final String MAIN = "dev.kproxy.cli.Main";

  private final Host host;
  private final String stateDirectory;

  DetachedWatchdog(Host host, String stateDirectory) {
    this.host = host;
    this.stateDirectory = Path.of(stateDirectory).toAbsolutePath().toString();
  }

  @Override
  public void arm(String id, Duration wait) throws HostFault {
    long seconds = Math.max(1, wait.toSeconds());
    List<String> kproxy = new ArrayList<>(self());
    kproxy.addAll(
        List.of("rollback", RollbackCommand.UNLESS_CONFIRMED, id, "--state-dir", stateDirectory));
    // systemd starts its units in the first network namespace.
    boolean systemd =
        Files.isDirectory(SYSTEMD)
            && host.has("systemd-run")
            && host.identity().namespace().equals("host");
    if (systemd) {
      List<String> words =
          new ArrayList<>(
              List.of(
                  "--collect",
                  "--quiet",
                  "--unit=kproxy-rollback-" + id,
                  "--on-active=" + seconds + "s",
                  "--timer-property=AccuracySec=1s"));
      words.addAll(kproxy);
      host.require(ToolCall.writing("systemd-run", words.toArray(String[]::new)));
    } else {
      kproxy.addAll(List.of(RollbackCommand.AFTER, Long.toString(seconds)));
      host.start(ToolCall.reading("setsid", kproxy.toArray(String[]::new)));
    }
  }

  /// The command line of this very kproxy, up to its main class.
  private static List<String> self() throws HostFault {
    ProcessHandle.Info info = ProcessHandle.current().info();
    List<String> words = new ArrayList<>();
    info.command().ifPresent(words::add);
    for (String word : info.arguments().orElse(new String[0])) {
      words.add(word);
      if (word.equals(MAIN)) {
        return words;
      }
    }
    throw new HostFault(Kind.TOOL, "the watchdog cannot be set up: /proc does not tell how");
  }
}
