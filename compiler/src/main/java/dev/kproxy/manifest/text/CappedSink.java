package dev.kproxy.manifest.text;

import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Passes on only so many problems of a file: the first ones tell what is the matter.
final class CappedSink implements DocumentReader.Sink {
  /// The most errors, and the most notes, that one file gets.
  static final int MOST = 20;

  private final DocumentReader.Sink sink;
  private final Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
  private boolean passed;

  CappedSink(DocumentReader.Sink sink) {
    this.sink = sink;
  }

  /// Whether nothing at all was passed on.
  boolean isEmpty() {
    return !passed;
  }

  /// Whether errors were left out, so that reading on is of no use.
  boolean isFull() {
    return counts.getOrDefault(Severity.ERROR, 0) > MOST;
  }

  @Override
  public void object(Value.Mapping object) {
    passed = true;
    sink.object(object);
  }

  @Override
  public void object(Value.Mapping object, List<Diagnostic> twice) {
    passed = true;
    sink.object(object, twice);
  }

  @Override
  public void problem(Diagnostic problem) {
    passed = true;
    int count = counts.merge(problem.severity(), 1, Integer::sum);
    if (count <= MOST) {
      sink.problem(problem);
    } else if (count == MOST + 1) {
      String rest = problem.severity() == Severity.ERROR ? "errors" : "notes";
      sink.problem(
          new Diagnostic(
              problem.severity(),
              Code.LIMIT,
              problem.location(),
              "",
              "",
              "from here on, " + rest + " of this file are not listed"));
    }
  }
}
