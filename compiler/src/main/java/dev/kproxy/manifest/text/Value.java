package dev.kproxy.manifest.text;

import java.util.List;
import java.util.Optional;

/// A value of a document, after YAML has been turned into the JSON that the API server would be
/// sent: aliases and merge keys are resolved, scalars have their JSON type.
public sealed interface Value {
  /// The line of the value's first character, from 1.
  int line();

  /// The column of the value's first character, from 1.
  int column();

  /// An object: its fields in the order of the text, each name once.
  record Mapping(List<Field> fields, int line, int column) implements Value {
    /// The value of the named field, if it is there.
    public Optional<Value> get(String name) {
      for (Field field : fields) {
        if (field.name().equals(name)) {
          return Optional.of(field.value());
        }
      }
      return Optional.empty();
    }
  }

  /// One field of a mapping; the place is that of its name.
  record Field(String name, Value value, int line, int column) {}

  /// A list.
  record Sequence(List<Value> items, int line, int column) implements Value {}

  /// A number, text, truth value or null; `text` is the JSON spelling of numbers and truth values,
  /// the characters themselves of a string, and empty for null.
  record Scalar(Kind kind, String text, int line, int column) implements Value {}

  /// The JSON type of a scalar; numbers are divided as Go's decoder divides them.
  enum Kind {
    /// `null`.
    NULL,
    /// `true` or `false`.
    BOOLEAN,
    /// A number without fraction and exponent, of any size.
    INTEGER,
    /// Any other number.
    FLOAT,
    /// A string.
    STRING
  }
}
