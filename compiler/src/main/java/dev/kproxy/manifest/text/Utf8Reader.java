package dev.kproxy.manifest.text;

import dev.kproxy.net.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;

/// The characters of a document in UTF-8, of which every one is fit for YAML: anything else is a
/// [Fault] that knows its place.
final class Utf8Reader extends Reader {
  /// The longest stretch of text that may pass without an event of the parser: nothing that the API
  /// server could store has longer strings.
  static final int LONGEST = 1 << 21;

  private final InputStream in;
  private final Origin origin;
  private final byte[] buffer = new byte[1 << 13];
  private int position;
  private int limit;
  private char lowSurrogate;

  private int line;
  private int column;
  private int sinceEvent;

  /// @param origin where the document stands in its file
  Utf8Reader(InputStream in, Origin origin) {
    this.in = in;
    this.origin = origin;
  }

  /// Tells that the parser made something of what it has read.
  void progress() {
    sinceEvent = 0;
  }

  /// A fault at the place up to which was read.
  Fault fault(Code code, String message) {
    return new Fault(code, origin.line(line), origin.column(line, column), message);
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    byte[] bytes = buffer;
    int end = offset + length;
    int at = offset;
    while (at < end) {
      if (lowSurrogate != 0) {
        target[at++] = lowSurrogate;
        lowSurrogate = 0;
        continue;
      }
      if (position == limit && !fill()) {
        break;
      }
      int stop = Math.min(limit, position + end - at);
      int from = position;
      while (from < stop && bytes[from] >= ' ' && bytes[from] != 0x7F) {
        target[at++] = (char) bytes[from++];
      }
      column += from - position;
      position = from;
      if (from < stop) {
        target[at++] = special();
      }
    }
    sinceEvent += at - offset;
    if (sinceEvent > LONGEST) {
      throw fault(Code.LIMIT, "more than 2 MiB of text without a value in it");
    }
    return at == offset ? -1 : at - offset;
  }

  @Override
  public void close() {
    // the input goes on after this document
  }

  private boolean fill() throws IOException {
    int rest = limit - position;
    System.arraycopy(buffer, position, buffer, 0, rest);
    position = 0;
    limit = rest;
    int count = in.read(buffer, limit, buffer.length - limit);
    limit += Math.max(0, count);
    return count > 0;
  }

  /// The character at the position, which is none of printable ASCII. Of a pair, the first half.
  private char special() throws IOException {
    int first = buffer[position] & 0xFF;
    if (first < 0x80) {
      position++;
      switch (first) {
        case '\n' -> {
          line++;
          column = 0;
        }
        case '\t', '\r' -> column++;
        default -> throw notAllowed(first);
      }
      return (char) first;
    }
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    while (limit - position < length && fill()) {}
    int c = decode(first, length);
    position += length;
    if (c != 0x85 && (c < 0xA0 || c == 0xFFFE || c == 0xFFFF)) {
      throw notAllowed(c);
    }
    column++;
    if (Character.isSupplementaryCodePoint(c)) {
      lowSurrogate = Character.lowSurrogate(c);
      return Character.highSurrogate(c);
    }
    return (char) c;
  }

  private int decode(int first, int length) {
    int c = first & (0x7F >> length);
    boolean good = first >= 0xC2 && first <= 0xF4 && limit - position >= length;
    for (int i = 1; good && i < length; i++) {
      byte next = buffer[position + i];
      good = (next & 0xC0) == 0x80;
      c = (c << 6) | (next & 0x3F);
    }
    int least = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    if (!good || c < least || c > Character.MAX_CODE_POINT || isSurrogate(c)) {
      boolean utf16 = line + column == 0 && first >= 0xFE;
      throw fault(
          Code.ENCODING,
          utf16
              ? "the text is UTF-16 and has to be saved as UTF-8"
              : "byte 0x%02X here is not UTF-8".formatted(first));
    }
    return c;
  }

  /// Whether halves of surrogate pairs stand alone in a string, which no UTF-8 can hold.
  static boolean isBroken(String string) {
    for (int i = 0; i < string.length(); i++) {
      if (Character.isSurrogate(string.charAt(i))) {
        return string.codePoints().anyMatch(Utf8Reader::isSurrogate);
      }
    }
    return false;
  }

  /// Whether this is no character but half of one in UTF-16.
  static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  private Fault notAllowed(int c) {
    return fault(Code.ENCODING, "control character U+%04X is not allowed".formatted(c));
  }
}
