package dev.kproxy.net;

/// What ends the reading of one line: a fault with its code and column, which the parser turns into
/// a diagnostic. It has no stack trace.
public final class SyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Code code;
  private final int column;

  /// A fault at a column, counted from 1.
  public SyntaxException(Code code, int column, String message) {
    super(message, null, false, false);
    this.code = code;
    this.column = column;
  }

  /// What `at` says cannot be read.
  public static SyntaxException at(Placed at, String message) {
    return new SyntaxException(Code.RULE_SYNTAX, at.column(), message);
  }

  /// What `at` says was printed by a tool that did not understand the rule.
  public static SyntaxException skew(Placed at, String message) {
    return new SyntaxException(
        Code.VERSION_SKEW,
        at.column(),
        message
            + "; the tool that printed this was another version than the one that made the rule");
  }

  /// What kind of fault it is.
  public Code code() {
    return code;
  }

  /// Where it is, counted from 1.
  public int column() {
    return column;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
