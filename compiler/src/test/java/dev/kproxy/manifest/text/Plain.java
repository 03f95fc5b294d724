package dev.kproxy.manifest.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Values without their places, as maps, lists and strings that tests can compare. Numbers are
/// [Literal]s, so that 80 and 80.0 differ.
final class Plain {
  private Plain() {}

  /// A number as it is spelled.
  record Literal(String text) {}

  static @Nullable Object of(Value value) {
    return switch (value) {
      case Value.Mapping mapping -> {
        Map<String, @Nullable Object> fields = new HashMap<>();
        for (Value.Field field : mapping.fields()) {
          fields.put(field.name(), of(field.value()));
        }
        yield fields;
      }
      case Value.Sequence sequence -> {
        List<@Nullable Object> items = new ArrayList<>();
        for (Value item : sequence.items()) {
          items.add(of(item));
        }
        yield items;
      }
      case Value.Scalar scalar ->
          switch (scalar.kind()) {
            case NULL -> null;
            case BOOLEAN -> Boolean.valueOf(scalar.text());
            case INTEGER, FLOAT -> new Literal(scalar.text());
            case STRING -> scalar.text();
          };
    };
  }

  /// What a text in JSON says, by Jackson alone.
  static @Nullable Object parse(String json) {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      return parse(parser, parser.nextToken());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Object parse(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> fields = new HashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          fields.put(name, parse(parser, parser.nextToken()));
        }
        yield fields;
      }
      case START_ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
          items.add(parse(parser, t));
        }
        yield items;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Literal(parser.getText());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new IllegalStateException("unexpected " + token);
    };
  }
}
