package dev.kproxy.plan;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// The endpoints of a Service port, sorted out for one node: kube-proxy's `CategorizeEndpoints`.
///
/// Every list is ordered by `ip:port` as text.
///
/// @param all every endpoint, usable or not
/// @param cluster those that traffic under the Cluster policy is spread over; empty where the
///   Service has no such traffic
/// @param local those that traffic under the Local policy is spread over; empty where the Service
///   has no such traffic
/// @param reachable all that this node sends any traffic to
/// @param usable whether any node of the cluster has a usable endpoint; may hold with `reachable`
///   empty
/// @param topology how hints narrowed `cluster`
public record EndpointSet(
    List<ServiceEndpoint> all,
    List<ServiceEndpoint> cluster,
    List<ServiceEndpoint> local,
    List<ServiceEndpoint> reachable,
    boolean usable,
    Topology topology) {

  /// A Service port without any endpoint.
  public static final EndpointSet EMPTY =
      new EndpointSet(List.of(), List.of(), List.of(), List.of(), false, Topology.NONE);

  /// How the hints of endpoints are obeyed.
  public enum Topology {
    /// Hints are absent or incomplete: not at all.
    NONE,
    /// Only endpoints hinted for this node.
    SAME_NODE,
    /// Only endpoints hinted for this node's zone.
    SAME_ZONE
  }

  /// What became of one endpoint on this node.
  public enum Fate {
    /// It gets traffic.
    USED,
    /// It is not ready.
    NOT_READY,
    /// It is shutting down, and others are ready.
    TERMINATING,
    /// It is hinted for other nodes.
    OTHER_NODE,
    /// It is hinted for other zones.
    OTHER_ZONE,
    /// It runs on another node, and the traffic policy is Local.
    NOT_LOCAL
  }

  /// Sorts the endpoints of a Service port out.
  ///
  /// @param all its endpoints, ordered
  static EndpointSet of(List<ServiceEndpoint> all, Frontend frontend, NodeFacts node) {
    boolean clusterWide = frontend.usesClusterEndpoints();
    Topology topology = clusterWide ? topology(all, node) : Topology.NONE;
    List<ServiceEndpoint> cluster = List.of();
    if (clusterWide) {
      cluster =
          Lists.filter(all, endpoint -> endpoint.isReady() && isFor(endpoint, topology, node));
      // Hints never leave a Service without a ready endpoint, so here none is ready anywhere.
      cluster = cluster.isEmpty() ? Lists.filter(all, ServiceEndpoint::isLastResort) : cluster;
    }
    if (!frontend.usesLocalEndpoints()) {
      return new EndpointSet(all, cluster, List.of(), cluster, !cluster.isEmpty(), topology);
    }
    List<ServiceEndpoint> ready =
        Lists.filter(all, endpoint -> endpoint.local() && endpoint.isReady());
    List<ServiceEndpoint> local =
        ready.isEmpty()
            ? Lists.filter(all, endpoint -> endpoint.local() && endpoint.isLastResort())
            : ready;
    boolean usable =
        all.stream().anyMatch(endpoint -> endpoint.isReady() || endpoint.isLastResort());
    List<ServiceEndpoint> reachable = clusterWide ? union(cluster, local) : local;
    return new EndpointSet(all, cluster, local, reachable, usable, topology);
  }

  /// Hints count only where every ready endpoint has one and one of them is for this node or its
  /// zone; hints for nodes go before hints for zones (KEP-2433, KEP-3015).
  private static Topology topology(List<ServiceEndpoint> all, NodeFacts node) {
    boolean anyReady = false;
    boolean everyNode = true;
    boolean thisNode = false;
    boolean everyZone = true;
    boolean thisZone = false;
    for (ServiceEndpoint endpoint : all) {
      if (endpoint.isReady()) {
        anyReady = true;
        everyNode &= !endpoint.inSlice().nodes().isEmpty();
        thisNode |= endpoint.inSlice().nodes().contains(node.name());
        everyZone &= !endpoint.inSlice().zones().isEmpty();
        thisZone |= endpoint.inSlice().zones().contains(node.zone());
      }
    }
    if (anyReady && everyNode && thisNode) {
      return Topology.SAME_NODE;
    }
    return anyReady && everyZone && thisZone ? Topology.SAME_ZONE : Topology.NONE;
  }

  private static boolean isFor(ServiceEndpoint endpoint, Topology topology, NodeFacts node) {
    return switch (topology) {
      case NONE -> true;
      case SAME_NODE -> endpoint.inSlice().nodes().contains(node.name());
      case SAME_ZONE -> endpoint.inSlice().zones().contains(node.zone());
    };
  }

  private static List<ServiceEndpoint> union(
      List<ServiceEndpoint> cluster, List<ServiceEndpoint> local) {
    TreeMap<String, ServiceEndpoint> byAddress = new TreeMap<>();
    cluster.forEach(endpoint -> byAddress.put(endpoint.address(), endpoint));
    local.forEach(endpoint -> byAddress.put(endpoint.address(), endpoint));
    return byAddress.size() == cluster.size() ? cluster : List.copyOf(byAddress.values());
  }

  /// What became of `endpoint`, one of [#all].
  ///
  /// @param reached the addresses of [#reachable]
  public Fate fate(ServiceEndpoint endpoint, Set<String> reached) {
    if (reached.contains(endpoint.address())) {
      return Fate.USED;
    }
    if (!endpoint.isReady()) {
      return endpoint.isLastResort() ? Fate.TERMINATING : Fate.NOT_READY;
    }
    return switch (topology) {
      case SAME_NODE -> Fate.OTHER_NODE;
      case SAME_ZONE -> Fate.OTHER_ZONE;
      case NONE -> Fate.NOT_LOCAL;
    };
  }
}
