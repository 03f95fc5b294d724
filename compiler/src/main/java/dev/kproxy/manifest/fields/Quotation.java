package dev.kproxy.manifest.fields;

import dev.kproxy.net.Printable;

/// Values of an input, made short and harmless for a message.
///
/// Only letters, digits and the punctuation of names and addresses are repeated: what a value holds
/// beyond its first other character is where an attack would stand.
public final class Quotation {
  private static final int LIMIT = 64;

  private Quotation() {}

  /// The text in double quotes, cut at its first unusual character.
  public static String of(String text) {
    return Printable.quote(bare(text));
  }

  /// The text cut at its first unusual character.
  public static String bare(String text) {
    int end = 0;
    while (end < text.length() && end < LIMIT && isUsual(text.charAt(end))) {
      end++;
    }
    return end == text.length() ? text : text.substring(0, end) + "…";
  }

  private static boolean isUsual(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-_./:+%,[]".indexOf(c) >= 0;
  }
}
