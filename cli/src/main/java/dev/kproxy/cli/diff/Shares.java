package dev.kproxy.cli.diff;

import dev.kproxy.simulate.Fraction;
import java.math.BigDecimal;
import java.util.Optional;

/// Shares as people read them.
final class Shares {
  private Shares() {}

  /// `50 %`, `33.33 %`.
  static String text(Fraction share) {
    BigDecimal percent = BigDecimal.valueOf(hundredths(share), 2).stripTrailingZeros();
    return percent.toPlainString() + " %";
  }

  private static long hundredths(Fraction share) {
    return share.outOf(10_000);
  }

  /// A share before and after, 0 where there was none; empty where people see no difference.
  static Optional<String> change(Fraction before, Fraction after) {
    if (before.isZero() != after.isZero()) {
      return Optional.of(before.isZero() ? "new, " + text(after) : text(before) + " → gone");
    }
    return hundredths(before) == hundredths(after)
        ? Optional.empty()
        : Optional.of(text(before) + " → " + text(after));
  }
}
