package dev.kproxy.cli.whois;

import java.util.Map;
import java.util.Optional;

/// The names that are the same on every node: those of kube-proxy's shared chains and sets, of
/// kubelet's chains, and of the kernel's own.
final class FixedNames {
  /// The kernel keeps so many characters of a set's name.
  private static final int SET_NAME = 31;

  private static final Map<String, String> CHAINS =
      Map.ofEntries(
          Map.entry("PREROUTING", "the kernel's: what came in, before it is routed"),
          Map.entry("INPUT", "the kernel's: what is for this host"),
          Map.entry("FORWARD", "the kernel's: what passes through"),
          Map.entry("OUTPUT", "the kernel's: what this host sends"),
          Map.entry("POSTROUTING", "the kernel's: what is about to leave"),
          Map.entry(
              "KUBE-SERVICES",
              "nat: finds the Service by its address; filter: refuses cluster IPs without"
                  + " endpoints"),
          Map.entry(
              "KUBE-EXTERNAL-SERVICES",
              "refuses external addresses and node ports without endpoints"),
          Map.entry(
              "KUBE-NODEPORTS",
              "nat: finds the Service by its node port; filter: lets health checks in"),
          Map.entry("KUBE-NODE-PORT", "finds or lets in node ports in ipvs mode"),
          Map.entry("KUBE-LOAD-BALANCER", "takes traffic to load balancers in ipvs mode"),
          Map.entry("KUBE-MARK-MASQ", "marks packets that are to be masqueraded"),
          Map.entry("KUBE-MARK-DROP", "marked packets that were to be dropped (up to 1.24)"),
          Map.entry("KUBE-POSTROUTING", "masquerades marked packets"),
          Map.entry("KUBE-FORWARD", "lets Service traffic through, drops what is invalid"),
          Map.entry("KUBE-FIREWALL", "keeps others from the loopback addresses of the node"),
          Map.entry(
              "KUBE-PROXY-FIREWALL", "drops traffic to load balancers from other source ranges"),
          Map.entry(
              "KUBE-SOURCE-RANGES-FIREWALL",
              "drops traffic to load balancers from other source ranges, in ipvs mode"),
          Map.entry("KUBE-IPVS-FILTER", "keeps others from Service addresses, in ipvs mode"),
          Map.entry(
              "KUBE-IPVS-OUT-FILTER",
              "drops the node's own traffic to load balancers from other source ranges, in ipvs"
                  + " mode"),
          Map.entry("KUBE-PROXY-CANARY", "empty; where it is gone, kube-proxy writes all anew"),
          Map.entry("KUBE-KUBELET-CANARY", "empty; where it is gone, kubelet writes all anew"),
          Map.entry("KUBE-IPTABLES-HINT", "kubelet's: tells containers which back end is used"),
          Map.entry("KUBE-PORTALS-CONTAINER", "userspace mode: Services, for containers"),
          Map.entry("KUBE-PORTALS-HOST", "userspace mode: Services, for the node"),
          Map.entry("KUBE-NODEPORT-CONTAINER", "userspace mode: node ports, for containers"),
          Map.entry("KUBE-NODEPORT-HOST", "userspace mode: node ports, for the node"),
          Map.entry("KUBE-NODEPORT-NON-LOCAL", "userspace mode: node ports, from elsewhere"));

  private static final Map<String, String> SETS =
      Map.ofEntries(
          Map.entry("CLUSTER-IP", "cluster IPs with protocol and port"),
          Map.entry("LOOP-BACK", "endpoints of this node that reach themselves by a Service"),
          Map.entry("EXTERNAL-IP", "external IPs with protocol and port"),
          Map.entry("EXTERNAL-IP-LOCAL", "external IPs of Services with the Local policy"),
          Map.entry("LOAD-BALANCER", "addresses of load balancers with protocol and port"),
          Map.entry("LOAD-BALANCER-LOCAL", "load balancers of Services with the Local policy"),
          Map.entry("LOAD-BALANCER-FW", "load balancers that have source ranges"),
          Map.entry("LOAD-BALANCER-SOURCE-CIDR", "the source ranges of load balancers"),
          Map.entry("LOAD-BALANCER-SOURCE-IP", "load balancers that the node itself may use"),
          Map.entry("NODE-PORT-TCP", "node ports of TCP"),
          Map.entry("NODE-PORT-LOCAL-TCP", "node ports of TCP with the Local policy"),
          Map.entry("NODE-PORT-UDP", "node ports of UDP"),
          Map.entry("NODE-PORT-LOCAL-UDP", "node ports of UDP with the Local policy"),
          Map.entry("NODE-PORT-SCTP-HASH", "node ports of SCTP, with addresses of the node"),
          Map.entry(
              "NODE-PORT-LOCAL-SCTP-HASH",
              "node ports of SCTP with the Local policy, with addresses of the node"),
          Map.entry("HEALTH-CHECK-NODE-PORT", "health check node ports"),
          Map.entry("IPVS-IPS", "all addresses on kube-ipvs0"));

  private FixedNames() {}

  /// What a name stands for that is no hash.
  static Optional<Meaning> find(String name) {
    String role = CHAINS.get(name);
    return role == null ? set(name) : Optional.of(Meaning.fixed(name, false, role));
  }

  private static Optional<Meaning> set(String name) {
    for (String prefix : new String[] {"KUBE-6-", "KUBE-"}) {
      for (Map.Entry<String, String> set : SETS.entrySet()) {
        String full = prefix + set.getKey();
        if (name.equals(full.substring(0, Math.min(SET_NAME, full.length())))) {
          String family = prefix.equals("KUBE-6-") ? " (IPv6)" : "";
          return Optional.of(Meaning.fixed(name, true, set.getValue() + family));
        }
      }
    }
    return Optional.empty();
  }
}
