package dev.kproxy.host.state;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// Reads instants that a record holds.
final class Times {
  private Times() {}

  static Optional<Instant> parse(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
