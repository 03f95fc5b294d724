package dev.kproxy.iptables.text;

import java.util.Optional;

/// The numbers and addresses inside the words of a rule.
final class Values {
  private Values() {}

  /// A number as C's strtoul reads it: decimal, `0x` hexadecimal or `0` octal, up to `max`.
  static Optional<Long> number(String text, long max) {
    int radix = 10;
    int from = 0;
    if (text.startsWith("0x") || text.startsWith("0X")) {
      radix = 16;
      from = 2;
    } else if (text.length() > 1 && text.startsWith("0")) {
      radix = 8;
      from = 1;
    }
    if (from == text.length() || text.length() - from > 16) {
      return Optional.empty();
    }
    long value = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, radix) : -1;
      if (digit < 0) {
        return Optional.empty();
      }
      value = value * radix + digit;
      if (value > max) {
        return Optional.empty();
      }
    }
    return Optional.of(value);
  }
}
