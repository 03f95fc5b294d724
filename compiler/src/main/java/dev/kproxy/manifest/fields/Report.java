package dev.kproxy.manifest.fields;

import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Location;
import java.util.Optional;

/// One object that is being read, and what is to be said of it.
public final class Report {
  private final Kind kind;
  private final String namespace;
  private final String name;
  private final Location location;
  private final Notes notes;
  private boolean failed;

  /// A report of an object.
  ///
  /// @param kind its kind
  /// @param namespace its namespace; empty where the kind has none
  /// @param name its name
  /// @param location where it begins
  /// @param notes where diagnostics go
  public Report(Kind kind, String namespace, String name, Location location, Notes notes) {
    this.kind = kind;
    this.namespace = namespace;
    this.name = name;
    this.location = location;
    this.notes = notes;
  }

  /// The object's namespace; empty where its kind has none.
  public String namespace() {
    return namespace;
  }

  /// The object's name.
  public String name() {
    return name;
  }

  /// Where the object begins.
  public Location location() {
    return location;
  }

  /// Whether a fault was found.
  public boolean failed() {
    return failed;
  }

  /// Reports a fault of the value at `place`, whose path is `field`.
  public void fault(Code code, Value place, String field, String message) {
    failed = true;
    add(Severity.ERROR, code, place.line(), place.column(), field, message);
  }

  /// Reports a note on the value at `place`, whose path is `field`.
  public void note(Code code, Value place, String field, String message) {
    add(Severity.NOTE, code, place.line(), place.column(), field, message);
  }

  /// Reports a field that the kind does not have: once for all objects of the kind.
  public void unknown(Value.Field field, Path path, String message) {
    if (notes.isNewUnknown(kind + " " + path.pattern())) {
      String name = path.toString();
      add(Severity.NOTE, Code.UNKNOWN_FIELD, field.line(), field.column(), name, message);
    }
  }

  private void add(
      Severity severity, Code code, int line, int column, String field, String message) {
    Location place = new Location(location.file(), line, column);
    notes.accept(new Diagnostic(severity, code, Optional.of(place), object(), field, message));
  }

  /// `Service shop/web`, `Node worker-1`; the kind alone where the name is none that an object can
  /// have, so that it is not repeated.
  private String object() {
    if (!Form.SUBDOMAIN.fits(name)) {
      return kind.toString();
    }
    if (!kind.namespaced()) {
      return kind + " " + name;
    }
    return Form.SUBDOMAIN.fits(namespace) ? kind + " " + namespace + "/" + name : kind.toString();
  }
}
