package dev.kproxy.manifest.schema;

import java.util.HashMap;
import java.util.Map;

/// The type of a value, as the Go types of the API declare it. Null fits every type.
sealed interface Schema {
  /// A value without parts.
  enum Leaf implements Schema {
    /// A string.
    TEXT("a text"),
    /// `true` or `false`.
    BOOLEAN("true or false"),
    /// A whole number of 32 bits.
    INT32("a whole number of 32 bits"),
    /// A whole number of 64 bits.
    INT64("a whole number of 64 bits"),
    /// A whole number of 32 bits or a string: `IntOrString`.
    INT32_OR_TEXT("a whole number of 32 bits or a text"),
    /// A number with a unit, as `500m` or `16Gi`.
    QUANTITY("a quantity such as 4, 500m or 16Gi"),
    /// A time as RFC 3339 writes it.
    TIME("a time such as 2026-01-31T12:00:00Z"),
    /// Anything.
    ANY("anything");

    private final String article;

    Leaf(String article) {
      this.article = article;
    }

    @Override
    public String describe() {
      return article;
    }
  }

  /// A list.
  record ListOf(Schema item) implements Schema {
    @Override
    public String describe() {
      return "a list";
    }
  }

  /// A mapping with names of the user's choice.
  record MapOf(Schema value) implements Schema {
    @Override
    public String describe() {
      return "a mapping";
    }
  }

  /// A mapping with known names.
  record Struct(Map<String, Schema> fields) implements Schema {
    @Override
    public String describe() {
      return "a mapping";
    }

    Struct with(String name, Schema type) {
      return with(type, name);
    }

    Struct texts(String... names) {
      return with(Leaf.TEXT, names);
    }

    Struct booleans(String... names) {
      return with(Leaf.BOOLEAN, names);
    }

    Struct int32s(String... names) {
      return with(Leaf.INT32, names);
    }

    Struct int64s(String... names) {
      return with(Leaf.INT64, names);
    }

    Struct times(String... names) {
      return with(Leaf.TIME, names);
    }

    Struct textLists(String... names) {
      return with(new ListOf(Leaf.TEXT), names);
    }

    Struct textMaps(String... names) {
      return with(new MapOf(Leaf.TEXT), names);
    }

    Struct list(String name, Schema item) {
      return with(new ListOf(item), name);
    }

    private Struct with(Schema type, String... names) {
      Map<String, Schema> all = new HashMap<>(fields);
      for (String name : names) {
        all.put(name, type);
      }
      return new Struct(Map.copyOf(all));
    }
  }

  /// A mapping without fields, to add them to.
  static Struct struct() {
    return new Struct(Map.of());
  }

  /// What a value of this type is, with its article.
  String describe();
}
