package dev.kproxy.simulate.host;

/// Whether a packet is in a set.
public enum Membership {
  /// It is.
  YES,
  /// It is not.
  NO,
  /// It is in an entry that takes out what it holds (`nomatch`).
  EXCLUDED,
  /// It depends on what the packet does not show: hardware addresses, ports of bridges.
  UNKNOWN
}
