package dev.kproxy.net;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Goes through the lines of a text for a parser that reads each by itself and goes on after a
/// fault.
public final class Lines {
  private static final int DIAGNOSTICS_LIMIT = 100;

  private final String file;
  private final Consumer<? super Diagnostic> sink;
  private final int longest;
  private int number;
  private int faults;

  /// What reads one line, which comes without its end.
  @FunctionalInterface
  public interface Reader {
    void read(String line) throws SyntaxException;
  }

  /// @param file the name of the text in diagnostics
  /// @param sink takes every fault, in the order of the lines
  /// @param longest the longest line that is read, in characters
  public Lines(String file, Consumer<? super Diagnostic> sink, int longest) {
    this.file = file;
    this.sink = sink;
    this.longest = longest;
  }

  /// The number of the line that is being read, from 1 on.
  public int number() {
    return number;
  }

  /// Gives `reader` every line.
  ///
  /// @param goesOn whether there is reason to go on after a fault: not where the text is none of
  ///   the reader's at all
  /// @return whether the end was reached
  public boolean read(String text, Reader reader, BooleanSupplier goesOn) {
    int from = 0;
    while (from < text.length()) {
      int end = text.indexOf('\n', from);
      int to = end < 0 ? text.length() : end;
      number++;
      try {
        reader.read(line(text, from, to));
      } catch (SyntaxException e) {
        fault(e.code(), number, e.column(), e.getMessage());
        if (!goesOn.getAsBoolean()) {
          return false;
        }
      }
      if (faults >= DIAGNOSTICS_LIMIT) {
        fault(Code.LIMIT, number, 1, "more faults than are shown; the rest was not read");
        return false;
      }
      from = to + 1;
    }
    return true;
  }

  private String line(String text, int from, int to) throws SyntaxException {
    if (to - from > longest) {
      throw new SyntaxException(Code.LIMIT, 1, "a line of more than " + longest + " characters");
    }
    boolean carriageReturn = to > from && text.charAt(to - 1) == '\r';
    String line = text.substring(from, carriageReturn ? to - 1 : to);
    int nul = line.indexOf('\0');
    if (nul >= 0) {
      throw new SyntaxException(Code.ENCODING, nul + 1, "a NUL character");
    }
    return line;
  }

  /// Tells the sink of a fault.
  public void fault(Code code, int line, int column, String message) {
    faults++;
    sink.accept(Diagnostic.error(code, new Location(file, line, column), message));
  }
}
