package dev.kproxy.manifest.text;

import dev.kproxy.manifest.text.Value.Field;
import dev.kproxy.manifest.text.Value.Kind;
import dev.kproxy.manifest.text.Value.Mapping;
import dev.kproxy.manifest.text.Value.Scalar;
import dev.kproxy.manifest.text.Value.Sequence;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Location;
import dev.kproxy.net.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Hands the objects of documents on: opens lists, and sees to it that every object says what it
/// is.
///
/// To kubectl a list is whatever has a field `items` at its top, of any kind. Items with neither
/// `kind` nor `apiVersion` get the list's (a `ServiceList` holds a `Service`), so only such items
/// wait until the list has told its own.
final class ObjectOpener {
  private static final String SUFFIX = "List";

  private final String file;
  private final boolean cluster;
  private final DocumentReader.Sink sink;

  /// Items of the list that the document is, which wait for its kind.
  private final List<Mapping> waiting = new ArrayList<>();

  /// Keys that stand twice in the object that is being read.
  private final List<Diagnostic> twice = new ArrayList<>();

  /// @param cluster whether lists are opened and a key that stands twice is an error
  ObjectOpener(String file, boolean cluster, DocumentReader.Sink sink) {
    this.file = file;
    this.cluster = cluster;
    this.sink = sink;
  }

  boolean opensLists() {
    return cluster;
  }

  /// A whole document.
  void root(Value value) {
    if (value instanceof Mapping mapping) {
      object(mapping);
    } else if (value instanceof Sequence list) {
      notAnObject(list, "", "a list");
    } else if (value instanceof Scalar scalar && scalar.kind() != Kind.NULL) {
      notAnObject(scalar, "", article(scalar.kind()));
    }
  }

  /// An item of the list that the document is.
  ///
  /// @param list the fields of the list so far
  void item(Value value, List<Field> list, int index) {
    item(value, list, index, waiting);
  }

  /// The end of a list whose items were given to [#item].
  void endOfList(Mapping list) {
    endOfList(list, waiting);
  }

  private void item(Value value, List<Field> list, int index, List<Mapping> nameless) {
    if (!(value instanceof Mapping item)) {
      String what = value instanceof Scalar scalar ? article(scalar.kind()) : "a list";
      notAnObject(value, "items[" + index + "]", what);
    } else if (!isNameless(item)) {
      object(item);
    } else {
      tellTwice();
      nameless.add(item);
      name(nameless, list);
    }
  }

  private void endOfList(Mapping list, List<Mapping> nameless) {
    tellTwice();
    name(nameless, list.fields());
    nameless.forEach(this::object);
    nameless.clear();
    if (find(list.fields(), "kind") == null) {
      missing(list, "kind");
    }
  }

  /// A key that stands twice in one mapping.
  void duplicate(Field second, Field first) {
    String message =
        "%s stands twice in this mapping, first in line %d"
            .formatted(Printable.quote(second.name()), first.line());
    if (!cluster) {
      report(
          Severity.NOTE,
          Code.CONFIGURATION_DUPLICATE,
          second.line(),
          second.column(),
          "",
          message + "; this one counts");
    } else if (twice.size() < CappedSink.MOST) {
      Location at = new Location(file, second.line(), second.column());
      twice.add(Diagnostic.error(Code.DUPLICATE_KEY, at, message));
    }
  }

  private void tellTwice() {
    twice.forEach(sink::problem);
    twice.clear();
  }

  private void object(Mapping object) {
    Value items = cluster ? object.get("items").orElse(null) : null;
    if (items == null) {
      if (!says(object, "kind") || !says(object, "apiVersion")) {
        tellTwice();
      } else if (twice.isEmpty()) {
        sink.object(object);
      } else {
        sink.object(object, List.copyOf(twice));
        twice.clear();
      }
      return;
    }
    tellTwice();
    if (items instanceof Sequence list) {
      List<Mapping> nameless = new ArrayList<>();
      for (int i = 0; i < list.items().size(); i++) {
        item(list.items().get(i), object.fields(), i, nameless);
      }
      endOfList(object, nameless);
    } else if (items instanceof Scalar scalar && scalar.kind() == Kind.NULL) {
      endOfList(object, new ArrayList<>());
    } else {
      wrongType(items, "items", "must be a list");
    }
  }

  /// Gives nameless items the list's kind, once that is known.
  private void name(List<Mapping> nameless, List<Field> list) {
    Scalar kind = find(list, "kind");
    Scalar version = find(list, "apiVersion");
    if (kind == null || version == null) {
      return;
    }
    String name = kind.text();
    String singular =
        name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    for (Mapping item : nameless) {
      List<Field> fields = new ArrayList<>(item.fields().size() + 2);
      fields.add(new Field("apiVersion", version, item.line(), item.column()));
      fields.add(
          new Field(
              "kind",
              new Scalar(Kind.STRING, singular, kind.line(), kind.column()),
              item.line(),
              item.column()));
      for (Field field : item.fields()) {
        if (!field.name().equals("kind") && !field.name().equals("apiVersion")) {
          fields.add(field);
        }
      }
      object(new Mapping(fields, item.line(), item.column()));
    }
    nameless.clear();
  }

  private static boolean isNameless(Mapping item) {
    return isAbsent(item.get("kind")) && isAbsent(item.get("apiVersion"));
  }

  private static boolean isAbsent(Optional<Value> value) {
    if (value.isEmpty()) {
      return true;
    }
    return value.get() instanceof Scalar scalar
        && scalar.text().isEmpty()
        && (scalar.kind() == Kind.NULL || scalar.kind() == Kind.STRING);
  }

  private boolean says(Mapping object, String name) {
    Optional<Value> value = object.get(name);
    if (isAbsent(value)) {
      missing(object, name);
      return false;
    }
    if (!(value.get() instanceof Scalar scalar && scalar.kind() == Kind.STRING)) {
      wrongType(value.get(), name, "must be a string");
      return false;
    }
    return true;
  }

  private static @Nullable Scalar find(List<Field> fields, String name) {
    for (Field field : fields) {
      if (field.name().equals(name)) {
        boolean string =
            field.value() instanceof Scalar scalar
                && scalar.kind() == Kind.STRING
                && !scalar.text().isEmpty();
        return string ? (Scalar) field.value() : null;
      }
    }
    return null;
  }

  private void missing(Mapping object, String name) {
    report(
        Severity.ERROR,
        Code.NOT_AN_OBJECT,
        object.line(),
        object.column(),
        name,
        "is missing: every object says its kind and apiVersion");
  }

  private void notAnObject(Value value, String field, String what) {
    report(
        Severity.ERROR,
        Code.NOT_AN_OBJECT,
        value.line(),
        value.column(),
        field,
        "is " + what + ", not an object with kind and apiVersion");
  }

  private void wrongType(Value value, String field, String message) {
    report(Severity.ERROR, Code.WRONG_TYPE, value.line(), value.column(), field, message);
  }

  private void report(
      Severity severity, Code code, int line, int column, String field, String message) {
    Location at = new Location(file, line, column);
    sink.problem(new Diagnostic(severity, code, Optional.of(at), "", field, message));
  }

  private static String article(Kind kind) {
    return switch (kind) {
      case NULL -> "null";
      case BOOLEAN -> "a truth value";
      case INTEGER, FLOAT -> "a number";
      case STRING -> "a string";
    };
  }
}
