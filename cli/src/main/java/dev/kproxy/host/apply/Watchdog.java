package dev.kproxy.host.apply;

import dev.kproxy.host.HostFault;
import java.time.Duration;

/// Something outside of this process that takes an apply back unless it is confirmed in time.
@FunctionalInterface
public interface Watchdog {
  /// Sets it up, before the first rule changes. It outlives this process, its terminal and its
  /// session.
  ///
  /// @param id the number of the apply
  /// @param wait how long it waits before it acts
  /// @throws HostFault where it cannot be set up
  void arm(String id, Duration wait) throws HostFault;
}
