package dev.kproxy.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

class FractionTest {
  @Test
  void isInLowestTerms() {
    assertThat(Fraction.dyadic(1L << 30, 31)).hasToString("1/2");
    assertThat(Fraction.dyadic(715827883, 31)).hasToString("715827883/2147483648");
    assertThat(Fraction.of(4, 6)).hasToString("2/3");
    assertThat(Fraction.of(8, 8)).isEqualTo(Fraction.ONE).hasToString("1/1");
    assertThat(Fraction.of(0, 7)).isEqualTo(Fraction.ZERO).hasToString("0/1");
  }

  @Test
  void multipliesAndAddsExactly() {
    Fraction third = Fraction.dyadic(715827883, 31);
    assertThat(third.complement()).hasToString("1431655765/2147483648");
    assertThat(third.complement().times(Fraction.dyadic(1, 1)))
        .hasToString("1431655765/4294967296");
    assertThat(third.plus(third.complement())).isEqualTo(Fraction.ONE);
    assertThat(Fraction.of(1, 3).plus(Fraction.of(1, 6))).hasToString("1/2");
    assertThat(Fraction.of(1, 3).times(Fraction.dyadic(3, 2))).hasToString("1/4");
    assertThat(Fraction.of(2, 3).complement()).hasToString("1/3");
  }

  @Test
  void staysExactWhereNumbersOutgrowALong() {
    Fraction draw = Fraction.dyadic(1, 31);
    Fraction rest = Fraction.ONE;
    Fraction sum = Fraction.ZERO;
    for (int i = 0; i < 100; i++) {
      sum = sum.plus(rest.times(draw));
      rest = rest.times(draw.complement());
    }
    assertThat(rest.denominator()).isEqualTo(BigInteger.TWO.pow(3100));
    assertThat(rest.numerator()).isEqualTo(BigInteger.valueOf((1L << 31) - 1).pow(100));
    assertThat(sum.plus(rest)).isEqualTo(Fraction.ONE);
  }

  @Test
  void comparesByValue() {
    assertThat(Fraction.of(1, 3)).isLessThan(Fraction.dyadic(715827883, 31));
    assertThat(Fraction.dyadic(1, 61)).isGreaterThan(Fraction.ZERO);
    assertThat(Fraction.dyadic(1, 61).times(Fraction.dyadic(1, 61)))
        .isLessThan(Fraction.dyadic(1, 61));
  }

  @Test
  void isTheNearestDouble() {
    assertThat(Fraction.dyadic(715827883, 31).doubleValue()).isEqualTo(0.33333333348855376);
    assertThat(Fraction.of(1, 3).doubleValue()).isEqualTo(1.0 / 3);
  }
}
