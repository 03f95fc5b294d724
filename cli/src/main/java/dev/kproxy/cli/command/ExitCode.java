package dev.kproxy.cli.command;

/// What kproxy ends with; scripts rely on these numbers.
public final class ExitCode {
  /// Done, or no difference.
  public static final int OK = 0;

  /// A difference or a finding.
  public static final int FINDING = 1;

  /// Wrong usage or bad input; nothing was written.
  public static final int BAD_INPUT = 2;

  private ExitCode() {}
}
