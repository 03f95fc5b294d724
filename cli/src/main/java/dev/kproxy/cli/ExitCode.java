package dev.kproxy.cli;

/// What kproxy ends with; scripts rely on these numbers.
final class ExitCode {
  /// Done, or no difference.
  static final int OK = 0;

  /// A difference or a finding.
  static final int FINDING = 1;

  /// Wrong usage or bad input; nothing was written.
  static final int BAD_INPUT = 2;

  private ExitCode() {}
}
