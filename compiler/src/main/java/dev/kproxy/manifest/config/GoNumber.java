package dev.kproxy.manifest.config;

import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers as Go spells them.
final class GoNumber {
  private static final Pattern DECIMAL = Pattern.compile("[+-]?[0-9]+");

  /// What `strconv.ParseInt` reads where the text says the base; underscores may part digits.
  private static final Pattern ANY_BASE =
      Pattern.compile(
          "([+-]?)(?:(?<decimal>0|[1-9](?:_?[0-9])*)"
              + "|0[xX](?<hex>(?:_?[0-9a-fA-F])+)"
              + "|0[oO]?(?<octal>(?:_?[0-7])+)"
              + "|0[bB](?<binary>(?:_?[01])+))");

  private static final Pattern FLOAT =
      Pattern.compile(
          "[+-]?(?:(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?|(?i:inf|infinity|nan))");

  private static final Pattern QUANTITY =
      Pattern.compile(
          "[+-]?(?<digits>[0-9]*(?:\\.[0-9]*)?)" + "(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?");

  /// No number that fits in 64 bits has more characters; longer text is not worth the arithmetic.
  private static final int LONGEST = 80;

  private GoNumber() {}

  /// A number in base 10 within bounds.
  static Optional<Long> parseDecimal(String text, long least, long most) {
    return text.length() <= LONGEST && DECIMAL.matcher(text).matches()
        ? within(new BigInteger(text), least, most)
        : Optional.empty();
  }

  /// A number within bounds, in base 10 or in that of its prefix: `0x`, `0o`, `0`, `0b`.
  static Optional<Long> parseInteger(String text, long least, long most) {
    Matcher matcher = ANY_BASE.matcher(text);
    if (text.length() > LONGEST || !matcher.matches()) {
      return Optional.empty();
    }
    for (Radix base : Radix.values()) {
      String digits = matcher.group(base.group);
      if (digits != null) {
        String plain = matcher.group(1) + digits.replace("_", "");
        return within(new BigInteger(plain, base.radix), least, most);
      }
    }
    return Optional.empty();
  }

  private enum Radix {
    DECIMAL("decimal", 10),
    HEX("hex", 16),
    OCTAL("octal", 8),
    BINARY("binary", 2);

    private final String group;
    private final int radix;

    Radix(String group, int radix) {
      this.group = group;
      this.radix = radix;
    }
  }

  private static Optional<Long> within(BigInteger number, long least, long most) {
    return number.compareTo(BigInteger.valueOf(least)) >= 0
            && number.compareTo(BigInteger.valueOf(most)) <= 0
        ? Optional.of(number.longValue())
        : Optional.empty();
  }

  /// A number of 32-bit floating point; one that is too large for it is none.
  static Optional<Float> parseFloat(String text) {
    if (!FLOAT.matcher(text).matches()) {
      return Optional.empty();
    }
    String letters = text.replaceFirst("^[+-]", "").toLowerCase(java.util.Locale.ROOT);
    if (letters.equals("nan")) {
      return Optional.of(Float.NaN);
    }
    boolean infinite = letters.startsWith("inf");
    float number = infinite ? Float.POSITIVE_INFINITY : Float.parseFloat(text);
    return infinite || Float.isFinite(number) ? Optional.of(number) : Optional.empty();
  }

  /// The text of a Kubernetes quantity, where it is one: `512`, `1.5Gi`, `1e3`.
  static Optional<String> parseQuantity(String text) {
    return !text.isEmpty() && QUANTITY.matcher(text).matches()
        ? Optional.of(text)
        : Optional.empty();
  }

  /// Whether a quantity, whatever its unit, is zero.
  static boolean isZero(String quantity) {
    Matcher matcher = QUANTITY.matcher(quantity);
    return matcher.matches() && !matcher.group("digits").matches(".*[1-9].*");
  }
}
