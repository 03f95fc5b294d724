package dev.kproxy.manifest.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0, 0",
    "+0, 0",
    "0s, 0",
    "1ns, 1",
    "1us, 1000",
    "1µs, 1000",
    "1μs, 1000",
    "1ms, 1000000",
    "+3s, 3000000000",
    "-3s, -3000000000",
    "1.5s, 1500000000",
    ".5s, 500000000",
    "5.s, 5000000000",
    "1h30m, 5400000000000",
    "30m1h, 5400000000000",
    "1s1s, 2000000000",
    "0.3333333333333333333h, 1200000000000",
    "0.100000000000000000000h, 360000000000",
    "0.000000000000000000000001s, 0",
    "9223372036.854775807s, 9223372036854775807",
    "9223372036854775807ns, 9223372036854775807",
    "2562047h47m16.854775807s, 9223372036854775807",
    "-9223372036854775808ns, -9223372036854775808"
  })
  void readsWhatGoReads(String text, long nanoseconds) {
    assertThat(GoDuration.parse(text)).contains(Duration.ofNanos(nanoseconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+",
        "1",
        "00",
        ".",
        ".s",
        "-.s",
        "s",
        "1d",
        "1S",
        "1 s",
        " 1s",
        "1s ",
        "1e3s",
        "1,5s",
        "1h-1m",
        "--1s",
        "1ss",
        "١s",
        "9223372036854775808ns",
        "9223372036.854775808s",
        "9223372037s",
        "-9223372037s",
        "3000000h",
        "99999999999999999999s"
      })
  void refusesWhatGoRefuses(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }
}
