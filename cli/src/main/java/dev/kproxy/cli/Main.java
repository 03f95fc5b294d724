package dev.kproxy.cli;

import dev.kproxy.cli.apply.Surroundings;
import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Failure;
import dev.kproxy.cli.command.Terminals;
import dev.kproxy.cli.command.Unmatched;
import dev.kproxy.net.Printable;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// The program: arguments in, an exit code out.
public final class Main {
  private static final int BUFFER = 1 << 16;

  private Main() {}

  /// Runs kproxy on the process's own streams and ends the JVM with its exit code.
  ///
  /// It halts: nothing is left to be done at exit, and the JVM would load its logging first.
  public static void main(String[] args) {
    OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER);
    OutputStream err = new FileOutputStream(FileDescriptor.err);
    Terminals terminals = Terminals.of(System.getProperty("kproxy.terminals", ""));
    Runtime.getRuntime()
        .halt(
            run(
                args,
                new FileInputStream(FileDescriptor.in),
                out,
                err,
                System.getenv(),
                terminals));
  }

  /// Runs kproxy on the given streams.
  ///
  /// @param environment the environment variables, of which `NO_COLOR` is asked
  /// @param terminals which of the streams go to a terminal
  /// @return the exit code
  static int run(
      String[] args,
      InputStream in,
      OutputStream out,
      OutputStream err,
      Map<String, String> environment,
      Terminals terminals) {
    return run(args, in, out, err, environment, terminals, Surroundings.HERE);
  }

  /// Runs kproxy on the given streams and the given host.
  static int run(
      String[] args,
      InputStream in,
      OutputStream out,
      OutputStream err,
      Map<String, String> environment,
      Terminals terminals,
      Surroundings surroundings) {
    boolean colour = terminals.talk() && environment.getOrDefault("NO_COLOR", "").isEmpty();
    Console console = new Console(out, err, terminals, colour);
    CommandLine commandLine = new Commands(console, in, surroundings).of(List.of(args));
    prepare(commandLine, console);
    try {
      int exitCode = commandLine.execute(args);
      console.done();
      out.flush();
      return exitCode;
    } catch (IOException e) {
      return failedOutput(e, console);
    } catch (Error e) {
      return broken(e, List.of(args).contains("--debug"), console);
    }
  }

  /// All commands and their options.
  public static CommandLine commandLine(Console console, InputStream in) {
    return new Commands(console, in, Surroundings.HERE).all();
  }

  private static void prepare(CommandLine commandLine, Console console) {
    commandLine.setExecutionStrategy(Main::execute);
    commandLine.setOut(new PrintWriter(console.out(), false, StandardCharsets.UTF_8));
    commandLine.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    commandLine.setParameterExceptionHandler((e, _) -> wrongUsage(e, console));
    commandLine.setExecutionExceptionHandler((e, command, _) -> failed(e, command, console));
    commandLine.setExpandAtFiles(false);
    commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
  }

  private static int execute(ParseResult given) {
    Integer help = CommandLine.executeHelpRequest(given);
    if (help != null) {
      return help;
    }
    ParseResult last = given;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    try {
      return ((Command) last.commandSpec().userObject()).run(last);
    } catch (ParameterException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new ExecutionException(last.commandSpec().commandLine(), "failed", e);
    }
  }

  private static int wrongUsage(ParameterException e, Console console) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String message =
        e instanceof UnmatchedArgumentException unmatched
            ? Unmatched.describe(unmatched)
            : String.valueOf(e.getMessage());
    console.err().println("error: " + Printable.escape(message) + " (see " + command + " --help)");
    return ExitCode.BAD_INPUT;
  }

  private static int failed(Exception e, CommandLine command, Console console) {
    if (e instanceof Failure failure) {
      return failure.exitCode();
    }
    if (e instanceof IOException io) {
      return failedOutput(io, console);
    }
    return broken(e, command.getParseResult().matchedOptionValue("--debug", false), console);
  }

  private static int broken(Throwable fault, boolean debug, Console console) {
    if (fault instanceof OutOfMemoryError) {
      console
          .err()
          .println(
              "error: the input needs more than %d MiB of memory; KPROXY_JAVA_OPTIONS=-Xmx4g allows more"
                  .formatted(Runtime.getRuntime().maxMemory() >> 20));
      return ExitCode.BAD_INPUT;
    }
    if (debug) {
      fault.printStackTrace(console.err());
    }
    String advice = debug ? "" : "; --debug shows where";
    String name = fault.getClass().getSimpleName().replaceAll("(Error|Exception)$", "");
    console.err().println("error: a fault of kproxy itself (" + name + ")" + advice);
    return ExitCode.BAD_INPUT;
  }

  /// Whoever reads our output may stop reading; that is no fault. What was done on a host stays
  /// done, and decides how the command ends.
  private static int failedOutput(IOException e, Console console) {
    String message = String.valueOf(e.getMessage());
    boolean closed = message.contains("Broken pipe");
    if (!closed) {
      String done = console.settled().map(it -> "; " + it.message()).orElse("");
      console.err().println("error: cannot write: " + Printable.escape(message + done));
    }
    return console
        .settled()
        .map(Console.Settled::exitCode)
        .orElse(closed ? ExitCode.OK : ExitCode.BAD_INPUT);
  }
}
