package dev.kproxy.host.apply;

import dev.kproxy.host.Backend;
import dev.kproxy.host.plan.Plan;
import dev.kproxy.host.rules.TableChange;
import java.time.Duration;

/// What an apply would change, and how long it would still take: that is measured, not known.
///
/// @param plan what would change
/// @param left the time from here to the end
public record Forecast(Plan plan, Duration left) {
  /// How much longer iptables-nft takes for a chain that it changes than for one that it adds
  /// ahead: all changes of a table are one commit.
  private static final int CHANGED = 4;

  /// A forecast.
  ///
  /// @param reading how long it took to read the host, which is done once more
  /// @param rehearsing how long it took to load all new chains elsewhere and to read them back
  static Forecast of(Plan plan, Backend backend, Duration reading, Duration rehearsing) {
    long rehearsed = 1;
    long loaded = 1;
    for (Plan.Step step : plan.tables()) {
      TableChange change = step.change();
      int changed = change.changed().size();
      rehearsed += change.added().size() + changed;
      loaded += change.added().size() + (backend == Backend.NFT ? CHANGED : 1) * changed;
      loaded += change.removed().size() / 2;
    }
    Duration loading = rehearsing.multipliedBy(loaded).dividedBy(rehearsed);
    return new Forecast(plan, plan.isEmpty() ? Duration.ZERO : reading.plus(loading));
  }
}
