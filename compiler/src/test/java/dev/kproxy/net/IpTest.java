package dev.kproxy.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0", "1.10.100.255", "9.99.109.200", "255.255.255.255", "::", "1::2:0:0:3"})
  void printsWhatItReads(String address) {
    assertThat(Ip.parse(address).map(Ip::toString)).contains(address);
  }
}
