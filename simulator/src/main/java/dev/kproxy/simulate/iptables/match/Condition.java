package dev.kproxy.simulate.iptables.match;

import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Stage;

/// A match, made ready to be asked.
public interface Condition {
  /// What it says.
  ///
  /// @param packet the packet as it was given
  /// @param flow the packet as it is now
  /// @param stage where it is
  Answer ask(Packet packet, Flow flow, Stage stage);
}
