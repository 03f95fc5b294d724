package dev.kproxy.manifest.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.manifest.text.Value.Field;
import dev.kproxy.manifest.text.Value.Kind;
import dev.kproxy.manifest.text.Value.Scalar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Values of JSON text, for tests that are not about reading text.
final class JsonValues {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private JsonValues() {}

  static Value.Mapping parse(String json) {
    try (JsonParser parser = FACTORY.createParser(json)) {
      parser.nextToken();
      return (Value.Mapping) value(parser);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Value value(JsonParser parser) throws IOException {
    int line = parser.currentTokenLocation().getLineNr();
    int column = parser.currentTokenLocation().getColumnNr();
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        List<Field> fields = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          int nameLine = parser.currentTokenLocation().getLineNr();
          int nameColumn = parser.currentTokenLocation().getColumnNr();
          parser.nextToken();
          fields.add(new Field(name, value(parser), nameLine, nameColumn));
        }
        yield new Value.Mapping(fields, line, column);
      }
      case START_ARRAY -> {
        List<Value> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield new Value.Sequence(items, line, column);
      }
      case VALUE_STRING -> new Scalar(Kind.STRING, parser.getText(), line, column);
      case VALUE_NUMBER_INT -> new Scalar(Kind.INTEGER, parser.getText(), line, column);
      case VALUE_NUMBER_FLOAT -> new Scalar(Kind.FLOAT, parser.getText(), line, column);
      case VALUE_TRUE, VALUE_FALSE -> new Scalar(Kind.BOOLEAN, parser.getText(), line, column);
      default -> new Scalar(Kind.NULL, "", line, column);
    };
  }
}
