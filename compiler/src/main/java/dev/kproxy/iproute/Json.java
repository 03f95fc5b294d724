package dev.kproxy.iproute;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JSON value.
///
/// @param text of a string, a number, `true`, `false` or `null`; else empty
/// @param fields of an object, by name; of those with the same name the first, because iproute2
///   gives a route `dst` once more for what encapsulates it
/// @param items of an array
/// @param line where it begins, counted from 1, as the column
record Json(String text, Map<String, Json> fields, List<Json> items, int line, int column) {
  private static final Json ABSENT = new Json("", Map.of(), List.of(), 1, 1);

  /// The objects in the arrays that the text consists of, one after the other: what `ip -j route;
  /// ip -j -6 route` prints are two.
  ///
  /// @throws IOException where it is no JSON, or deeper than Jackson reads
  static List<Json> objects(String text) throws IOException {
    List<Json> objects = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      while (parser.nextToken() != null) {
        objects.addAll(read(parser).items());
      }
    }
    return objects;
  }

  private static Json read(JsonParser parser) throws IOException {
    int line = parser.currentTokenLocation().getLineNr();
    int column = parser.currentTokenLocation().getColumnNr();
    Map<String, Json> fields = new LinkedHashMap<>();
    List<Json> items = new ArrayList<>();
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        fields.putIfAbsent(name, read(parser));
      }
    } else if (parser.currentToken() == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(read(parser));
      }
    } else {
      return new Json(parser.getText(), fields, items, line, column);
    }
    return new Json("", fields, items, line, column);
  }

  boolean has(String name) {
    return fields.containsKey(name);
  }

  /// The value of a field; an empty one where there is none.
  Json field(String name) {
    return fields.getOrDefault(name, ABSENT);
  }

  /// The text of a field; empty where there is none.
  String text(String name) {
    return field(name).text();
  }

  /// The texts of the items of a field.
  List<String> texts(String name) {
    return field(name).items().stream().map(Json::text).toList();
  }
}
