package dev.kproxy.host.state;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Reads times that a record holds.
final class Times {
  private Times() {}

  /// A length of time; none where a record of an earlier kproxy has none.
  static Duration duration(String text) {
    try {
      return text.isEmpty() ? Duration.ZERO : Duration.parse(text);
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
  }

  static Optional<Instant> parse(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
