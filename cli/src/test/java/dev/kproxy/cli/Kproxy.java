package dev.kproxy.cli;

import dev.kproxy.cli.command.Terminals;
import dev.kproxy.host.Namespace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Runs kproxy inside of the test's JVM, the whole program but its process.
final class Kproxy {
  private Kproxy() {}

  /// What one run left behind.
  record Result(int exitCode, String out, String err) {}

  static Result run(String... arguments) {
    return runWithInput(new byte[0], arguments);
  }

  static Result run(List<String> arguments) {
    return run(arguments.toArray(String[]::new));
  }

  /// Runs it in a network namespace.
  static Result run(Namespace namespace, List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Main.run(
            arguments.toArray(String[]::new),
            new ByteArrayInputStream(new byte[0]),
            out,
            err,
            Map.of(),
            Terminals.NONE,
            namespace::host);
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  static Result runWithInput(byte[] input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Main.run(arguments, new ByteArrayInputStream(input), out, err, Map.of(), Terminals.NONE);
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
