package dev.kproxy.manifest;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import java.util.List;

/// A Node.
///
/// @param name its name
/// @param location where its document begins
/// @param internalIps its InternalIP addresses that are addresses, in order
/// @param externalIps its ExternalIP addresses that are addresses, in order
/// @param podCidrs the ranges of its Pods, in order
/// @param zone the label `topology.kubernetes.io/zone`, or empty
public record Node(
    String name,
    Location location,
    List<Ip> internalIps,
    List<Ip> externalIps,
    List<Cidr> podCidrs,
    String zone) {

  public Node {
    internalIps = List.copyOf(internalIps);
    externalIps = List.copyOf(externalIps);
    podCidrs = List.copyOf(podCidrs);
  }
}
