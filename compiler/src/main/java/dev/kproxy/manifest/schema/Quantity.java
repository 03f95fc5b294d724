package dev.kproxy.manifest.schema;

/// Amounts of a node's resources: a decimal number and a unit, as `4`, `500m`, `16Gi` or `1e3`.
public final class Quantity {
  private Quantity() {}

  static boolean fits(String text) {
    String trimmed = text.strip();
    int i = !trimmed.isEmpty() && "+-".indexOf(trimmed.charAt(0)) >= 0 ? 1 : 0;
    int whole = digits(trimmed, i);
    int end = whole;
    if (end < trimmed.length() && trimmed.charAt(end) == '.') {
      end = digits(trimmed, end + 1);
      whole = Math.max(whole, end - 1);
    }
    return whole > i && isUnit(trimmed.substring(end));
  }

  /// Whether an amount is below nothing.
  public static boolean isNegative(String text) {
    String trimmed = text.strip();
    if (!trimmed.startsWith("-")) {
      return false;
    }
    for (int i = 1; i < trimmed.length(); i++) {
      char c = trimmed.charAt(i);
      if (c >= '1' && c <= '9') {
        return true;
      }
      if (c != '0' && c != '.') {
        return false;
      }
    }
    return false;
  }

  private static boolean isUnit(String unit) {
    return switch (unit) {
      case "", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei" ->
          true;
      default -> isExponent(unit);
    };
  }

  private static boolean isExponent(String unit) {
    if ("eE".indexOf(unit.charAt(0)) < 0) {
      return false;
    }
    int from = unit.length() > 1 && "+-".indexOf(unit.charAt(1)) >= 0 ? 2 : 1;
    return from < unit.length() && unit.length() - from <= 9 && digits(unit, from) == unit.length();
  }

  private static int digits(String text, int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }
}
