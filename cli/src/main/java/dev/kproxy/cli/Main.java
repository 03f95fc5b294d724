package dev.kproxy.cli;

import java.io.PrintStream;

/// The program: arguments in, an exit code out.
public final class Main {
  private Main() {}

  /// Runs kproxy and ends the JVM with its exit code.
  public static void main(String[] args) {
    System.exit(run(args, System.out));
  }

  /// Runs kproxy on the given streams.
  static int run(String[] args, PrintStream out) {
    out.println("kproxy " + String.join(" ", args));
    return 0;
  }
}
