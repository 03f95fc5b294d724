package dev.kproxy.net;

/// A place in an input: a file (or `-`, the standard input), a line and a column, both counted from
/// 1.
public record Location(String file, int line, int column) implements Comparable<Location> {
  @Override
  public int compareTo(Location other) {
    int byFile = file.compareTo(other.file);
    int byLine = byFile != 0 ? byFile : Integer.compare(line, other.line);
    return byLine != 0 ? byLine : Integer.compare(column, other.column);
  }

  /// `FILE:LINE:COLUMN`, the form that editors and CI systems link to.
  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
