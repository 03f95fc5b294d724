package dev.kproxy.simulate;

/// A place on the way of a packet where rules are asked; each is the name of a built-in chain.
public enum Hook {
  /// What came in by an interface, before it is routed.
  PREROUTING,
  /// What is for this host.
  INPUT,
  /// What passes through.
  FORWARD,
  /// What this host sends, after a first routing.
  OUTPUT,
  /// What is about to leave.
  POSTROUTING
}
