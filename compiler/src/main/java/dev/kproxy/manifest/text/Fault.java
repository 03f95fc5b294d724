package dev.kproxy.manifest.text;

import dev.kproxy.net.Code;

/// What ends the reading of a document: thrown where it is found, caught where documents begin.
/// Unchecked and without a stack trace, because it passes through the libraries' parsers.
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1;

  final Code code;
  final int line;
  final int column;

  /// Whether the whole text is nothing that could be read, so that one fault of it is enough.
  final boolean isLast;

  /// @param line the line in the file, from 1
  /// @param column the column in the file, from 1
  Fault(Code code, int line, int column, String message) {
    this(code, line, column, message, code == Code.ENCODING);
  }

  private Fault(Code code, int line, int column, String message, boolean isLast) {
    super(message, null, false, false);
    this.code = code;
    this.line = line;
    this.column = column;
    this.isLast = isLast;
  }

  /// The same in a text that is a template, of which every part is likely to have a fault.
  Fault inTemplate() {
    String message = words() + "; this looks like a template, to be rendered first (helm template)";
    return new Fault(code, line, column, message, true);
  }

  /// What there is to say, in one short sentence.
  String words() {
    return String.valueOf(getMessage());
  }

  /// Whether this one stands further on in the text than the other.
  boolean isBehind(Fault other) {
    return line != other.line ? line > other.line : column > other.column;
  }
}
