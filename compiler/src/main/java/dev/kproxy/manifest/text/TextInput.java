package dev.kproxy.manifest.text;

import dev.kproxy.net.Code;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// The bytes of a file as a series of documents: a stream that ends where the next document begins.
///
/// kubectl cuts a text into documents before it looks at YAML at all: at every line that begins
/// with `---`, of which the rest may only be blank or a comment. What is tried as JSON first can be
/// read again from the place that was held, as long as not more than [#KEPT] bytes lie behind it.
final class TextInput extends InputStream {
  /// How much of a document is kept for another try, in bytes.
  static final int KEPT = 1 << 20;

  /// How far ahead kubectl looks for the brace that tells JSON from YAML, in bytes.
  private static final int SNIFFED = 4096;

  /// How much is always kept behind the position: what a parser may have read beyond a value.
  private static final int BEHIND = 1 << 14;

  private final InputStream in;
  private byte[] buffer = new byte[1 << 16];

  /// The offset of the buffer's first byte in the file.
  private long base;

  /// Indices into the buffer: `position` is what is given next, all up to `known` belongs to the
  /// document, `limit` is the end of what was read. `held` is negative where nothing is held.
  private int position;

  private int known;
  private int limit;
  private int held = -1;

  private boolean exhausted;
  private boolean split;

  /// Whether a separator stands at `known`.
  private boolean bounded;

  /// The line of `known`, once the text is split.
  private int line;

  private Origin origin;

  /// @param origin where the text begins
  TextInput(InputStream in, Origin origin) {
    this.in = in;
    this.origin = origin;
  }

  /// Where the document begins.
  Origin origin() {
    return origin;
  }

  /// From here on the text is a series of documents. Blanks up to a line's end are passed over, as
  /// they may stand between JSON and the first separator.
  ///
  /// @param here where the position is
  void split(Origin here) throws IOException {
    split = true;
    known = position;
    line = here.line();
    int column = here.column();
    while (column > 1 && ensure(1) && isBlank(buffer[position])) {
      column++;
      known = ++position;
    }
    if (column > 1 && ensure(1) && buffer[position] == '\n') {
      column = 1;
      line++;
      known = ++position;
    }
    bounded = isSeparator();
    origin = Origin.of(line, column);
  }

  /// Goes to the next document, past the rest of this one and all separators; false at the end.
  ///
  /// @throws Fault at a separator with content behind it; the next call goes on after it
  boolean next() throws IOException {
    release();
    while (!bounded) {
      position = known;
      if (!scan()) {
        return false;
      }
    }
    while (bounded) {
      position = known;
      skipSeparator();
    }
    origin = Origin.of(line, 1);
    return true;
  }

  /// The first byte of the document that is not blank, as far as kubectl looks for it; else 0.
  byte first() throws IOException {
    for (int ahead = 0; ahead < SNIFFED; ahead++) {
      while (known - position <= ahead) {
        if (bounded || !scan()) {
          return 0;
        }
      }
      byte b = buffer[position + ahead];
      if (!isBlank(b) && b != '\n') {
        return b;
      }
    }
    return 0;
  }

  /// How many bytes of the file come before the position.
  long offset() {
    return base + position;
  }

  /// Keeps what follows this offset, which is at most [#BEHIND] bytes back, for another try.
  void hold(long offset) {
    held = Math.max(0, (int) (offset - base));
  }

  /// Gives up what was held.
  void release() {
    held = -1;
  }

  /// Whether [#rewind()] is still possible.
  boolean isHeld() {
    return held >= 0;
  }

  /// Goes back to where [#hold(long)] was called.
  void rewind() {
    position = held;
  }

  @Override
  public int read() throws IOException {
    return available(1) ? buffer[position++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (!available(1)) {
      return -1;
    }
    int count = Math.min(length, known - position);
    System.arraycopy(buffer, position, target, offset, count);
    position += count;
    return count;
  }

  private boolean available(int count) throws IOException {
    while (known - position < count) {
      if (bounded || !scan()) {
        return false;
      }
    }
    return true;
  }

  /// Finds out how far the document goes on; false if it ends here with the file.
  private boolean scan() throws IOException {
    while (limit - known < 4 && fill()) {}
    if (known == limit) {
      return false;
    }
    if (!split) {
      known = limit;
      return true;
    }
    int end = exhausted ? limit : limit - 3;
    byte[] bytes = buffer;
    int i = known;
    while (i < end) {
      if (bytes[i++] == '\n') {
        line++;
        if (isSeparator(i)) {
          bounded = true;
          break;
        }
      }
    }
    known = i;
    return true;
  }

  /// Passes over the separator at the position and its line.
  private void skipSeparator() throws IOException {
    int here = line;
    int column = 4;
    int wrong = 0;
    boolean comment = false;
    known = position += 3;
    while (ensure(1)) {
      byte b = buffer[position];
      known = ++position;
      if (b == '\n') {
        line++;
        break;
      }
      comment |= b == '#';
      if (!comment && !isBlank(b) && wrong == 0) {
        wrong = column;
      }
      column++;
    }
    bounded = isSeparator();
    if (wrong != 0) {
      throw new Fault(
          Code.SYNTAX, here, wrong, "only a comment may follow the separator --- in its line");
    }
  }

  private boolean isSeparator() throws IOException {
    return ensure(3) && isSeparator(position);
  }

  private boolean isSeparator(int i) {
    return i + 3 <= limit && buffer[i] == '-' && buffer[i + 1] == '-' && buffer[i + 2] == '-';
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\f' || b == 0x0B;
  }

  /// Whether so many bytes of the file can be looked at from the position on.
  private boolean ensure(int count) throws IOException {
    while (limit - position < count) {
      if (!fill()) {
        return false;
      }
    }
    return true;
  }

  private boolean fill() throws IOException {
    if (exhausted) {
      return false;
    }
    if (held >= 0 && limit - held > KEPT) {
      held = -1;
    }
    if (limit == buffer.length) {
      makeRoom();
    }
    int count = in.read(buffer, limit, buffer.length - limit);
    exhausted = count < 0;
    limit += Math.max(0, count);
    return !exhausted;
  }

  private void makeRoom() {
    int from = Math.max(0, (held >= 0 ? held : position) - BEHIND);
    if (from < buffer.length / 2) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
      return;
    }
    System.arraycopy(buffer, from, buffer, 0, limit - from);
    base += from;
    position -= from;
    known -= from;
    limit -= from;
    held = held >= 0 ? held - from : -1;
  }
}
