package dev.kproxy.simulate;

import java.util.Locale;

/// Where a packet ends up.
public enum Delivery {
  /// It leaves the host.
  FORWARD,
  /// A socket of the host gets it.
  LOCAL,
  /// Nowhere.
  NONE;

  private final String lowerCase = name().toLowerCase(Locale.ROOT);

  /// The spelling of the JSON: `forward`, `local`, `none`.
  public String lowerCase() {
    return lowerCase;
  }
}
