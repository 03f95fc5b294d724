package dev.kproxy.host.ipvs;

import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.host.HostFault;
import dev.kproxy.ipset.Element;
import dev.kproxy.ipset.Entry;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Tells ours from theirs among sets, virtual servers and addresses. Ours is what a generation of
/// ours names, and nothing else: virtual servers and addresses of others stay.
public final class BalancerOwnership {
  private final Balancer observed;
  private final Set<Ip> local;
  private final Balancer current;
  private final boolean takeOver;

  /// What is whose on a host.
  ///
  /// @param observed all that the host has
  /// @param local the host's own addresses, but those of [KubeProxyNames#INTERFACE]
  /// @param current what kproxy put there
  /// @param takeOver whether what a kube-proxy left becomes ours
  public BalancerOwnership(Balancer observed, Set<Ip> local, Balancer current, boolean takeOver) {
    this.observed = observed;
    this.local = local;
    this.current = current;
    this.takeOver = takeOver;
  }

  /// What stands in the places of ours and is not ours, in words.
  ///
  /// @throws HostFault where a set cannot become what it shall be
  public List<String> strangers(Balancer wanted) throws HostFault {
    for (IpSet set : wanted.sets().values()) {
      IpSet found = observed.sets().get(set.name());
      if (found != null && !SetChange.isOfOneType(found, set)) {
        throw HostFault.refused(
            "the set "
                + set.name()
                + " is of type "
                + found.type()
                + ", and should be of type "
                + set.type());
      }
    }
    List<String> strangers = new ArrayList<>();
    Balancer theirs = theirs(wanted);
    add(strangers, theirs.sets().size(), "set", " of a kube-proxy");
    add(strangers, theirs.servers().size(), "virtual server", " at addresses of Services");
    if (theirs.hasInterface()) {
      strangers.add("the interface " + KubeProxyNames.INTERFACE);
    }
    return strangers;
  }

  private static void add(List<String> strangers, int count, String what, String where) {
    if (count > 0) {
      strangers.add(count + " " + what + (count == 1 ? "" : "s") + where);
    }
  }

  /// What is not ours, and would be in the way.
  private Balancer theirs(Balancer wanted) {
    return observed
        .without(current)
        .only(_ -> true, wanted.servers()::containsKey, _ -> true, true);
  }

  /// What a kube-proxy left: its sets, its interface, and its virtual servers, which are at the
  /// addresses of the interface, or at node ports of the host's own addresses.
  private Balancer left() {
    return observed
        .without(current)
        .only(
            _ -> true,
            address ->
                address instanceof VirtualAddress.Port(Protocol protocol, Ip ip, int port)
                    && (observed.addresses().contains(ip)
                        || (local.contains(ip) && isNodePort(protocol, port))),
            _ -> true,
            true);
  }

  private boolean isNodePort(Protocol protocol, int port) {
    return observed.sets().values().stream()
        .filter(set -> set.name().contains("NODE-PORT-" + protocol))
        .flatMap(set -> set.entries().stream())
        .anyMatch(entry -> isPort(entry, port));
  }

  private static boolean isPort(Entry entry, int port) {
    return entry.elements().stream()
        .anyMatch(
            element ->
                switch (element) {
                  case Element.Ports(PortRange ports) -> ports.contains(port);
                  case Element.ProtocolPorts(int _, PortRange ports) -> ports.contains(port);
                  default -> false;
                });
  }

  /// What may go: ours, and with `--take-over` a kube-proxy's.
  public Balancer owned() {
    return takeOver ? current.or(left()) : current;
  }

  /// What the host has in the places of ours, old and new: what a failed change goes back to.
  public Balancer standing(Balancer wanted) {
    return observed.within(owned().or(wanted));
  }

  /// What stands in the places of ours and is not ours: what `uninstall` gives back.
  ///
  /// @param known what is known to have stood there
  public Balancer before(Balancer wanted, Balancer known) {
    return known.or(standing(wanted).without(current));
  }
}
