package dev.kproxy.manifest.text;

/// Where a text stands in its file, so that places in the text become places in the file.
///
/// @param line the file's line, from 1, in which the text's first line stands
/// @param column the column, from 1, of the text's first character
/// @param indent how many columns of every further line come before the text's
/// @param spread whether the lines of the text are lines of the file; if not (a quoted string), all
///   of it stands at its beginning
record Origin(int line, int column, int indent, boolean spread) {
  /// The beginning of a file.
  static final Origin START = of(1, 1);

  /// A text that goes on to the file's end from there.
  static Origin of(int line, int column) {
    return new Origin(line, column, 0, true);
  }

  /// A text within a text: a block whose lines all begin at one column.
  static Origin block(int line, int column) {
    return new Origin(line, column, column - 1, true);
  }

  /// A text within a text that holds its line ends as escapes.
  static Origin point(int line, int column) {
    return new Origin(line, column, 0, false);
  }

  /// The file's line for a line of the text, which counts from 0.
  int line(int textLine) {
    return spread ? line + textLine : line;
  }

  /// The file's column for a place in the text, which counts from 0.
  int column(int textLine, int textColumn) {
    if (!spread) {
      return column;
    }
    return textColumn + (textLine == 0 ? column : indent + 1);
  }
}
