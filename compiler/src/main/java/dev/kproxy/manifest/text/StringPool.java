package dev.kproxy.manifest.text;

import org.jspecify.annotations.Nullable;

/// Makes equal short strings one object, as far as a table of fixed size goes: clusters say
/// `ready`, `TCP` and the names of nodes a hundred thousand times.
final class StringPool {
  private static final int SIZE = 1 << 12;
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

  /// Whether halves of surrogate pairs stand alone in the string.
  static boolean isBroken(String string) {
    for (int i = 0; i < string.length(); i++) {
      if (Character.isSurrogate(string.charAt(i))) {
        return string.codePoints().anyMatch(StringPool::isSurrogate);
      }
    }
    return false;
  }

  private static String whole(String string) {
    return !isBroken(string)
        ? string
        : string
            .codePoints()
            .map(c -> isSurrogate(c) ? 0xFFFD : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }
}
