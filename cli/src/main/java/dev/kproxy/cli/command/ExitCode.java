package dev.kproxy.cli.command;

/// What kproxy ends with; scripts rely on these numbers.
public final class ExitCode {
  /// Done, or no difference.
  public static final int OK = 0;

  /// A difference or a finding.
  public static final int FINDING = 1;

  /// Wrong usage or bad input; nothing was written.
  public static final int BAD_INPUT = 2;

  /// A tool of the host failed; nothing has changed.
  public static final int TOOL_FAILED = 3;

  /// A privilege is missing.
  public static final int NO_PRIVILEGE = 4;

  /// A lock or a tool took too long.
  public static final int TIME_OUT = 5;

  /// Applied, and follow-up steps are pending.
  public static final int PENDING = 6;

  /// A change failed, and was rolled back.
  public static final int ROLLED_BACK = 7;

  /// Refused.
  public static final int REFUSED = 8;

  private ExitCode() {}
}
