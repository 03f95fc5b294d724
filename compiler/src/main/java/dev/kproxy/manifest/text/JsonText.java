package dev.kproxy.manifest.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.base.ParserBase;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.kproxy.manifest.text.Value.Kind;
import dev.kproxy.manifest.text.Value.Scalar;
import dev.kproxy.net.Code;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Values of JSON that follow one another, by Jackson's token stream.
final class JsonText {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CHARSET_DETECTION)
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Utf8Reader.LONGEST)
                  .maxNameLength(Utf8Reader.LONGEST)
                  .build())
          .build();

  /// How much of a complaint of the library is passed on.
  private static final int MOST_WORDS = 120;

  private final Origin origin;
  private final TreeBuilder tree;
  private final Strings strings;
  private final boolean yaml;
  private final ParserBase parser;

  /// @param yaml whether kubectl takes this text for YAML, so that 80.0 is 80
  JsonText(InputStream in, Origin origin, TreeBuilder tree, Strings strings, boolean yaml)
      throws IOException {
    this.origin = origin;
    this.tree = tree;
    this.strings = strings;
    this.yaml = yaml;
    parser = (ParserBase) FACTORY.createParser(in);
  }

  /// Reads the next value; false at the end of the text.
  boolean next() throws IOException {
    try {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return false;
      }
      take(token);
      while (tree.depth() > 0) {
        take(parser.nextToken());
      }
      return true;
    } catch (JsonProcessingException e) {
      throw fault(e);
    }
  }

  /// Makes sure that nothing follows the last value.
  void expectEnd() throws IOException {
    try {
      if (parser.nextToken() != null) {
        throw new Fault(Code.SYNTAX, line(), column(), "something follows the end of the object");
      }
    } catch (JsonProcessingException e) {
      throw fault(e);
    }
  }

  /// How many bytes were read up to the last value's end.
  long consumed() {
    return parser.currentLocation().getByteOffset();
  }

  /// Where the last value ended.
  Origin end() {
    JsonLocation at = parser.currentLocation();
    return Origin.of(line(at.getLineNr()), column(at.getLineNr(), at.getColumnNr()));
  }

  private void take(JsonToken token) throws IOException {
    switch (token) {
      case FIELD_NAME -> {
        JsonLocation at = parser.currentTokenLocation();
        tree.name(
            parser.currentName(), line(at.getLineNr()), column(at.getLineNr(), at.getColumnNr()));
      }
      case START_OBJECT -> tree.startMapping(line(), column());
      case START_ARRAY -> tree.startSequence(false, line(), column());
      case END_OBJECT, END_ARRAY -> tree.end();
      case VALUE_STRING -> tree.value(scalar(Kind.STRING, text()));
      case VALUE_NUMBER_INT -> tree.value(number(Kind.INTEGER));
      case VALUE_NUMBER_FLOAT -> tree.value(number(Kind.FLOAT));
      case VALUE_TRUE -> tree.value(scalar(Kind.BOOLEAN, "true"));
      case VALUE_FALSE -> tree.value(scalar(Kind.BOOLEAN, "false"));
      case VALUE_NULL -> tree.value(scalar(Kind.NULL, ""));
      case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("a stream has no " + token);
    }
  }

  private Scalar number(Kind kind) throws IOException {
    return yaml ? YamlScalar.number(text(), line(), column()) : scalar(kind, text());
  }

  private Scalar scalar(Kind kind, String text) {
    return new Scalar(kind, text, line(), column());
  }

  private String text() throws IOException {
    return strings.take(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
  }

  private int line() {
    return line(parser.getTokenLineNr());
  }

  private int column() {
    // the parser has read the token's first byte when it notes the column
    return column(parser.getTokenLineNr(), parser.getTokenColumnNr() - 1);
  }

  private int line(int row) {
    return origin.line(row - 1);
  }

  private int column(int row, int column) {
    return origin.column(row - 1, column - 1);
  }

  private Fault fault(JsonProcessingException e) {
    JsonLocation at = e.getLocation() == null ? parser.currentLocation() : e.getLocation();
    int line = line(Math.max(1, at.getLineNr()));
    int column = column(Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
    if (e instanceof JsonEOFException) {
      return new Fault(Code.SYNTAX, line, column, "the text ends within a value");
    }
    if (!(e instanceof JsonParseException)) {
      return new Fault(Code.LIMIT, line, column, "a name, string or number is too long");
    }
    String message = e.getOriginalMessage();
    Code code = message.startsWith("Invalid UTF-8") ? Code.ENCODING : Code.SYNTAX;
    int end = message.indexOf('\n') < 0 ? message.length() : message.indexOf('\n');
    return new Fault(
        code, line, column, "not JSON: " + message.substring(0, Math.min(end, MOST_WORDS)));
  }

  /// Makes equal short strings one object, as far as a table of fixed size goes: clusters say
  /// `ready`, `TCP` and the names of nodes a hundred thousand times.
  static final class Strings {
    private static final int SIZE = 1 << 10;
    private static final int LONGEST = 32;

    private final @Nullable String[] slots = new @Nullable String[SIZE];

    /// A string with these characters. Halves of surrogate pairs, which JSON can spell and UTF-8
    /// cannot, become U+FFFD as in Go.
    String take(char[] characters, int offset, int length) {
      if (length > LONGEST) {
        return whole(new String(characters, offset, length));
      }
      int hash = 0;
      for (int i = offset; i < offset + length; i++) {
        hash = 31 * hash + characters[i];
      }
      int slot = slot(hash);
      String known = slots[slot];
      if (known != null && isSame(known, characters, offset, length)) {
        return known;
      }
      String made = whole(new String(characters, offset, length));
      slots[slot] = made;
      return made;
    }

    private static int slot(int hash) {
      return (hash ^ (hash >>> 15)) & (SIZE - 1);
    }

    private static boolean isSame(String known, char[] characters, int offset, int length) {
      if (known.length() != length) {
        return false;
      }
      for (int i = 0; i < length; i++) {
        if (known.charAt(i) != characters[offset + i]) {
          return false;
        }
      }
      return true;
    }

    private static String whole(String string) {
      return !Utf8Reader.isBroken(string)
          ? string
          : string
              .codePoints()
              .map(c -> Utf8Reader.isSurrogate(c) ? 0xFFFD : c)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
    }
  }
}
