package dev.kproxy.manifest.fields;

import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Code;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A mapping of an object's document, under its path: typed access to its fields, and faults that
/// name them.
///
/// As in Go's decoder, null is the same as absent. A value of another type than the one that is
/// asked for reads as absent, too: objects are held against their kind's types first.
public final class Fields {
  private final Report report;
  private final Path path;
  private final Value.Mapping mapping;

  private Fields(Report report, Path path, Value.Mapping mapping) {
    this.report = report;
    this.path = path;
    this.mapping = mapping;
  }

  /// The fields of a whole object.
  public static Fields of(Value.Mapping object, Report report) {
    return new Fields(report, Path.ROOT, object);
  }

  /// What is said of the object that these fields belong to.
  public Report report() {
    return report;
  }

  /// Whether the field is there and not null.
  public boolean has(String name) {
    return find(name) != null;
  }

  /// A mapping; empty where it is absent.
  public Fields object(String name) {
    Value value = find(name);
    return new Fields(
        report, path.field(name), value instanceof Value.Mapping m ? m : empty(mapping));
  }

  /// The mappings of a list; an item that is null is empty.
  public List<Fields> objects(String name) {
    List<Value> items = items(name);
    if (items.isEmpty()) {
      return List.of();
    }
    Path list = path.field(name);
    List<Fields> fields = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      Value item = items.get(i);
      Value.Mapping content = item instanceof Value.Mapping m ? m : empty(item);
      fields.add(new Fields(report, list.item(i), content));
    }
    return fields;
  }

  /// How many items a list has.
  public int size(String name) {
    return items(name).size();
  }

  /// A text; empty where it is absent.
  public String text(String name) {
    return scalar(name, Value.Kind.STRING);
  }

  /// A text, or what stands for it where it is absent or empty.
  public String text(String name, String absent) {
    String text = text(name);
    return text.isEmpty() ? absent : text;
  }

  /// The texts of a list; an item that is null is empty.
  public List<String> texts(String name) {
    List<Value> items = items(name);
    if (items.isEmpty()) {
      return List.of();
    }
    List<String> texts = new ArrayList<>(items.size());
    for (Value item : items) {
      texts.add(text(item));
    }
    return texts;
  }

  /// A number of 32 bits, or what stands for it where it is absent.
  public int number(String name, int absent) {
    String text = scalar(name, Value.Kind.INTEGER);
    return text.isEmpty() ? absent : Integer.parseInt(text);
  }

  /// Whether a whole number of any size is there and less than 0.
  public boolean isNegative(String name) {
    String text = scalar(name, Value.Kind.INTEGER);
    return text.startsWith("-") && !text.equals("-0");
  }

  /// A truth value, or what stands for it where it is absent.
  public boolean flag(String name, boolean absent) {
    String text = scalar(name, Value.Kind.BOOLEAN);
    return text.isEmpty() ? absent : text.equals("true");
  }

  /// The fields of a mapping with names of the user's choice, in the order of the text: labels,
  /// annotations, a selector.
  public List<Value.Field> entries(String name) {
    return find(name) instanceof Value.Mapping m ? m.fields() : List.of();
  }

  /// The text of a field of an object that is not held against any types.
  public static String text(Value.Mapping object, String name) {
    return object.get(name).map(Fields::text).orElse("");
  }

  /// The text of a value, empty for anything that is none.
  public static String text(Value value) {
    return value instanceof Value.Scalar s && s.kind() == Value.Kind.STRING ? s.text() : "";
  }

  /// Faults a text that is there and has not the form.
  public void checkForm(String name, Form form) {
    Value value = find(name);
    if (value != null && !form.fits(text(value))) {
      fault(Code.INVALID, name, Quotation.of(text(value)) + " " + form.rule());
    }
  }

  /// Faults a text that is there and is none of those allowed.
  public void checkOneOf(String name, List<String> allowed) {
    if (has(name) && !allowed.contains(text(name))) {
      notSupported(name, allowed);
    }
  }

  /// Faults a text as none of those allowed.
  public void notSupported(String name, List<String> allowed) {
    String message = Quotation.of(text(name)) + " is none of " + String.join(", ", allowed);
    fault(Code.NOT_SUPPORTED, name, message);
  }

  /// Faults a number that is no port.
  public void checkPort(String name) {
    int port = number(name, 0);
    if (port < 1 || port > 65535) {
      fault(Code.INVALID, name, port + " is not between 1 and 65535");
    }
  }

  /// Faults a list that is longer than allowed.
  ///
  /// @return whether it is short enough
  public boolean checkSize(String name, int limit) {
    if (size(name) <= limit) {
      return true;
    }
    fault(Code.TOO_LONG, name, "has " + size(name) + " items, more than " + limit);
    return false;
  }

  /// Reports a fault of a field, at its value where it has one.
  public void fault(Code code, String name, String message) {
    report.fault(code, placeOf(name), path.field(name).toString(), message);
  }

  /// Reports a fault of an item of a list.
  public void fault(Code code, String name, int index, String message) {
    report.fault(code, itemOf(name, index), path.field(name).item(index).toString(), message);
  }

  /// Reports a fault of an entry of a mapping with names of the user's choice.
  public void fault(Code code, String name, Value.Field entry, String message) {
    String key = Form.QUALIFIED_NAME.fits(entry.name()) ? "[" + entry.name() + "]" : "";
    report.fault(code, entry.value(), path.field(name) + key, message);
  }

  /// Reports a fault of the whole mapping.
  public void fault(Code code, String message) {
    report.fault(code, mapping, path.toString(), message);
  }

  /// Reports a note on a field.
  public void note(Code code, String name, String message) {
    report.note(code, placeOf(name), path.field(name).toString(), message);
  }

  /// Reports a note on an item of a list.
  public void note(Code code, String name, int index, String message) {
    report.note(code, itemOf(name, index), path.field(name).item(index).toString(), message);
  }

  private Value placeOf(String name) {
    return mapping.get(name).orElse(mapping);
  }

  private Value itemOf(String name, int index) {
    List<Value> items = items(name);
    return index < items.size() ? items.get(index) : placeOf(name);
  }

  private List<Value> items(String name) {
    return find(name) instanceof Value.Sequence s ? s.items() : List.of();
  }

  private String scalar(String name, Value.Kind kind) {
    return find(name) instanceof Value.Scalar s && s.kind().equals(kind) ? s.text() : "";
  }

  private @Nullable Value find(String name) {
    List<Value.Field> fields = mapping.fields();
    for (int i = 0; i < fields.size(); i++) {
      Value.Field field = fields.get(i);
      if (field.name().equals(name)) {
        return isNull(field.value()) ? null : field.value();
      }
    }
    return null;
  }

  private static Value.Mapping empty(Value place) {
    return new Value.Mapping(List.of(), place.line(), place.column());
  }

  private static boolean isNull(Value value) {
    return value instanceof Value.Scalar s && s.kind() == Value.Kind.NULL;
  }
}
