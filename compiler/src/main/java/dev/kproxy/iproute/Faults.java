package dev.kproxy.iproute;

import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Location;
import java.util.function.Consumer;

/// The faults of one text; after a hundred nothing more is told.
final class Faults {
  private static final int LIMIT = 100;

  private final String file;
  private final Consumer<? super Diagnostic> sink;
  private int count;

  Faults(String file, Consumer<? super Diagnostic> sink) {
    this.file = file;
    this.sink = sink;
  }

  /// A line that is not understood.
  void syntax(int line, int column, String message) {
    add(Code.HOST_SYNTAX, line, column, message);
  }

  /// The text of another command.
  void wrongCommand(int line, String message) {
    add(Code.WRONG_COMMAND, line, 1, message);
  }

  /// Whether there was one.
  boolean any() {
    return count > 0;
  }

  /// Whether so many were told that reading on is of no use.
  boolean isFull() {
    return count > LIMIT;
  }

  private void add(Code code, int line, int column, String message) {
    count++;
    if (count <= LIMIT) {
      sink.accept(Diagnostic.error(code, new Location(file, line, column), message));
    } else if (count == LIMIT + 1) {
      sink.accept(
          Diagnostic.error(
              Code.LIMIT,
              new Location(file, line, 1),
              "more faults than are shown; the rest was not read"));
    }
  }
}
