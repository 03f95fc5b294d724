package dev.kproxy.manifest;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import java.util.List;
import java.util.OptionalInt;

/// A Service with the API server's defaults applied.
///
/// @param namespace its namespace, `default` where the manifest names none
/// @param name its name
/// @param location where its document begins
/// @param type its type
/// @param headless whether `clusterIP` is `None`
/// @param clusterIps its cluster IPs, at most one a family, the primary one first; empty where it
///   is headless, an ExternalName, or not allocated yet
/// @param families the families that it asks for (`ipFamilies`), the primary one first; empty where
///   it leaves them to the cluster
/// @param familyPolicy its `ipFamilyPolicy`, SingleStack where it says nothing
/// @param ports its ports in the order of the manifest
/// @param externalIps `externalIPs` in order
/// @param ingresses `status.loadBalancer.ingress` entries that have an address, in order
/// @param sourceRanges `loadBalancerSourceRanges` in order, host bits cleared
/// @param externalPolicy `externalTrafficPolicy`
/// @param internalPolicy `internalTrafficPolicy`
/// @param affinitySeconds the time-out of ClientIP affinity; empty without affinity
/// @param healthCheckNodePort `healthCheckNodePort`, or 0
/// @param allocatesNodePorts whether a load balancer's ports get node ports
///   (`allocateLoadBalancerNodePorts`)
/// @param hasSelector whether a cluster would make its EndpointSlices
/// @param otherProxy whether the label `service.kubernetes.io/service-proxy-name` gives it to
///   another proxy
public record Service(
    String namespace,
    String name,
    Location location,
    Type type,
    boolean headless,
    List<Ip> clusterIps,
    List<Family> families,
    FamilyPolicy familyPolicy,
    List<ServicePort> ports,
    List<Ip> externalIps,
    List<Ingress> ingresses,
    List<Cidr> sourceRanges,
    Policy externalPolicy,
    Policy internalPolicy,
    OptionalInt affinitySeconds,
    int healthCheckNodePort,
    boolean allocatesNodePorts,
    boolean hasSelector,
    boolean otherProxy) {

  public Service {
    clusterIps = List.copyOf(clusterIps);
    families = List.copyOf(families);
    ports = List.copyOf(ports);
    externalIps = List.copyOf(externalIps);
    ingresses = List.copyOf(ingresses);
    sourceRanges = List.copyOf(sourceRanges);
  }

  /// `spec.type`.
  public enum Type {
    /// Reached inside of the cluster.
    CLUSTER_IP,
    /// Reached by a port of every node, too.
    NODE_PORT,
    /// Reached by a load balancer's address, too.
    LOAD_BALANCER,
    /// A DNS alias; it makes no rules.
    EXTERNAL_NAME
  }

  /// `spec.ipFamilyPolicy`.
  public enum FamilyPolicy {
    /// One family.
    SINGLE_STACK,
    /// Both families where the cluster has them.
    PREFER_DUAL_STACK,
    /// Both families.
    REQUIRE_DUAL_STACK
  }

  /// `externalTrafficPolicy` and `internalTrafficPolicy`.
  public enum Policy {
    /// Any endpoint.
    CLUSTER,
    /// Only endpoints of this node.
    LOCAL
  }

  /// An address of a load balancer.
  ///
  /// @param ip the address
  /// @param proxied whether the load balancer delivers to endpoints itself (`ipMode: Proxy`), so
  ///   that nodes make no rules for the address
  public record Ingress(Ip ip, boolean proxied) {}

  /// The same Service with what a cluster would have given it.
  public Service withAllocated(
      List<Ip> clusterIps, List<ServicePort> ports, int healthCheckNodePort) {
    return new Service(
        namespace,
        name,
        location,
        type,
        headless,
        clusterIps,
        families,
        familyPolicy,
        ports,
        externalIps,
        ingresses,
        sourceRanges,
        externalPolicy,
        internalPolicy,
        affinitySeconds,
        healthCheckNodePort,
        allocatesNodePorts,
        hasSelector,
        otherProxy);
  }

  /// Whether load balancers ask a node port of its own where its endpoints are.
  public boolean needsHealthCheckNodePort() {
    return type == Type.LOAD_BALANCER && externalPolicy == Policy.LOCAL;
  }

  /// `NAMESPACE/NAME`: no other Service of a cluster has both.
  public String namespacedName() {
    return namespace + "/" + name;
  }

  /// `Service NAMESPACE/NAME`, as diagnostics name it.
  public String describe() {
    return "Service " + namespacedName();
  }
}
