package dev.kproxy.host;

import dev.kproxy.host.HostFault.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/// The Linux that kproxy runs on, or another network namespace of it.
///
/// Tools are taken from a fixed list of folders, with an environment that holds nothing of ours,
/// and without a shell. One that changes the kernel inherits a lock: after a kproxy that was killed
/// nobody reads while its last tool still writes.
public final class LinuxHost implements Host {
  private static final List<String> FOLDERS = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");
  private static final Path NOWHERE = Path.of("/dev/null");

  private static final Duration ORPHAN_LIMIT = Duration.ofMinutes(10);

  private final Optional<Path> guard;
  private final Path process;
  private final List<String> enter;
  private final Map<String, String> environment;

  private LinuxHost(
      Optional<Path> guard, Path process, List<String> enter, Map<String, String> environment) {
    this.guard = guard;
    this.process = process;
    this.enter = List.copyOf(enter);
    this.environment = environment;
  }

  /// The namespace that this process is in.
  ///
  /// @param guard a file that tools which write keep locked; its folder is private
  public static LinuxHost here(Path guard) {
    return new LinuxHost(Optional.of(guard), Path.of("/proc/self"), List.of(), Map.of());
  }

  /// The namespace that another process is in.
  public static LinuxHost of(long pid, Path guard) {
    Path process = Path.of("/proc", Long.toString(pid));
    return new LinuxHost(
        Optional.of(guard), process, List.of("nsenter", "--net=" + process + "/ns/net"), Map.of());
  }

  @Override
  public boolean has(String tool) {
    return find(tool).isPresent();
  }

  private static Optional<String> find(String tool) {
    return FOLDERS.stream()
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  private static String path(String tool) throws HostFault {
    return find(tool)
        .orElseThrow(
            () ->
                new HostFault(
                    Kind.TOOL, tool + " is not installed in " + String.join(", ", FOLDERS)));
  }

  private ProcessBuilder command(List<String> words) throws HostFault {
    List<String> command = new ArrayList<>();
    if (!enter.isEmpty()) {
      command.add(path(enter.getFirst()));
      command.addAll(enter.subList(1, enter.size()));
    }
    command.add(path(words.getFirst()));
    command.addAll(words.subList(1, words.size()));
    ProcessBuilder builder = new ProcessBuilder(command).directory(Path.of("/").toFile());
    Map<String, String> clean = builder.environment();
    clean.clear();
    clean.put("PATH", String.join(":", FOLDERS));
    clean.put("LC_ALL", "C");
    clean.putAll(environment);
    return builder;
  }

  @Override
  public ToolResult run(ToolCall call) throws HostFault {
    ProcessBuilder builder = command(call.words());
    if (call.writes() && guard.isPresent() && has("flock")) {
      List<String> guarded = new ArrayList<>();
      guarded.addAll(List.of(path("flock"), "--shared", "--no-fork", guard.get().toString()));
      guarded.addAll(builder.command());
      builder.command(guarded);
    }
    try {
      return new RunningTool(builder.start(), call).finish();
    } catch (IOException e) {
      throw notStarted(call, e);
    }
  }

  @Override
  public void start(ToolCall call) throws HostFault {
    try {
      Process started =
          command(call.words())
              .redirectInput(ProcessBuilder.Redirect.from(NOWHERE.toFile()))
              .redirectError(ProcessBuilder.Redirect.to(NOWHERE.toFile()))
              .start();
      // What goes on may keep the stream open for as long as it likes, or end without a word.
      CompletableFuture<Boolean> speaks = new CompletableFuture<>();
      Thread.ofPlatform().daemon().start(() -> speaks.complete(speaks(started.getInputStream())));
      if (!speaks.completeOnTimeout(false, call.limit().toMillis(), TimeUnit.MILLISECONDS).get()) {
        throw new HostFault(Kind.TOOL, "what " + call.tool() + " was to start does not run");
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing in it fails", e);
    } catch (IOException e) {
      throw notStarted(call, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFault(Kind.TIME, call.tool() + " was interrupted");
    }
  }

  private static boolean speaks(InputStream stream) {
    try (stream) {
      return stream.read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  /// The JVM adds advice in further lines.
  private static HostFault notStarted(ToolCall call, IOException e) {
    String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new HostFault(Kind.TOOL, call.tool() + " cannot be started: " + why);
  }

  @Override
  public void awaitOrphans() throws HostFault {
    if (guard.isEmpty() || !has("flock")) {
      return;
    }
    String seconds = Long.toString(ORPHAN_LIMIT.toSeconds());
    ToolCall call =
        ToolCall.reading(
                "flock", "--exclusive", "--wait", seconds, guard.get().toString(), path("true"))
            .within(ORPHAN_LIMIT.plusSeconds(5));
    if (run(call).status() != 0) {
      throw new HostFault(Kind.TIME, "a tool that an earlier kproxy started does not end");
    }
  }

  @Override
  public Scratch scratch() throws HostFault {
    try {
      return Namespace.open(this, false);
    } catch (HostFault _) {
      return Namespace.open(this, true);
    }
  }

  /// A namespace that a waiting `cat` keeps alive; when this process ends, `cat` reads the end of
  /// its input.
  private record Namespace(Process keeper, Host host) implements Scratch {
    /// @param user whether it gets a user namespace, too, which needs no privilege where it is
    ///   allowed
    static Namespace open(LinuxHost from, boolean user) throws HostFault {
      List<String> words = new ArrayList<>(List.of("unshare"));
      if (user) {
        words.addAll(List.of("--user", "--map-root-user"));
      }
      words.addAll(List.of("--net", path("cat")));
      try {
        Process keeper = from.command(words).redirectErrorStream(true).start();
        OutputStream in = keeper.getOutputStream();
        in.write('\n');
        in.flush();
        int answer = keeper.getInputStream().read();
        if (answer != '\n') {
          keeper.destroyForcibly();
          throw new HostFault(Kind.PRIVILEGE, "a network namespace of its own is not allowed here");
        }
        return new Namespace(keeper, from.inside(keeper.pid(), user));
      } catch (IOException e) {
        throw new HostFault(Kind.PRIVILEGE, "unshare: " + e.getMessage());
      }
    }

    @Override
    public void close() {
      keeper.destroyForcibly();
    }
  }

  private LinuxHost inside(long pid, boolean user) {
    Path other = Path.of("/proc", Long.toString(pid));
    List<String> words = new ArrayList<>(List.of("nsenter"));
    if (user) {
      words.addAll(List.of("--user=" + other + "/ns/user", "--preserve-credentials"));
    }
    words.add("--net=" + other + "/ns/net");
    // A rehearsal waits for nobody: its rules are in a namespace that no other tool knows. Each
    // process has this file to itself, and no other user can open it.
    Map<String, String> own = Map.of("XTABLES_LOCKFILE", "/proc/self/environ");
    return new LinuxHost(Optional.empty(), other, words, own);
  }

  @Override
  public Identity identity() throws HostFault {
    try {
      String link = namespaceOf(process);
      Optional<String> first = firstNamespace();
      // The number of the first namespace is another one in other kernels.
      return new Identity(
          first.equals(Optional.of(link)) ? "host" : link.replaceAll("\\D", ""),
          first.isPresent(),
          Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
          life());
    } catch (IOException e) {
      throw new HostFault(Kind.TOOL, "/proc cannot be read: " + e.getMessage());
    }
  }

  /// The inode of the kernel's own routing socket, which a namespace has as long as it lives. The
  /// kernel counts these up; the number of a namespace it gives away again.
  private String life() throws IOException {
    Path sockets = process.resolve("net/netlink");
    if (!Files.exists(sockets)) {
      return "";
    }
    for (String line : Files.readAllLines(sockets)) {
      List<String> words = List.of(line.strip().split("\\s+"));
      if (words.size() > 3 && words.subList(1, 3).equals(List.of("0", "0"))) {
        return words.getLast();
      }
    }
    return "";
  }

  private static String namespaceOf(Path process) throws IOException {
    return Files.readSymbolicLink(process.resolve("ns/net")).toString();
  }

  /// Only who has the capabilities of the first process may know, or `CAP_SYS_PTRACE`.
  private static Optional<String> firstNamespace() {
    try {
      return Optional.of(namespaceOf(Path.of("/proc/1")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public String name() throws HostFault {
    return read(Path.of("/proc/sys/kernel/hostname")).strip();
  }

  private static String read(Path file) throws HostFault {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new HostFault(Kind.TOOL, file + " cannot be read: " + e.getMessage());
    }
  }

  @Override
  public int cpus() {
    return Runtime.getRuntime().availableProcessors();
  }

  @Override
  public List<Capability> lacking(List<Capability> capabilities) throws HostFault {
    long held =
        read(Path.of("/proc/self/status"))
            .lines()
            .filter(line -> line.startsWith("CapEff:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElse(0);
    return capabilities.stream().filter(it -> (held >>> it.bit() & 1) == 0).toList();
  }

  @Override
  public String liveKubeProxy() throws HostFault {
    return new KubeProxyProbe(process).evidence();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Duration uptime() throws HostFault {
    String seconds = read(Path.of("/proc/uptime")).split(" ", 2)[0];
    return Duration.ofMillis(new BigDecimal(seconds).movePointRight(3).longValueExact());
  }
}
