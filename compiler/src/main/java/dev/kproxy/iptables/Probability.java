package dev.kproxy.iptables;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// The arithmetic between the three forms of a `--probability`: the fraction 1/k that kube-proxy
/// means, the ten decimals that it writes, and the numerator of 2^31 that the kernel stores.
public final class Probability {
  /// 10^10, what the ten decimals count.
  private static final long UNITS = 10_000_000_000L;

  private Probability() {}

  /// 1/k in units of 10^-10, as Go prints the double with `%.10f`: rounded half to even on the
  /// exact binary value of the double. (Java's own formatter rounds a tie up, which differs for
  /// 2048.)
  public static long tenDecimals(int k) {
    long quotient = UNITS / k;
    long twice = UNITS % k * 2;
    if (twice != k) {
      return twice > k ? quotient + 1 : quotient;
    }
    // only in a tie of the fraction can the error of the double, at most 2^-53, decide
    return new BigDecimal(1.0 / k)
        .setScale(10, RoundingMode.HALF_EVEN)
        .unscaledValue()
        .longValueExact();
  }

  /// The numerator of 2^31 that iptables stores for a number of units of 10^-10.
  public static long numerator(long tenDecimals) {
    return Math.round(tenDecimals / (double) UNITS * Match.Random.ONE);
  }

  /// The fraction `numerator`/2^31 in units of 10^-count, for a count of 10 or 11, as C prints it:
  /// rounded half to even. Since 10^count is 2^count * 5^count, this is a product and a shift.
  public static long decimals(long numerator, int count) {
    long product = numerator * (count == 10 ? 9_765_625 : 48_828_125);
    int shift = 31 - count;
    long quotient = product >> shift;
    long twice = (product & ((1L << shift) - 1)) * 2;
    long half = 1L << shift;
    return twice > half || (twice == half && (quotient & 1) == 1) ? quotient + 1 : quotient;
  }

  /// The `k` whose 1/k is stored as `numerator`, or 0 where there is none.
  static int oneIn(long numerator) {
    if (numerator <= 0) {
      return 0;
    }
    long k = Math.round((double) Match.Random.ONE / numerator);
    return k <= Integer.MAX_VALUE && numerator(tenDecimals((int) k)) == numerator ? (int) k : 0;
  }
}
