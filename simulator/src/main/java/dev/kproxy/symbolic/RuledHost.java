package dev.kproxy.symbolic;

import dev.kproxy.iptables.Ruleset;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.iptables.IptablesMachine;

/// One side of a comparison.
///
/// @param rules of one family
/// @param host that they are on: its sets, virtual servers and addresses are part of the side
/// @param machine that says what becomes of packets there
public record RuledHost(Ruleset rules, HostFacts host, IptablesMachine machine) {
  /// Rules on a host.
  public RuledHost(Ruleset rules, HostFacts host) {
    this(rules, host, new IptablesMachine(rules, host));
  }

  /// What becomes of a packet there, without its path.
  public Trace outcomes(Packet packet) {
    return machine.trace(packet, Trace.Detail.OUTCOMES);
  }
}
