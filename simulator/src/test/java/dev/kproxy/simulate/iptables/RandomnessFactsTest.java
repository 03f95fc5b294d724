package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.TCP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Facts 13 to 18: draws and counters.
class RandomnessFactsTest {
  private static final Packet PACKET = Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80);

  private static IptablesMachine filter(String... rules) {
    return Rules.machine(
        "*filter\n-A FORWARD " + String.join("\n-A FORWARD ", rules) + "\nCOMMIT\n");
  }

  @ParameterizedTest
  @CsvSource({
    "0.33333333349, 715827883/2147483648, 1431655765/2147483648",
    "0.33332999982, 178955181/536870912, 357915731/536870912",
    "0.50000000000, 1/2, 1/2",
    "0.00000000047, 1/2147483648, 2147483647/2147483648"
  })
  void fact13AProbabilityIsANumberOf31Bits(String text, String drops, String goesOn) {
    assertThat(
            Rules.outcomes(
                filter("-m statistic --mode random --probability " + text + " -j DROP"), PACKET))
        .containsExactly(drops + " drop", goesOn + " forward 203.0.113.5>10.244.1.5 80");
    assertThat(
            Rules.outcomes(
                filter("-m statistic --mode random ! --probability " + text + " -j DROP"), PACKET))
        .containsExactly(goesOn + " drop", drops + " forward 203.0.113.5>10.244.1.5 80");
  }

  @Test
  void fact13CertaintyIsNoDraw() {
    assertThat(
            Rules.outcomes(filter("-m statistic --mode random --probability 1.0 -j DROP"), PACKET))
        .containsExactly("1/1 drop");
    assertThat(
            Rules.outcomes(filter("-m statistic --mode random --probability 0.0 -j DROP"), PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 80");
  }

  /// How far the endpoint that is worst off is from 1/n, relatively.
  @ParameterizedTest
  @CsvSource({"3, 4.7e-10", "100, 2.2e-8", "1000, 2.4e-7", "5000, 1.3e-6"})
  void fact14EndpointsGetNearlyEqualShares(int endpoints, double deviation) {
    List<Outcome> outcomes = service(endpoints, 10).trace(toService()).outcomes();
    assertThat(outcomes).hasSize(endpoints);
    assertThat(outcomes.stream().map(Outcome::probability).reduce(Fraction.ZERO, Fraction::plus))
        .isEqualTo(Fraction.ONE);
    assertThat(worst(outcomes)).isBetween(deviation * 0.97, deviation * 1.03);
  }

  @ParameterizedTest
  @CsvSource({"100, 4.1e-4", "1000, 0.0050", "5000, 0.025"})
  void fact14FiveDigitsWereWorse(int endpoints, double deviation) {
    List<Outcome> outcomes = service(endpoints, 5).trace(toService()).outcomes();
    assertThat(worst(outcomes)).isBetween(deviation * 0.97, deviation * 1.03);
  }

  private static double worst(List<Outcome> outcomes) {
    BigDecimal n = BigDecimal.valueOf(outcomes.size());
    return outcomes.stream()
        .map(Outcome::probability)
        .map(
            share ->
                new BigDecimal(share.numerator())
                    .multiply(n)
                    .divide(new BigDecimal(share.denominator()), MathContext.DECIMAL128))
        .mapToDouble(relative -> relative.subtract(BigDecimal.ONE).abs().doubleValue())
        .max()
        .orElseThrow();
  }

  private static Packet toService() {
    return Packet.of(TCP, "203.0.113.5", "10.96.0.10", 80);
  }

  private static IptablesMachine service(int endpoints, int digits) {
    StringBuilder rules = new StringBuilder("*nat\n:SVC - [0:0]\n");
    IntStream.range(0, endpoints).forEach(i -> rules.append(":SEP-" + i + " - [0:0]\n"));
    rules.append("-A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j SVC\n");
    for (int i = 0; i < endpoints; i++) {
      rules.append("-A SVC ");
      if (i < endpoints - 1) {
        rules
            .append("-m statistic --mode random --probability ")
            .append(
                new BigDecimal(1.0 / (endpoints - i))
                    .setScale(digits, java.math.RoundingMode.HALF_EVEN)
                    .toPlainString())
            .append(' ');
      }
      rules.append("-j SEP-" + i + "\n-A SEP-" + i + " -p tcp -j DNAT --to-destination 10.1.");
      rules.append((i >> 8) + "." + (i & 255) + ":80\n");
    }
    return Rules.machine(rules + "COMMIT\n");
  }

  @Test
  void fact16NthIsAShareOfManyConnections() {
    IptablesMachine machine =
        filter(
            "-m statistic --mode nth --every 3 --packet 0 -j DROP",
            "-m statistic --mode nth --every 2 --packet 0 -j REJECT");
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly(
            "1/3 drop long-run",
            "1/3 reject icmp-port-unreachable long-run",
            "1/3 forward 203.0.113.5>10.244.1.5 80 long-run");
  }

  /// Both counters see every packet, so that which of them hold together is a matter of their
  /// phases.
  @Test
  void fact16CountersThatSeeTheSamePacketsAreEntangled() {
    IptablesMachine machine =
        filter(
            "-m statistic --mode nth --every 2 --packet 0 -j MARK --set-mark 1",
            "-m statistic --mode nth --every 2 --packet 0 -j DROP");
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly(
            "1/2 undetermined"
                + " yes [1/1 drop mark 0x1]"
                + " no [1/1 forward 203.0.113.5>10.244.1.5 80 mark 0x1] mark 0x1 long-run",
            "1/2 undetermined"
                + " yes [1/1 drop]"
                + " no [1/1 forward 203.0.113.5>10.244.1.5 80] long-run");
  }

  @Test
  void fact17DrawsOfDifferentRulesAreIndependent() {
    IptablesMachine machine =
        filter(
            "-m statistic --mode random --probability 0.5 -j MARK --set-mark 1",
            "-m statistic --mode random --probability 0.5 -j DROP");
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly(
            "1/4 drop mark 0x1",
            "1/4 drop",
            "1/4 forward 203.0.113.5>10.244.1.5 80 mark 0x1",
            "1/4 forward 203.0.113.5>10.244.1.5 80");
  }

  @Test
  void fact17ADrawThatChangesNothingIsForgotten() {
    String[] rules = new String[64];
    for (int i = 0; i < rules.length; i++) {
      rules[i] = "-m statistic --mode random --probability 0.5 -j MARK --or-mark 1";
    }
    BigInteger power = BigInteger.TWO.pow(64);
    assertThat(Rules.outcomes(filter(rules), PACKET))
        .containsExactly(
            power.subtract(BigInteger.ONE)
                + "/"
                + power
                + " forward 203.0.113.5>10.244.1.5 80 mark 0x1",
            "1/" + power + " forward 203.0.113.5>10.244.1.5 80");
  }
}
