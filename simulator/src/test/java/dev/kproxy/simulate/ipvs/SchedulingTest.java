package dev.kproxy.simulate.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.ipvs.IpvsParser;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Diagnostic;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The shares of real servers `a`, `b`, … with the weights that are named.
class SchedulingTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rr               | 1 1 1   | a 1/3 b 1/3 c 1/3 long-run
          rr               | 3 1     | a 1/2 b 1/2 long-run
          rr               | 0 1 1   | b 1/2 c 1/2 long-run
          wrr              | 3 1     | a 3/4 b 1/4 long-run
          wrr              | 65535 1 | a 65535/65536 b 1/65536 long-run
          wrr              | 3 0 1   | a 3/4 c 1/4 long-run
          lc               | 3 1     | a 1/2 b 1/2 by-load
          nq               | 3 1     | a 1/2 b 1/2 by-load
          wlc              | 3 1     | a 3/4 b 1/4 by-load
          sed              | 3 1     | a 3/4 b 1/4 by-load
          lblc             | 3 1     | a 3/4 b 1/4 by-load
          lblcr            | 3 1     | a 3/4 b 1/4 by-load
          twos             | 3 1     | a 3/4 b 1/4 by-load
          fo               | 3 1     | a 1/1 exact
          fo               | 3 3 1   | a 1/2 b 1/2 by-load
          ovf              | 1 2     | b 1/1 exact
          sh               | 3 1     | a 3/4 b 1/4 by-client
          sh -b sh-port    | 1 1     | a 1/2 b 1/2 by-client
          mh               | 3 1     | a 3/4 b 1/4 by-client
          dh               | 3 1     | a 1/2 b 1/2 by-client
          rr -p 300        | 1 1     | a 1/2 b 1/2 by-client
          wlc -p 300       | 3 1     | a 3/4 b 1/4 by-load
          """)
  void sharesServersOut(String scheduler, String weights, String expected) {
    assertThat(choices(scheduler, weights)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rr", "wrr", "lc", "wlc", "sh", "mh", "dh", "sed", "nq", "fo", "ovf"})
  void oneServerIsNoMatterOfShares(String scheduler) {
    assertThat(choices(scheduler, "7")).contains("a 1/1 exact");
    assertThat(choices(scheduler + " -p 300", "7")).contains("a 1/1 exact");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rr", "wrr", "lc", "wlc", "sh", "mh", "dh", "sed", "nq", "fo", "other"})
  void refusesWithoutServersThatHaveAWeight(String scheduler) {
    assertThat(choices(scheduler, "")).contains("none 1/1 exact");
    assertThat(choices(scheduler, "0")).contains("none 1/1 exact");
  }

  /// `ip_vs_sh_reassign` gives a server of weight 0 a bucket, and `ip_vs_dh_schedule` does not ask
  /// for weights; both then find that it takes nothing.
  @Test
  void hashesLeadToServersThatTakeNothing() {
    assertThat(choices("sh", "3 0")).contains("a 3/4 none 1/4 by-client");
    assertThat(choices("dh", "3 0")).contains("a 1/2 none 1/2 by-client");
    assertThat(choices("sh -b sh-fallback", "3 0")).contains("a 1/1 exact");
    assertThat(choices("mh", "3 0")).contains("a 1/1 exact");
  }

  @Test
  void thresholdsMakeItAMatterOfLoad() {
    VirtualServer virtual =
        parse(
            """
            -A -t 10.0.0.1:80 -s rr
            -a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -x 100
            -a -t 10.0.0.1:80 -r 10.1.0.2:80 -m
            """);
    assertThat(Scheduling.choices(virtual).map(SchedulingTest::line))
        .contains("a 1/2 b 1/2 by-load");
  }

  @Test
  void nobodyKnowsWhatAForeignSchedulerDoes() {
    assertThat(choices("other", "1")).isEmpty();
  }

  private static Optional<String> choices(String scheduler, String weights) {
    StringBuilder text = new StringBuilder("-A -t 10.0.0.1:80 -s " + scheduler + "\n");
    int number = 0;
    for (String weight : weights.isEmpty() ? new String[0] : weights.split(" ", -1)) {
      text.append("-a -t 10.0.0.1:80 -r 10.1.0." + ++number + ":80 -m -w " + weight + "\n");
    }
    return Scheduling.choices(parse(text.toString())).map(SchedulingTest::line);
  }

  private static VirtualServer parse(String text) {
    return IpvsParser.parse(text, "x", SchedulingTest::fail).servers().getFirst();
  }

  private static void fail(Diagnostic diagnostic) {
    throw new AssertionError(diagnostic.toString());
  }

  private static String line(List<Scheduling.Choice> choices) {
    StringBuilder line = new StringBuilder();
    for (Scheduling.Choice choice : choices) {
      String name =
          choice
              .server()
              .map(it -> it.address().toString())
              .map(ip -> String.valueOf((char) ('a' + ip.charAt(ip.length() - 1) - '1')))
              .orElse("none");
      line.append(name + " " + choice.probability() + " ");
      assertThat(choice.share()).isEqualTo(choices.getFirst().share());
    }
    return line.append(choices.getFirst().share()).toString();
  }
}
