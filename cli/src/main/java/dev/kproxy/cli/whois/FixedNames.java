package dev.kproxy.cli.whois;

import dev.kproxy.compile.ipvs.KubeSet;
import dev.kproxy.compile.rule.KubeChains;
import dev.kproxy.net.Family;
import java.util.Map;
import java.util.Optional;

/// The names that are the same on every node: those of kube-proxy's shared chains and sets, of
/// kubelet's chains, and of the kernel's own.
final class FixedNames {
  private static final Map<String, String> CHAINS =
      Map.ofEntries(
          Map.entry("PREROUTING", "the kernel's: what came in, before it is routed"),
          Map.entry("INPUT", "the kernel's: what is for this host"),
          Map.entry("FORWARD", "the kernel's: what passes through"),
          Map.entry("OUTPUT", "the kernel's: what this host sends"),
          Map.entry("POSTROUTING", "the kernel's: what is about to leave"),
          Map.entry(
              KubeChains.SERVICES,
              "nat: finds the Service by its address; filter: refuses cluster IPs without"
                  + " endpoints"),
          Map.entry(
              KubeChains.EXTERNAL_SERVICES,
              "refuses external addresses and node ports without endpoints"),
          Map.entry(
              KubeChains.NODE_PORTS,
              "nat: finds the Service by its node port; filter: lets health checks in"),
          Map.entry(KubeChains.NODE_PORT, "finds or lets in node ports in ipvs mode"),
          Map.entry(KubeChains.LOAD_BALANCER, "takes traffic to load balancers in ipvs mode"),
          Map.entry(KubeChains.MARK_MASQUERADE, "marks packets that are to be masqueraded"),
          Map.entry("KUBE-MARK-DROP", "marked packets that were to be dropped (up to 1.24)"),
          Map.entry(KubeChains.POSTROUTING, "masquerades marked packets"),
          Map.entry(KubeChains.FORWARD, "lets Service traffic through, drops what is invalid"),
          Map.entry(KubeChains.FIREWALL, "keeps others from the loopback addresses of the node"),
          Map.entry(
              KubeChains.PROXY_FIREWALL,
              "drops traffic to load balancers from other source ranges"),
          Map.entry(
              KubeChains.SOURCE_RANGES,
              "drops traffic to load balancers from other source ranges, in ipvs mode"),
          Map.entry(KubeChains.FILTER, "keeps others from Service addresses, in ipvs mode"),
          Map.entry(
              KubeChains.OUT_FILTER,
              "drops the node's own traffic to load balancers from other source ranges, in ipvs"
                  + " mode"),
          Map.entry(KubeChains.CANARY, "empty; where it is gone, kube-proxy writes all anew"),
          Map.entry("KUBE-KUBELET-CANARY", "empty; where it is gone, kubelet writes all anew"),
          Map.entry("KUBE-IPTABLES-HINT", "kubelet's: tells containers which back end is used"),
          Map.entry("KUBE-PORTALS-CONTAINER", "userspace mode: Services, for containers"),
          Map.entry("KUBE-PORTALS-HOST", "userspace mode: Services, for the node"),
          Map.entry("KUBE-NODEPORT-CONTAINER", "userspace mode: node ports, for containers"),
          Map.entry("KUBE-NODEPORT-HOST", "userspace mode: node ports, for the node"),
          Map.entry("KUBE-NODEPORT-NON-LOCAL", "userspace mode: node ports, from elsewhere"));

  private FixedNames() {}

  /// What a name stands for that is no hash.
  static Optional<Meaning> find(String name) {
    String role = CHAINS.get(name);
    return role == null ? set(name) : Optional.of(Meaning.fixed(name, false, role));
  }

  private static Optional<Meaning> set(String name) {
    for (Family family : Family.values()) {
      for (KubeSet set : KubeSet.values()) {
        if (name.equals(set.setName(family))) {
          String suffix = family == Family.IPV6 ? " (IPv6)" : "";
          return Optional.of(Meaning.fixed(name, true, role(set) + suffix));
        }
      }
    }
    return Optional.empty();
  }

  private static String role(KubeSet set) {
    return switch (set) {
      case CLUSTER_IP -> "cluster IPs with protocol and port";
      case LOOP_BACK -> "endpoints of this node that reach themselves by a Service";
      case EXTERNAL_IP -> "external IPs with protocol and port";
      case EXTERNAL_IP_LOCAL -> "external IPs of Services with the Local policy";
      case LOAD_BALANCER -> "addresses of load balancers with protocol and port";
      case LOAD_BALANCER_LOCAL -> "load balancers of Services with the Local policy";
      case LOAD_BALANCER_FIREWALL -> "load balancers that have source ranges";
      case LOAD_BALANCER_SOURCE_CIDR -> "the source ranges of load balancers";
      case LOAD_BALANCER_SOURCE_IP -> "load balancers that the node itself may use";
      case NODE_PORT_TCP -> "node ports of TCP";
      case NODE_PORT_LOCAL_TCP -> "node ports of TCP with the Local policy";
      case NODE_PORT_UDP -> "node ports of UDP";
      case NODE_PORT_LOCAL_UDP -> "node ports of UDP with the Local policy";
      case NODE_PORT_SCTP -> "node ports of SCTP, with addresses of the node";
      case NODE_PORT_LOCAL_SCTP ->
          "node ports of SCTP with the Local policy, with addresses of the node";
      case HEALTH_CHECK_NODE_PORT -> "health check node ports";
      case IPVS_IPS -> "all addresses on kube-ipvs0";
    };
  }
}
