package dev.kproxy.manifest.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotationTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"0", "4", "-1", "+1", "1.5", ".5", "5.", "500m", "16Gi", "1e3", "1E-3", "1k"})
  void readsQuantities(String text) {
    assertThat(Quantity.fits(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "Gi", ".", "1KB", "1 Gi", "1e", "1K", "many"})
  void readsNothingElseAsAQuantity(String text) {
    assertThat(Quantity.fits(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-31T12:00:00Z",
        "2024-02-29T23:59:59.123456Z",
        "2026-01-31T12:00:00+01:00",
        "2026-01-31T12:00:00-11:30"
      })
  void readsTimes(String text) {
    assertThat(Timestamp.fits(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00:00Z",
        "2026-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00+0100"
      })
  void readsNothingElseAsATime(String text) {
    assertThat(Timestamp.fits(text)).isFalse();
  }
}
