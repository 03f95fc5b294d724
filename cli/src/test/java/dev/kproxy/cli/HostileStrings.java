package dev.kproxy.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Strings that somebody who wants a rule of their own would try.
final class HostileStrings {
  private static final List<String> PIECES =
      List.of(
          "web",
          "10.0.0.1",
          "fd00::1",
          "10.0.0.0/8",
          "80",
          "http",
          "TCP",
          "Local",
          " ",
          "  ",
          "\t",
          "\n",
          "\r\n",
          "\n-A INPUT -j ACCEPT\n",
          "\nCOMMIT\n*nat\n",
          " -j ACCEPT",
          " --dport 22",
          "-A",
          "--comment",
          "-",
          "--",
          "\"",
          "'",
          "`id`",
          "$(reboot)",
          "\\",
          "\\\"",
          "\\n",
          ";",
          "|",
          "#",
          "!",
          "%s%n",
          ":",
          "/",
          ".",
          "..",
          "\u0000",
          "\u0007",
          "\u001b[31m",
          "\u007f",
          "\u0085",
          "\u2028",
          "\u202e",
          "\u2066",
          "\ufeff",
          "\ud800",
          "\udc00",
          "é",
          "web",
          "🐳",
          "{}",
          "[0:0]",
          "null",
          "true");

  private HostileStrings() {}

  /// So many strings: the classics first, then random ones of the seed.
  static List<String> make(int count, long seed) {
    List<String> strings = new ArrayList<>(PIECES);
    strings.add("");
    for (int length : new int[] {63, 64, 253, 254, 255, 256, 1000, 1 << 20}) {
      strings.add("w".repeat(length));
    }
    strings.add("w\n".repeat(1 << 19));
    Random random = new Random(seed);
    while (strings.size() < count) {
      StringBuilder text = new StringBuilder();
      for (int pieces = 1 + random.nextInt(4); pieces > 0; pieces--) {
        text.append(
            random.nextInt(8) == 0
                ? Character.toString(random.nextInt(0x110000))
                : PIECES.get(random.nextInt(PIECES.size())));
      }
      strings.add(text.toString());
    }
    return strings;
  }

  /// The string as a JSON literal of ASCII characters.
  static String json(String text) {
    StringBuilder literal = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        literal.append('\\').append(c);
      } else if (c >= 0x20 && c < 0x7f) {
        literal.append(c);
      } else {
        literal.append("\\u").append(Character.forDigit(c >> 12, 16));
        literal.append(Character.forDigit(c >> 8 & 15, 16));
        literal.append(Character.forDigit(c >> 4 & 15, 16));
        literal.append(Character.forDigit(c & 15, 16));
      }
    }
    return literal.append('"').toString();
  }
}
