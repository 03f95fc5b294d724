package dev.kproxy.simulate.iptables.target;

import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Stage;

/// An action, made ready to be done.
public interface Deed {
  /// What it does to a packet.
  Effect act(Flow flow, Stage stage);
}
