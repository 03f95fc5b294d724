package dev.kproxy.ipset;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Placed;
import dev.kproxy.net.Printable;
import dev.kproxy.net.SyntaxException;

/// A word of a line, or a part of one.
///
/// @param column where it begins, counted from 1
/// @param quoted whether it stood in double quotes
record Word(String text, int column, boolean quoted) implements Placed {
  /// A part of the word.
  Word part(int from, int to) {
    return new Word(text.substring(from, to), column + from + (quoted ? 1 : 0), false);
  }

  /// The part before the first `separator`; the whole word where there is none.
  Word before(char separator) {
    int at = text.indexOf(separator);
    return at < 0 ? this : part(0, at);
  }

  /// The part after the first `separator`; the whole word where there is none.
  Word after(char separator) {
    return part(text.indexOf(separator) + 1, text.length());
  }

  boolean has(char separator) {
    return text.indexOf(separator) >= 0;
  }

  /// The number that it spells: decimal, `0x` hexadecimal or `0` octal, from `min` to `max`.
  long number(long min, long max) throws SyntaxException {
    boolean hexadecimal = text.startsWith("0x") || text.startsWith("0X");
    boolean octal = !hexadecimal && text.length() > 1 && text.startsWith("0");
    return digits(hexadecimal ? 2 : 0, hexadecimal ? 16 : octal ? 8 : 10, min, max);
  }

  /// The hexadecimal number that it spells, up to `max`.
  long hexadecimal(long max) throws SyntaxException {
    return digits(text.startsWith("0x") ? 2 : 0, 16, 0, max);
  }

  private long digits(int from, int radix, long min, long max) throws SyntaxException {
    boolean ascii = text.chars().allMatch(c -> c < 0x80);
    boolean signed = text.startsWith("-", from) || text.startsWith("+", from);
    try {
      long value = ascii && !signed ? Long.parseUnsignedLong(text.substring(from), radix) : -1;
      boolean fits = Long.compareUnsigned(min, value) <= 0 && Long.compareUnsigned(value, max) <= 0;
      if (fits && ascii && !signed) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below, as every other number that does not fit
    }
    throw SyntaxException.at(
        this, shown() + " is no number from " + min + " to " + Long.toUnsignedString(max));
  }

  /// The address of that family that it spells. Names of hosts are not looked up.
  Ip address(Family family) throws SyntaxException {
    return Ip.parse(text, family)
        .orElseThrow(() -> SyntaxException.at(this, shown() + " is no " + family + " address"));
  }

  /// The length of a prefix of that family.
  int prefix(Family family) throws SyntaxException {
    return (int) number(0, family.bits());
  }

  /// The word in quotes, fit for a message.
  String shown() {
    return Printable.quote(text);
  }
}
