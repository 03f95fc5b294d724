package dev.kproxy.iptables.text;

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

  /// What `at` says was printed by a tool that did not understand the rule.
  static SyntaxException skew(Word at, String message) {
    return new SyntaxException(
        Code.VERSION_SKEW,
        at.column(),
        message
            + "; the tool that printed this was another version than the one that made the rule");
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
