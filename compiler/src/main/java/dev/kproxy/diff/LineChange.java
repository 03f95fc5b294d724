package dev.kproxy.diff;

/// A line that only one side has.
///
/// @param added whether it is the new side that has it
/// @param text the line
/// @param line where it stands in the file of its side, or 0
public record LineChange(boolean added, String text, int line) {
  /// `+LINE` or `-LINE`.
  @Override
  public String toString() {
    return (added ? "+" : "-") + text;
  }
}
