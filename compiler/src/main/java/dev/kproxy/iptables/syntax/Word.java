package dev.kproxy.iptables.syntax;

import dev.kproxy.net.Code;
import dev.kproxy.net.Placed;
import dev.kproxy.net.Printable;
import dev.kproxy.net.SyntaxException;
import java.util.ArrayList;
import java.util.List;

/// A word of a rule, as iptables-restore splits a line.
///
/// @param column where it begins, counted from 1
/// @param quoted whether it stood in double quotes
public record Word(String text, int column, boolean quoted) implements Placed {
  /// The words from `from` on. Blanks and tabs part words; double quotes hold them together, and
  /// inside them a backslash takes the next character as it is. A closing quote ends the word. All
  /// other characters, `#` and `'` included, stand for themselves.
  public static List<Word> split(String line, int from) throws SyntaxException {
    List<Word> words = new ArrayList<>();
    int i = from;
    while (i < line.length()) {
      char c = line.charAt(i);
      if (c == ' ' || c == '\t') {
        i++;
        continue;
      }
      int start = i;
      while (i < line.length() && !endsBareWord(line.charAt(i))) {
        i++;
      }
      String text = line.substring(start, i);
      boolean quoted = i < line.length() && line.charAt(i) == '"';
      if (quoted) {
        StringBuilder rest = new StringBuilder(text);
        i = unquote(line, i, rest);
        text = rest.toString();
      }
      words.add(new Word(text, start + 1, quoted));
    }
    return words;
  }

  private static boolean endsBareWord(char c) {
    return c == ' ' || c == '\t' || c == '"';
  }

  private static int unquote(String line, int opening, StringBuilder out) throws SyntaxException {
    for (int i = opening + 1; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      if (c == '\\' && i + 1 < line.length()) {
        i++;
      }
      out.append(line.charAt(i));
    }
    throw new SyntaxException(Code.RULE_SYNTAX, opening + 1, "a quote that is never closed");
  }

  /// Whether the word is an option, `-x` or `--xyz`.
  public boolean isOption() {
    return !quoted && text.length() > 1 && text.charAt(0) == '-';
  }

  /// Whether the word is the `!` that inverts what follows.
  public boolean isBang() {
    return !quoted && text.equals("!");
  }

  /// Whether the word may be a name, which iptables-save prints without quotes: of a chain, an
  /// interface, a match or a target.
  public boolean isName() {
    return isBare(text) && !text.startsWith("-") && !text.startsWith("!");
  }

  /// Whether a text without quotes around it is one word, and no more than that.
  public static boolean isBare(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (endsBareWord(c) || Character.isISOControl(c)) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /// The word in quotes, fit for a message.
  public String shown() {
    return Printable.quote(text);
  }
}
