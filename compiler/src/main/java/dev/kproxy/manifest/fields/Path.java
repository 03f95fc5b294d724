package dev.kproxy.manifest.fields;

import org.jspecify.annotations.Nullable;

/// The path of a field, kept as a chain to the root so that it costs nothing until it is printed.
///
/// @param parent the path of what holds this; null for the root
/// @param name the field's name; empty where this is an item of a list
/// @param index the item's index; -1 where this is a field
public record Path(@Nullable Path parent, String name, int index) {
  /// The object itself; it prints as nothing.
  public static final Path ROOT = new Path(null, "", -1);

  /// The path of a field of what this is the path of.
  public Path field(String field) {
    return new Path(this, field, -1);
  }

  /// The path of an item of the list that this is the path of.
  public Path item(int item) {
    return new Path(this, "", item);
  }

  /// `spec.ports[0].port`.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    print(out, true);
    return out.toString();
  }

  /// `spec.ports[].port`: the same for all items of a list.
  String pattern() {
    StringBuilder out = new StringBuilder();
    print(out, false);
    return out.toString();
  }

  private void print(StringBuilder out, boolean indexed) {
    if (parent == null) {
      return;
    }
    parent.print(out, indexed);
    if (index >= 0) {
      out.append('[').append(indexed ? Integer.toString(index) : "").append(']');
    } else {
      out.append(out.isEmpty() ? "" : ".").append(Quotation.bare(name));
    }
  }
}
