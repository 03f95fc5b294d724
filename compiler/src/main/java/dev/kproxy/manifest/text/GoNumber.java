package dev.kproxy.manifest.text;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Numbers as go-yaml reads them in a plain scalar and as Go's JSON encoder writes them.
final class GoNumber {
  /// So many digits fit a `long` in every base.
  private static final int SHORT = 12;

  /// After a dot go-yaml leaves the whole spelling to Go's `ParseFloat`, underscores included.
  private static final Pattern AFTER_DOT =
      Pattern.compile("\\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?");

  private GoNumber() {}

  /// The `Long`, `BigInteger` or `Double` that a text which begins with a digit, a sign or a dot
  /// means, or null if it is no number to go-yaml: 64 bits with or without sign in bases 2, 8, 10
  /// and 16, else a float that is not too large, or `.inf` or `.nan`.
  static @Nullable Number parse(String text) {
    Double special = special(text);
    if (special != null) {
      return special;
    }
    if (text.charAt(0) == '.') {
      return AFTER_DOT.matcher(text).matches() ? finite(text.replace("_", "")) : null;
    }
    String plain = text.indexOf('_') < 0 ? text : text.replace("_", "");
    Number integer = integer(plain);
    if (integer != null) {
      return integer;
    }
    return isFloat(plain) ? finite(plain) : null;
  }

  private static @Nullable Double special(String text) {
    return switch (text) {
      case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF" -> Double.POSITIVE_INFINITY;
      case "-.inf", "-.Inf", "-.INF" -> Double.NEGATIVE_INFINITY;
      case ".nan", ".NaN", ".NAN" -> Double.NaN;
      default -> null;
    };
  }

  private static @Nullable Number finite(String text) {
    double value = Double.parseDouble(text);
    return Double.isInfinite(value) ? null : value;
  }

  /// As Go's `ParseInt` with base 0, then `ParseUint`.
  private static @Nullable Number integer(String text) {
    boolean negative = text.startsWith("-");
    boolean signed = negative || text.startsWith("+");
    int at = signed ? 1 : 0;
    int radix = 10;
    if (text.startsWith("0", at) && text.length() > at + 1) {
      char prefix = Character.toLowerCase(text.charAt(at + 1));
      radix = prefix == 'x' ? 16 : prefix == 'b' ? 2 : 8;
      at += prefix == 'x' || prefix == 'b' || prefix == 'o' ? 2 : 1;
    }
    if (text.startsWith("0b-") || text.startsWith("0b+")) {
      // go-yaml tries binary numbers once more, and then takes a sign behind the prefix
      negative = text.charAt(2) == '-';
      signed = true;
      at = 3;
    }
    while (at + 1 < text.length() && text.charAt(at) == '0') {
      at++;
    }
    if (text.length() - at > Long.SIZE) {
      return null;
    }
    long value = 0;
    for (int i = at; i < text.length(); i++) {
      int digit = text.charAt(i) < 0x80 ? Character.digit(text.charAt(i), radix) : -1;
      if (digit < 0) {
        return null;
      }
      value = value * radix + digit;
    }
    int digits = text.length() - at;
    if (digits == 0) {
      return null;
    }
    if (digits <= SHORT) {
      return negative ? -value : value;
    }
    return large(new BigInteger(text.substring(at), radix), signed, negative);
  }

  private static @Nullable Number large(BigInteger magnitude, boolean signed, boolean negative) {
    BigInteger value = negative ? magnitude.negate() : magnitude;
    if (value.bitLength() < Long.SIZE) {
      return value.longValueExact();
    }
    return !signed && value.bitLength() == Long.SIZE ? value : null;
  }

  /// Digits with at most one dot, then perhaps an exponent; at least one digit before that.
  private static boolean isFloat(String text) {
    int end = text.length();
    int at = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    int whole = digits(text, at);
    at += whole;
    if (at < end && text.charAt(at) == '.') {
      int fraction = digits(text, at + 1);
      at += 1 + fraction;
      whole += fraction;
    }
    if (whole > 0 && at < end && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      at += at < end && (text.charAt(at) == '-' || text.charAt(at) == '+') ? 1 : 0;
      int exponent = digits(text, at);
      return exponent > 0 && at + exponent == end;
    }
    return whole > 0 && at == end;
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - from;
  }

  /// The number, which must be finite, as Go's JSON encoder writes it: the fewest digits that give
  /// the same number again, with an exponent only below 1e-6 and from 1e21 on.
  static String json(Number number) {
    if (!(number instanceof Double value)) {
      return number.toString();
    }
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-6 || size >= 1e21)) {
      return scientific(shortest(value), 1);
    }
    String text = shortest(value).toPlainString();
    return isNegativeZero(value) ? "-0" : text;
  }

  /// The number as sigs.k8s.io/yaml writes it where it is the key of a mapping: Go's `%g`, of a
  /// float with the precision of 32 bits.
  static String key(Number number) {
    if (!(number instanceof Double value)) {
      return number.toString();
    }
    float single = value.floatValue();
    if (!Float.isFinite(single)) {
      return Float.isNaN(single) ? ".nan" : single > 0 ? ".inf" : "-.inf";
    }
    BigDecimal digits = shortest(single);
    int exponent = digits.precision() - digits.scale() - 1;
    if (digits.signum() != 0 && (exponent < -4 || exponent >= 6)) {
      return scientific(digits, 2);
    }
    return single == 0 && isNegativeZero(value) ? "-0" : digits.toPlainString();
  }

  private static boolean isNegativeZero(double value) {
    return value == 0 && 1 / value < 0;
  }

  private static BigDecimal shortest(double value) {
    BigDecimal digits = trimmed(new BigDecimal(Double.toString(value)));
    // Java gives two digits even where one would do, as in 4.9E-324
    BigDecimal one = new BigDecimal(value).round(new MathContext(1, RoundingMode.HALF_EVEN));
    return digits.precision() == 2 && one.doubleValue() == value ? trimmed(one) : digits;
  }

  private static BigDecimal shortest(float value) {
    BigDecimal digits = trimmed(new BigDecimal(Float.toString(value)));
    BigDecimal one = new BigDecimal(value).round(new MathContext(1, RoundingMode.HALF_EVEN));
    return digits.precision() == 2 && one.floatValue() == value ? trimmed(one) : digits;
  }

  private static BigDecimal trimmed(BigDecimal value) {
    return value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
  }

  /// `1.5e+21`, the exponent with at least so many digits.
  private static String scientific(BigDecimal value, int exponentDigits) {
    String digits = value.unscaledValue().abs().toString();
    int exponent = value.precision() - value.scale() - 1;
    String padded =
        "0".repeat(Math.max(0, exponentDigits - String.valueOf(Math.abs(exponent)).length()));
    return (value.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + padded
        + Math.abs(exponent);
  }
}
