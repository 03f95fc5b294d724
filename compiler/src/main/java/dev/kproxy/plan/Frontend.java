package dev.kproxy.plan;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import java.util.List;
import java.util.OptionalInt;

/// Where one Service port is reached in one IP family, and by what policy: kube-proxy's
/// `BaseServicePortInfo`.
///
/// @param name the Service port
/// @param clusterIp its cluster IP of the family
/// @param port its port at its addresses
/// @param nodePort its port at the node's addresses, or 0
/// @param externalIps its external IPs of the family that rules are made for, in order, duplicates
///   kept
/// @param loadBalancerIps the addresses of its load balancers that nodes must handle (`ipMode:
///   VIP`), in order
/// @param sourceRanges who may use the load balancer; empty means everybody
/// @param externalPolicy which endpoints serve traffic from outside
/// @param internalPolicy which endpoints serve traffic to the cluster IP
/// @param affinitySeconds how long a client keeps its endpoint; empty without affinity
/// @param isExternallyAccessible whether anything but the cluster IP leads to it; external IPs
///   count here even where the feature gate AllowServiceExternalIPs keeps them from having rules
/// @param healthCheckNodePort the node port at which load balancers ask for local endpoints, or 0
public record Frontend(
    ServicePortName name,
    Ip clusterIp,
    int port,
    int nodePort,
    List<Ip> externalIps,
    List<Ip> loadBalancerIps,
    List<Cidr> sourceRanges,
    TrafficPolicy externalPolicy,
    TrafficPolicy internalPolicy,
    OptionalInt affinitySeconds,
    boolean isExternallyAccessible,
    int healthCheckNodePort) {

  public Frontend {
    externalIps = List.copyOf(externalIps);
    loadBalancerIps = List.copyOf(loadBalancerIps);
    sourceRanges = List.copyOf(sourceRanges);
  }

  /// Whether any traffic may go to endpoints of the whole cluster: under a Local external policy
  /// still that of the node itself and of its Pods.
  public boolean usesClusterEndpoints() {
    return internalPolicy == TrafficPolicy.CLUSTER || isExternallyAccessible;
  }

  /// Whether any traffic is kept to endpoints of this node.
  public boolean usesLocalEndpoints() {
    return internalPolicy == TrafficPolicy.LOCAL
        || (externalPolicy == TrafficPolicy.LOCAL && isExternallyAccessible);
  }
}
