package dev.kproxy.simulate.iptables;

import dev.kproxy.iptables.Ruleset;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.iptables.chain.Tables;
import dev.kproxy.simulate.iptables.walk.Tracing;

/// Says what a kernel does with packets under the iptables rules of one family.
///
/// A machine is made once for a rule set and may be asked by several threads; chains are made ready
/// when the first packet comes by. No kernel takes a rule set whose chains call each other in a
/// loop: packets that meet one are undetermined.
public final class IptablesMachine {
  private final Tracing tracing;

  /// A machine for a rule set on a host.
  public IptablesMachine(Ruleset rules, HostFacts host) {
    Facts facts = Facts.of(host);
    tracing = new Tracing(new Tables(rules, facts), facts);
  }

  /// What becomes of a packet, with everything that can be said of it.
  public Trace trace(Packet packet) {
    return trace(packet, Trace.Detail.FULL);
  }

  /// What becomes of a packet. Where it is not worked out, because that would take too long, the
  /// only outcome is undetermined, without cases.
  public Trace trace(Packet packet, Trace.Detail detail) {
    return tracing.trace(packet, detail);
  }
}
