package dev.kproxy.manifest.fields;

import org.jspecify.annotations.Nullable;

/// The path of a field, kept as a chain to the root so that it costs nothing until it is printed.
///
/// @param parent the path of what holds this; null for the root
/// @param name the field's name; empty where this is an item of a list
/// @param index the item's index; -1 where this is a field
record Path(@Nullable Path parent, String name, int index) {
  /// The object itself; it prints as nothing.
  static final Path ROOT = new Path(null, "", -1);

  Path field(String field) {
    return new Path(this, field, -1);
  }

  Path item(int item) {
    return new Path(this, "", item);
  }

  /// `spec.ports[0].port`; the names are those of the text, so that a hostile one is the reader's
  /// to escape.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    print(out);
    return out.toString();
  }

  private void print(StringBuilder out) {
    if (parent == null) {
      return;
    }
    parent.print(out);
    if (index >= 0) {
      out.append('[').append(index).append(']');
    } else {
      out.append(out.isEmpty() ? "" : ".").append(name);
    }
  }
}
