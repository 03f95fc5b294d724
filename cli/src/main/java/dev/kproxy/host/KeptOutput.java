package dev.kproxy.host;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/// What is kept of a tool's output: all of it, or those of its lines that somebody wants, as long
/// as there is room.
final class KeptOutput {
  private final Predicate<String> wanted;
  private final int limit;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean flooded;

  /// @param wanted which lines are kept, each without its end
  /// @param limit how many bytes there is room for, and for one line besides
  KeptOutput(Predicate<String> wanted, int limit) {
    this.wanted = wanted;
    this.limit = limit;
  }

  /// Takes what came next.
  ///
  /// @return whether there was room for it
  boolean take(byte[] bytes, int length) {
    if (wanted.equals(ToolCall.ALL)) {
      add(kept, bytes, 0, length);
      return !flooded;
    }
    int from = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        add(line, bytes, from, i + 1 - from);
        endLine();
        from = i + 1;
      }
    }
    add(line, bytes, from, length - from);
    return !flooded;
  }

  /// Takes the last line, which may lack its end.
  void end() {
    endLine();
  }

  private void endLine() {
    byte[] bytes = line.toByteArray();
    line.reset();
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (bytes.length > 0 && wanted.test(text.stripTrailing())) {
      add(kept, bytes, 0, bytes.length);
    }
  }

  private void add(ByteArrayOutputStream to, byte[] bytes, int from, int length) {
    int room = Math.min(length, limit - to.size());
    to.write(bytes, from, room);
    flooded |= room < length;
  }

  /// Whether there was more than there is room for.
  boolean isFlooded() {
    return flooded;
  }

  /// What was kept; bytes that are no UTF-8 became U+FFFD.
  @Override
  public String toString() {
    return kept.toString(StandardCharsets.UTF_8);
  }
}
