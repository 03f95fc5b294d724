package dev.kproxy.iptables;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// The arithmetic between the three forms of a `--probability`: the fraction 1/k that kube-proxy
/// means, the ten decimals that it writes, and the numerator of 2^31 that the kernel stores.
public final class Probability {
  /// 10^10, what the ten decimals count.
  private static final long UNITS = 10_000_000_000L;

  private Probability() {}

  /// 1/k in units of 10^-10, as Go prints the double with `%.10f`: rounded on its exact binary
  /// value, half to even. (Java's own formatter rounds the shortest decimal instead, which differs
  /// for 2048.)
  public static long tenDecimals(int k) {
    return new BigDecimal(1.0 / k)
        .setScale(10, RoundingMode.HALF_EVEN)
        .unscaledValue()
        .longValueExact();
  }

  /// The numerator of 2^31 that iptables stores for a number of units of 10^-10.
  public static long numerator(long tenDecimals) {
    return Math.round(tenDecimals / (double) UNITS * Match.Random.ONE);
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
