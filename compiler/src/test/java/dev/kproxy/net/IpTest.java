package dev.kproxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0", "1.10.100.255", "9.99.109.200", "255.255.255.255", "::", "1::2:0:0:3"})
  void printsWhatItReads(String address) {
    assertThat(Ip.parse(address).map(Ip::toString)).contains(address);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.250, 10, 10.0.1.4",
    "10.96.0.0, 0, 10.96.0.0",
    "fd00::fff0, 16, fd00::1:0",
    "fd00::ffff:ffff:ffff:ffff, 1, fd00:0:0:1::"
  })
  void countsOn(String address, long count, String sum) {
    assertThat(Ip.of(address).plus(count)).isEqualTo(Ip.of(sum));
  }
}
