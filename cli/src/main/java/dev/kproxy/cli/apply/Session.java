package dev.kproxy.cli.apply;

import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Options;
import dev.kproxy.cli.render.OutcomeDocument;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.apply.Watchdog;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.StateDirectory;
import dev.kproxy.host.state.Store;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// A command at work on a host: opens the host and its state, and turns what became of it into
/// text, JSON and an exit code.
final class Session {
  private static final String STATE_DIR = "--state-dir";
  private static final String DEFAULT_STATE_DIR = "/var/lib/kproxy";
  private static final String GUARD = "guard";

  private final Console console;
  private final Surroundings surroundings;

  Session(Console console, Surroundings surroundings) {
    this.console = console;
    this.surroundings = surroundings;
  }

  /// What a command does with the operations of a host.
  @FunctionalInterface
  interface Change {
    Outcome on(Host host, Operations operations) throws HostFault, IOException;
  }

  /// What a command does with a host that it does not change.
  @FunctionalInterface
  interface Reading {
    int on(Host host, Operations operations) throws HostFault, IOException;
  }

  /// Adds the options of all commands that work on a host.
  static void addTo(CommandSpec spec) {
    spec.addOption(
        Options.text(
            "DIR", "Where kproxy remembers what it applied. Default: /var/lib/kproxy.", STATE_DIR));
    spec.addOption(
        Options.text("text|json", "The format of the data. Default: text.", "-o", "--output"));
    Options.addCommon(spec);
  }

  /// How to work where the command line says no more.
  static Settings settings(ParseResult given) {
    return Settings.DEFAULT;
  }

  /// Checks what all of these commands are given.
  ///
  /// @return whether data is JSON
  boolean configure(ParseResult given) {
    console.configure(Options.has(given, Options.VERBOSE), Options.has(given, Options.STRICT));
    String output = Options.one(given, "--output").orElse("text");
    if (!output.equals("text") && !output.equals("json")) {
      console.fault(Code.FLAG, "-o: text or json, not " + output);
    }
    return output.equals("json");
  }

  /// Runs a command that changes the host.
  int change(ParseResult given, String command, Change change) throws IOException {
    boolean json = configure(given);
    console.checkpoint();
    try {
      Path directory = stateDirectory(given);
      Host host = surroundings.host(directory.resolve(GUARD));
      try (StateDirectory store = StateDirectory.open(directory, owner())) {
        Operations operations =
            new Operations(host, store, new ConsoleProgress(console), watchdog(host, given));
        return end(command, json, change.on(host, operations));
      }
    } catch (HostFault e) {
      return failed(command, json, e);
    }
  }

  /// Runs a command that only reads.
  int read(ParseResult given, String command, boolean json, Reading reading) throws IOException {
    return read(given, command, json, StateDirectory::find, reading);
  }

  /// The same, but where the state may not be seen it goes on without.
  int foresee(ParseResult given, String command, boolean json, Reading reading) throws IOException {
    return read(given, command, json, this::findSeen, reading);
  }

  /// Looks for a state directory of somebody.
  @FunctionalInterface
  private interface Search {
    Optional<StateDirectory> in(Path path, String owner) throws HostFault;
  }

  private int read(ParseResult given, String command, boolean json, Search search, Reading reading)
      throws IOException {
    try {
      Path directory = stateDirectory(given);
      Host host = surroundings.host(directory.resolve(GUARD));
      try (StateStore state = new StateStore(search.in(directory, owner()))) {
        return reading.on(
            host, new Operations(host, state.store(), new ConsoleProgress(console), (_, _) -> {}));
      }
    } catch (HostFault e) {
      return failed(command, json, e);
    }
  }

  /// Whether that apply waits for a confirmation, or will; also where that cannot be told.
  boolean mayWait(ParseResult given, String apply) {
    try (StateStore state = new StateStore(StateDirectory.find(stateDirectory(given), owner()))) {
      return new State(state.store()).waits(apply);
    } catch (HostFault e) {
      return true;
    }
  }

  private Optional<StateDirectory> findSeen(Path path, String owner) throws HostFault {
    try {
      return StateDirectory.find(path, owner);
    } catch (HostFault e) {
      if (e.kind() != HostFault.Kind.PRIVILEGE) {
        throw e;
      }
      console.accept(Diagnostic.note(Code.HOST_NOTE, "", e.getMessage()));
      return Optional.empty();
    }
  }

  /// The state directory, if there is one.
  private record StateStore(Optional<StateDirectory> directory) implements AutoCloseable {
    Store store() {
      return directory.isPresent() ? directory.get() : Store.NONE;
    }

    @Override
    public void close() {
      directory.ifPresent(StateDirectory::close);
    }
  }

  /// The folder of this network namespace. Which one it is the host itself tells.
  private Path stateDirectory(ParseResult given) throws HostFault {
    try {
      Path root = Path.of(Options.one(given, STATE_DIR).orElse(DEFAULT_STATE_DIR));
      Host.Identity identity = surroundings.host(root.resolve(GUARD)).identity();
      Path own = root.toAbsolutePath().resolve(identity.namespace());
      if (!identity.sure() && Files.exists(root.resolve("host")) && !Files.exists(own)) {
        throw new HostFault(
            HostFault.Kind.PRIVILEGE,
            "CAP_SYS_PTRACE is missing, without which it cannot be told whether this is the"
                + " network namespace that "
                + root.resolve("host")
                + " is of");
      }
      return own;
    } catch (InvalidPathException e) {
      throw HostFault.refused(STATE_DIR + " is not the name of a folder");
    }
  }

  /// Who runs this; a user without a name has a number.
  private static String owner() throws HostFault {
    try {
      return Files.getOwner(Path.of("/proc/self")).getName();
    } catch (IOException e) {
      throw new HostFault(HostFault.Kind.TOOL, "/proc cannot be read: " + e.getMessage());
    }
  }

  private Watchdog watchdog(Host host, ParseResult given) {
    return new DetachedWatchdog(host, Options.one(given, STATE_DIR).orElse(DEFAULT_STATE_DIR));
  }

  private int end(String command, boolean json, Outcome outcome) throws IOException {
    int code =
        switch (outcome.end()) {
          case UNCHANGED, DONE -> ExitCode.OK;
          case PENDING, HALF -> ExitCode.PENDING;
          case ROLLED_BACK -> ExitCode.ROLLED_BACK;
        };
    console.settle(code, outcome.message());
    console.checkpoint();
    if (json) {
      new OutcomeDocument(command, code, console.notes()).write(outcome, console.out());
    } else if (code == ExitCode.OK) {
      String line = Printable.escape(outcome.message()) + "\n";
      console.out().write(line.getBytes(StandardCharsets.UTF_8));
    }
    if (code != ExitCode.OK) {
      Code kind = code == ExitCode.PENDING ? Code.HOST_PENDING : Code.ROLLED_BACK;
      tell(kind, outcome.message());
    }
    return code;
  }

  private int failed(String command, boolean json, HostFault fault) throws IOException {
    int code =
        switch (fault.kind()) {
          case TOOL -> ExitCode.TOOL_FAILED;
          case PRIVILEGE -> ExitCode.NO_PRIVILEGE;
          case TIME -> ExitCode.TIME_OUT;
          case REFUSED -> ExitCode.REFUSED;
        };
    console.settle(code, fault.getMessage());
    console.show();
    if (json) {
      new OutcomeDocument(command, code, console.notes()).writeFault(fault, console.out());
    }
    tell(
        switch (fault.kind()) {
          case TOOL -> Code.HOST_TOOL;
          case PRIVILEGE -> Code.HOST_PRIVILEGE;
          case TIME -> Code.HOST_TIME;
          case REFUSED -> Code.HOST_REFUSED;
        },
        fault.getMessage());
    return code;
  }

  private void tell(Code code, String message) {
    console
        .err()
        .println(
            new Diagnostic(Diagnostic.Severity.ERROR, code, Optional.empty(), "", "", message));
  }
}
