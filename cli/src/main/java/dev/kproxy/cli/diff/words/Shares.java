package dev.kproxy.cli.diff.words;

import dev.kproxy.simulate.Fraction;
import java.util.Optional;

/// Shares as people read them.
final class Shares {
  private Shares() {}

  /// `50 %`, `33.33 %`.
  static String text(Fraction share) {
    return text(hundredths(share));
  }

  private static String text(long hundredths) {
    long rest = hundredths % 100;
    String decimals = rest % 10 == 0 ? "." + rest / 10 : (rest < 10 ? ".0" : ".") + rest;
    return hundredths / 100 + (rest == 0 ? "" : decimals) + " %";
  }

  private static long hundredths(Fraction share) {
    return share.outOf(10_000);
  }

  /// A share before and after, 0 where there was none; empty where people see no difference.
  static Optional<String> change(Fraction before, Fraction after) {
    if (before.isZero() != after.isZero()) {
      return Optional.of(before.isZero() ? "new, " + text(after) : text(before) + " → gone");
    }
    long old = hundredths(before);
    long now = hundredths(after);
    return old == now ? Optional.empty() : Optional.of(text(old) + " → " + text(now));
  }
}
