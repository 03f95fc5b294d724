package dev.kproxy.host.apply;

import dev.kproxy.host.plan.Plan;
import java.time.Duration;

/// What an apply would change, and how long it would still take: that is measured, not known.
///
/// @param plan what would change
/// @param left the time from here to the end
public record Forecast(Plan plan, Duration left) {
  /// A forecast.
  ///
  /// @param reading how long it took to read the host: it is read once more by the tools that load,
  ///   and once more afterwards
  /// @param rehearsing how long it took to load what is new elsewhere, and to read it back
  static Forecast of(Plan plan, Duration reading, Duration rehearsing) {
    return new Forecast(
        plan, plan.isEmpty() ? Duration.ZERO : reading.multipliedBy(2).plus(rehearsing));
  }
}
