package dev.kproxy.cli.command;

/// Ends a command with an exit code; what is to be said has been said.
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  /// A failure that ends kproxy with this code of [ExitCode].
  public Failure(int exitCode) {
    super(null, null, false, false);
    this.exitCode = exitCode;
  }

  /// The code that kproxy ends with.
  public int exitCode() {
    return exitCode;
  }
}
