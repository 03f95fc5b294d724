package dev.kproxy.cli.trace;

import dev.kproxy.iptables.Ruleset;
import dev.kproxy.net.Family;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.iptables.IptablesMachine;
import java.util.EnumMap;
import java.util.Map;

/// Traces packets of both families through the rules of a host. It may be asked by several threads.
public final class Tracer {
  private final Map<Family, IptablesMachine> machines = new EnumMap<>(Family.class);

  /// A tracer of the families that there are rules of.
  public Tracer(Map<Family, Ruleset> rules, HostFacts host) {
    rules.forEach((family, ruleset) -> machines.put(family, new IptablesMachine(ruleset, host)));
  }

  /// Whether there are rules for packets of a family.
  public boolean knows(Family family) {
    return machines.containsKey(family);
  }

  /// What becomes of a packet of a family that is known.
  public Trace trace(Packet packet, Trace.Detail detail) {
    IptablesMachine machine = machines.get(packet.header().family());
    if (machine == null) {
      throw new IllegalArgumentException(packet.toString());
    }
    return machine.trace(packet, detail);
  }
}
