package dev.kproxy.cli.render;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Collection;

/// An array of strings in a JSON document.
public final class TextArray {
  private TextArray() {}

  /// Writes it as a field of the open object.
  ///
  /// @param elements names, addresses and the like: what they print is written
  public static void write(JsonGenerator json, String field, Collection<?> elements)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (Object element : elements) {
      json.writeString(element.toString());
    }
    json.writeEndArray();
  }
}
