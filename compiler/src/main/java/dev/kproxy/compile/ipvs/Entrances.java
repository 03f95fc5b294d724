package dev.kproxy.compile.ipvs;

import dev.kproxy.compile.ipvs.Entrance.Kind;
import dev.kproxy.net.Ip;
import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.NodeFacts;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.ServicePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Where Service ports are reached in IPVS mode, in one family: all that this mode decides
/// otherwise than iptables mode, from the same plan.
///
/// | | iptables mode | IPVS mode |
/// |---|---|---|
/// | node ports | at any local address | at each address of the node that was known at the time; at loopback addresses never, at link-local ones of IPv6 only if `nodePortAddresses` names them |
/// | node ports where the node has no such address | a rule that never holds | none, and no health check node port either |
/// | no endpoint at all | rejected by a rule | a virtual server without real servers, which rejects |
/// | a Local policy, no endpoint of this node | dropped | [Entrance#endpoints]: sent to other nodes |
/// | a node in a load balancer's source ranges | a rule for its own address | an entry of a set; a node that is not in them is kept out of the load balancer by a rule |
/// | INVALID packets, 127.0.0.1, over 1,000 endpoints | rules of their own | nothing of its own |
///
/// Source: `syncProxyRules` and `syncEndpoint` in `pkg/proxy/ipvs/proxier.go`.
final class Entrances {
  private final Plan plan;
  private final Set<Ip> ownAddresses;
  private final List<Ip> nodePortIps;

  Entrances(Plan plan, NodeFacts node) {
    this.plan = plan;
    List<Ip> own = node.ownAddresses(plan.family());
    this.ownAddresses = Set.copyOf(own);
    this.nodePortIps = plan.nodePorts().balanced(own);
  }

  /// The entrances of one Service port. Where two have one address, port and protocol, the last one
  /// counts.
  List<Entrance> of(ServicePlan service) {
    Frontend frontend = service.frontend();
    List<Entrance> entrances = new ArrayList<>();
    entrances.add(
        new Entrance(Kind.CLUSTER_IP, service, frontend.clusterIp(), frontend.port(), true));
    for (Ip ip : frontend.externalIps()) {
      entrances.add(foreign(Kind.EXTERNAL_IP, service, ip));
    }
    for (Ip ip : frontend.loadBalancerIps()) {
      entrances.add(foreign(Kind.LOAD_BALANCER, service, ip));
    }
    if (frontend.nodePort() != 0) {
      for (Ip ip : nodePortIps) {
        entrances.add(new Entrance(Kind.NODE_PORT, service, ip, frontend.nodePort(), false));
      }
    }
    return entrances;
  }

  /// An address that another interface has is not bound once more.
  private Entrance foreign(Kind kind, ServicePlan service, Ip ip) {
    return new Entrance(kind, service, ip, service.frontend().port(), !ownAddresses.contains(ip));
  }

  /// Whether the health check node port of the Service is let in. Without an address for node ports
  /// kube-proxy leaves off before it comes to that.
  boolean letsHealthChecksIn(Frontend frontend) {
    return frontend.healthCheckNodePort() != 0
        && (frontend.nodePort() == 0 || !nodePortIps.isEmpty());
  }

  /// Whether the source ranges of the Service's load balancer let this node in.
  boolean letsNodeIn(Frontend frontend) {
    return frontend.sourceRanges().stream().anyMatch(range -> range.contains(plan.nodeIp()));
  }
}
