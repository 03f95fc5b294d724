package dev.kproxy.ipset;

import dev.kproxy.net.Code;
import dev.kproxy.net.SyntaxException;

/// The words of one line, one after the other. Blanks part them; a word that begins with a double
/// quote ends with the next one. All other characters stand for themselves, since names of sets may
/// hold any.
final class Words {
  private final String line;
  private int next;
  private boolean exist;

  Words(String line, int from) {
    this.line = line;
    this.next = from;
  }

  /// Whether there are more words, but for `-exist`, which may stand anywhere.
  boolean hasNext() {
    while (true) {
      skipBlanks();
      int end = end();
      if (!isExist(line.substring(next, end))) {
        return next < line.length();
      }
      exist = true;
      next = end;
    }
  }

  /// Whether a word is this option, wherever it stands.
  static boolean isExist(String word) {
    return word.equals("-exist") || word.equals("--exist") || word.equals("-!");
  }

  /// Whether `-exist` stood among the words that were read.
  boolean exist() {
    return exist;
  }

  /// The next word.
  ///
  /// @param what it is, for the message where it is missing
  Word next(String what) throws SyntaxException {
    if (!hasNext()) {
      throw new SyntaxException(Code.RULE_SYNTAX, line.length() + 1, what + " is missing");
    }
    int start = next;
    if (line.charAt(start) != '"') {
      next = end();
      return new Word(line.substring(start, next), start + 1, false);
    }
    int close = line.indexOf('"', start + 1);
    if (close < 0) {
      throw new SyntaxException(Code.RULE_SYNTAX, start + 1, "a quote that is never closed");
    }
    next = close + 1;
    return new Word(line.substring(start + 1, close), start + 1, true);
  }

  private void skipBlanks() {
    while (next < line.length() && isBlank(line.charAt(next))) {
      next++;
    }
  }

  private int end() {
    int end = next;
    while (end < line.length() && !isBlank(line.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}
