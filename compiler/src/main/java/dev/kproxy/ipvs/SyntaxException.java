package dev.kproxy.ipvs;

import dev.kproxy.net.Code;

/// What ends the reading of one line; it never leaves the package.
final class SyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Code code;
  private final int column;

  SyntaxException(Code code, int column, String message) {
    super(message, null, false, false);
    this.code = code;
    this.column = column;
  }

  /// What `at` says cannot be read.
  static SyntaxException at(Word at, String message) {
    return new SyntaxException(Code.RULE_SYNTAX, at.column(), message);
  }

  Code code() {
    return code;
  }

  int column() {
    return column;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
