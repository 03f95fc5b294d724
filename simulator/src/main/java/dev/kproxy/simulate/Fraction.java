package dev.kproxy.simulate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An exact share between 0 and 1, in lowest terms.
///
/// The draws of the kernel have 31 bits, so that nearly every share is a number over a power of
/// two: `numerator / (odd * 2^shift)` with an `odd` of 1. While the numerator fits a `long`,
/// arithmetic is that of `long`; a chain of thousands of draws goes on with big numbers.
public final class Fraction implements Comparable<Fraction> {
  /// Never.
  public static final Fraction ZERO = new Fraction(0, 0);

  /// Always.
  public static final Fraction ONE = new Fraction(1, 0);

  /// The largest shift with which numbers up to 1, and the sum of two of them, fit a `long`.
  private static final int LONG_SHIFT = 61;

  private final long small;
  private final @Nullable BigInteger big;
  private final BigInteger odd;
  private final int shift;

  private Fraction(long small, int shift) {
    this.small = small;
    this.big = null;
    this.odd = BigInteger.ONE;
    this.shift = shift;
  }

  private Fraction(BigInteger big, BigInteger odd, int shift) {
    this.small = 0;
    this.big = big;
    this.odd = odd;
    this.shift = shift;
  }

  /// `numerator / 2^shift`, for a numerator that is not negative and a shift up to 61.
  public static Fraction dyadic(long numerator, int shift) {
    if (numerator == 0) {
      return ZERO;
    }
    int zeros = Math.min(shift, Long.numberOfTrailingZeros(numerator));
    return new Fraction(numerator >> zeros, shift - zeros);
  }

  /// `numerator / denominator`, for numbers that are not negative.
  public static Fraction of(long numerator, long denominator) {
    return of(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator), 0);
  }

  private static Fraction of(BigInteger numerator, BigInteger denominator, int shift) {
    if (numerator.signum() == 0) {
      return ZERO;
    }
    int twos = denominator.getLowestSetBit();
    BigInteger odd = denominator.shiftRight(twos);
    int exponent = shift + twos;
    int zeros = Math.min(exponent, numerator.getLowestSetBit());
    BigInteger reduced = numerator.shiftRight(zeros);
    if (!odd.equals(BigInteger.ONE)) {
      BigInteger common = reduced.gcd(odd);
      reduced = reduced.divide(common);
      odd = odd.divide(common);
    }
    exponent -= zeros;
    return odd.equals(BigInteger.ONE) && exponent <= LONG_SHIFT && reduced.bitLength() <= LONG_SHIFT
        ? new Fraction(reduced.longValueExact(), exponent)
        : new Fraction(reduced, odd, exponent);
  }

  /// Whether this is nothing at all.
  public boolean isZero() {
    return big == null && small == 0;
  }

  /// Whether this is certainty.
  public boolean isOne() {
    return big == null && small == 1 && shift == 0;
  }

  /// The numerator in lowest terms.
  public BigInteger numerator() {
    return big == null ? BigInteger.valueOf(small) : big;
  }

  /// The denominator in lowest terms.
  public BigInteger denominator() {
    return odd.shiftLeft(shift);
  }

  /// This share of that one.
  public Fraction times(Fraction other) {
    if (isOne()) {
      return other;
    }
    if (other.isOne()) {
      return this;
    }
    if (big == null && other.big == null && shift + other.shift <= LONG_SHIFT) {
      return dyadic(small * other.small, shift + other.shift);
    }
    return of(
        numerator().multiply(other.numerator()), odd.multiply(other.odd), shift + other.shift);
  }

  /// Both together; their sum is at most 1.
  public Fraction plus(Fraction other) {
    if (big == null && other.big == null && Math.max(shift, other.shift) <= LONG_SHIFT) {
      int common = Math.max(shift, other.shift);
      return dyadic((small << (common - shift)) + (other.small << (common - other.shift)), common);
    }
    int common = Math.max(shift, other.shift);
    BigInteger left = numerator().multiply(other.odd).shiftLeft(common - shift);
    BigInteger right = other.numerator().multiply(odd).shiftLeft(common - other.shift);
    return of(left.add(right), odd.multiply(other.odd), common);
  }

  /// What is left to 1.
  public Fraction complement() {
    if (big == null && shift <= LONG_SHIFT) {
      return dyadic((1L << shift) - small, shift);
    }
    return of(denominator().subtract(numerator()), odd, shift);
  }

  /// How many it is out of a number of things, to the nearest; halves go up.
  public long outOf(int things) {
    if (big == null && shift < 32) {
      return ((long) things * small * 2 + (1L << shift)) >> (shift + 1);
    }
    BigInteger twice = numerator().multiply(BigInteger.valueOf(2L * things));
    return twice.add(denominator()).shiftRight(shift + 1).divide(odd).longValueExact();
  }

  /// The nearest double.
  public double doubleValue() {
    if (big == null && shift < 53) {
      return (double) small / (1L << shift);
    }
    return new BigDecimal(numerator())
        .divide(new BigDecimal(denominator()), MathContext.DECIMAL64)
        .doubleValue();
  }

  @Override
  public int compareTo(Fraction other) {
    if (big == null && other.big == null) {
      int common = Math.max(shift, other.shift);
      if (common <= LONG_SHIFT) {
        return Long.compare(small << (common - shift), other.small << (common - other.shift));
      }
    }
    return numerator()
        .multiply(other.denominator())
        .compareTo(other.numerator().multiply(denominator()));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Fraction that
        && small == that.small
        && shift == that.shift
        && odd.equals(that.odd)
        && Objects.equals(big, that.big);
  }

  @Override
  public int hashCode() {
    return (31 * Long.hashCode(small) + shift) ^ Objects.hashCode(big) ^ odd.hashCode();
  }

  /// `715827883/2147483648`; `1/1` is certainty.
  @Override
  public String toString() {
    return big == null && shift <= LONG_SHIFT
        ? small + "/" + (1L << shift)
        : numerator() + "/" + denominator();
  }
}
