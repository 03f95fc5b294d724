package dev.kproxy.net;

import java.util.Optional;

/// What kproxy has to say of an input: one fault that stops it, or one note that does not.
///
/// @param severity whether it stops the work
/// @param code what kind of thing it is; stable between releases
/// @param location where it stands, if it stands somewhere
/// @param object what it concerns, as `Service shop/web`; empty where it concerns no object
/// @param field the path of the field, as `spec.ports[0].port`; empty where it concerns no field
/// @param message the thing itself, in one sentence without a full stop
public record Diagnostic(
    Severity severity,
    Code code,
    Optional<Location> location,
    String object,
    String field,
    String message) {

  /// How grave a diagnostic is.
  public enum Severity {
    /// Something was skipped, ignored or assumed; the exit code does not change.
    NOTE,
    /// The input is wrong; nothing is written.
    ERROR
  }

  /// A fault without an object or a field.
  public static Diagnostic error(Code code, Location location, String message) {
    return new Diagnostic(Severity.ERROR, code, Optional.of(location), "", "", message);
  }

  /// A note without a place.
  public static Diagnostic note(Code code, String object, String message) {
    return new Diagnostic(Severity.NOTE, code, Optional.empty(), object, "", message);
  }

  /// The same diagnostic as a fault.
  public Diagnostic asError() {
    return new Diagnostic(Severity.ERROR, code, location, object, field, message);
  }

  /// One line: `FILE:LINE:COLUMN: error KP202: Service shop/web: spec.ports[0].port: message`, in
  /// which whatever came from an input and could steer a terminal is spelled as an escape.
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    location.ifPresent(at -> line.append(at).append(": "));
    line.append(severity == Severity.ERROR ? "error " : "note ").append(code).append(": ");
    if (!object.isEmpty()) {
      line.append(object).append(": ");
    }
    if (!field.isEmpty()) {
      line.append(field).append(": ");
    }
    return Printable.escape(line.append(message).toString());
  }
}
