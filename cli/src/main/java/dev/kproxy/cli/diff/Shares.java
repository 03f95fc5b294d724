package dev.kproxy.cli.diff;

import dev.kproxy.simulate.Fraction;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Shares as people read them.
final class Shares {
  private Shares() {}

  /// `50 %`, `33.33 %`.
  static String text(Fraction share) {
    String percent = String.format(Locale.ROOT, "%.2f", share.doubleValue() * 100);
    return percent.replaceFirst("\\.?0+$", "") + " %";
  }

  /// A share before and after; null where there was none. Shares that differ by less than can be
  /// seen are shown exactly.
  static String change(@Nullable Fraction before, @Nullable Fraction after) {
    if (before == null || after == null) {
      return before == null ? after == null ? "" : "new, " + text(after) : text(before) + " → gone";
    }
    String old = text(before);
    String now = text(after);
    return old.equals(now) ? before + " → " + after : old + " → " + now;
  }
}
