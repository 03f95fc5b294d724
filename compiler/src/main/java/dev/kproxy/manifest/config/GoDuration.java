package dev.kproxy.manifest.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Durations as Go spells them: `1h30m`, `-1.5s`, `100µs`, `0`.
///
/// Go counts nanoseconds in 63 bits and a sign and refuses what does not fit, which is somewhat
/// over 292 years.
final class GoDuration {
  private static final Map<String, Long> UNITS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  /// 2^63, one more nanosecond than a positive duration may have; all sums are unsigned.
  private static final long LIMIT = Long.MIN_VALUE;

  private final String text;
  private int at;

  private GoDuration(String text) {
    this.text = text;
  }

  /// The duration that `text` spells, as `time.ParseDuration`: a sign, then numbers each with a
  /// unit; only zero may stand without one.
  static Optional<Duration> parse(String text) {
    return new GoDuration(text).parse();
  }

  private Optional<Duration> parse() {
    boolean negative = text.startsWith("-");
    if (negative || text.startsWith("+")) {
      at++;
    }
    if (text.substring(at).equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    if (at == text.length()) {
      return Optional.empty();
    }
    long nanos = 0;
    while (at < text.length()) {
      Optional<Long> term = term();
      if (term.isEmpty()) {
        return Optional.empty();
      }
      nanos += term.get();
      if (Long.compareUnsigned(nanos, LIMIT) > 0) {
        return Optional.empty();
      }
    }
    if (nanos == LIMIT && !negative) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(negative ? -nanos : nanos));
  }

  /// One number with its unit, in nanoseconds.
  private Optional<Long> term() {
    int start = at;
    Optional<Long> whole = whole();
    boolean digits = at > start;
    String fraction = "";
    if (at < text.length() && text.charAt(at) == '.') {
      int point = ++at;
      skipDigits();
      fraction = text.substring(point, at);
      digits |= !fraction.isEmpty();
    }
    Long unit = UNITS.get(unit());
    if (whole.isEmpty() || !digits || unit == null) {
      return Optional.empty();
    }
    if (Long.compareUnsigned(whole.get(), Long.divideUnsigned(LIMIT, unit)) > 0) {
      return Optional.empty();
    }
    long nanos = whole.get() * unit + nanos(fraction, unit);
    return Long.compareUnsigned(nanos, LIMIT) > 0 ? Optional.empty() : Optional.of(nanos);
  }

  private Optional<Long> whole() {
    int start = at;
    skipDigits();
    long value = 0;
    for (int i = start; i < at; i++) {
      if (Long.compareUnsigned(value, Long.divideUnsigned(LIMIT, 10)) > 0) {
        return Optional.empty();
      }
      value = value * 10 + (text.charAt(i) - '0');
      if (Long.compareUnsigned(value, LIMIT) > 0) {
        return Optional.empty();
      }
    }
    return Optional.of(value);
  }

  /// The part behind the point, in nanoseconds; digits that no longer fit in 63 bits do not count,
  /// and the product is one of floating point, as in Go.
  private static long nanos(String fraction, long unit) {
    long value = 0;
    double scale = 1;
    for (int i = 0; i < fraction.length() && value <= Long.MAX_VALUE / 10; i++) {
      long next = value * 10 + (fraction.charAt(i) - '0');
      if (next < 0) {
        break;
      }
      value = next;
      scale *= 10;
    }
    return (long) (value * (unit / scale));
  }

  private void skipDigits() {
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
  }

  private String unit() {
    int start = at;
    while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
