package dev.kproxy.simulate.iptables;

import dev.kproxy.simulate.Packet;

/// A match, made ready to be asked.
interface Condition {
  /// What it says.
  ///
  /// @param packet the packet as it was given
  /// @param flow the packet as it is now
  /// @param stage where it is
  Answer ask(Packet packet, Flow flow, Stage stage);
}
