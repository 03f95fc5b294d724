package dev.kproxy.manifest;

import dev.kproxy.net.Ip;
import java.util.List;

/// One endpoint of a slice: its first address, the only one that kube-proxy uses.
///
/// @param ip the address
/// @param ready whether it takes new connections; true where the manifest says nothing
/// @param serving whether it still answers; true where the manifest says nothing
/// @param terminating whether it is being shut down
/// @param node the name of its node, or empty
/// @param zones the zones whose clients it is for (`hints.forZones`), in order
/// @param nodes the nodes whose clients it is for (`hints.forNodes`), in order
/// @param pod `NAMESPACE/NAME` of the Pod behind it (`targetRef`), or empty; it makes no rule
public record Endpoint(
    Ip ip,
    boolean ready,
    boolean serving,
    boolean terminating,
    String node,
    List<String> zones,
    List<String> nodes,
    String pod) {

  public Endpoint {
    zones = List.copyOf(zones);
    nodes = List.copyOf(nodes);
  }
}
