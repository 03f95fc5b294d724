package dev.kproxy.manifest.fields;

import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Location;
import java.util.Optional;
import java.util.function.Consumer;

/// What is to be said of one object.
public final class Report {
  private final String file;
  private final String object;
  private final Consumer<Diagnostic> diagnostics;
  private boolean failed;

  /// A report of the object that diagnostics call `object`.
  public Report(String file, String object, Consumer<Diagnostic> diagnostics) {
    this.file = file;
    this.object = object;
    this.diagnostics = diagnostics;
  }

  /// Whether a fault was found.
  public boolean failed() {
    return failed;
  }

  /// The place of `value`.
  public Location locate(Value value) {
    return new Location(file, value.line(), value.column());
  }

  void fault(Code code, Value place, String field, String message) {
    failed = true;
    add(Severity.ERROR, code, place, field, message);
  }

  void note(Code code, Value place, String field, String message) {
    add(Severity.NOTE, code, place, field, message);
  }

  private void add(Severity severity, Code code, Value place, String field, String message) {
    diagnostics.accept(
        new Diagnostic(severity, code, Optional.of(locate(place)), object, field, message));
  }
}
