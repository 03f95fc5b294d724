package dev.kproxy.simulate.iptables;

/// An action, made ready to be done.
interface Deed {
  /// What it does to a packet.
  Effect act(Flow flow, Stage stage);
}
