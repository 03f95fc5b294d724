package dev.kproxy.simulate;

/// Where a packet ends up.
public enum Delivery {
  /// It leaves the host.
  FORWARD,
  /// A socket of the host gets it.
  LOCAL,
  /// Nowhere.
  NONE
}
