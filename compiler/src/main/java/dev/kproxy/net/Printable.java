package dev.kproxy.net;

/// Text of strangers, made fit for a terminal and a log.
public final class Printable {
  /// The longest quotation of an input, in characters.
  private static final int QUOTE_LIMIT = 120;

  private Printable() {}

  /// The text with control characters, line separators, bidirectional overrides and lone surrogates
  /// written as escapes: `\n`, or `\x{202e}` by number.
  public static String escape(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (isUnsafe(c)) {
        out = out == null ? new StringBuilder(text.substring(0, i)) : out;
        out.append(
            switch (c) {
              case '\n' -> "\\n";
              case '\r' -> "\\r";
              case '\t' -> "\\t";
              default -> "\\x{" + Integer.toHexString(c) + "}";
            });
      } else if (out != null) {
        out.appendCodePoint(c);
      }
      i = next;
    }
    return out == null ? text : out.toString();
  }

  /// The text in double quotes, escaped and cut to a length that fits a line.
  public static String quote(String text) {
    String shown = text.length() <= QUOTE_LIMIT ? text : text.substring(0, QUOTE_LIMIT) + "…";
    return "\"" + escape(shown) + "\"";
  }

  private static boolean isUnsafe(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }
}
