package dev.kproxy.manifest;

import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Location;
import java.util.List;
import java.util.Optional;

/// Everything that was read of the cluster input.
///
/// @param services the Services in the order of the input, each once
/// @param slices the EndpointSlices in the order of the input, each once, those mirrored from
///   Endpoints included
/// @param nodes the Nodes
/// @param serviceCidrs the ServiceCIDRs
/// @param configuration the KubeProxyConfiguration among the manifests, or in a ConfigMap among
///   them
public record Manifests(
    List<Service> services,
    List<EndpointSlice> slices,
    List<Node> nodes,
    List<ServiceCidr> serviceCidrs,
    Optional<ConfigurationDocument> configuration) {

  public Manifests {
    services = List.copyOf(services);
    slices = List.copyOf(slices);
    nodes = List.copyOf(nodes);
    serviceCidrs = List.copyOf(serviceCidrs);
  }

  /// The same with other Services.
  public Manifests withServices(List<Service> others) {
    return new Manifests(others, slices, nodes, serviceCidrs, configuration);
  }

  /// A KubeProxyConfiguration as it stands in a file.
  ///
  /// @param document its text as values
  /// @param location where it begins
  public record ConfigurationDocument(Value.Mapping document, Location location) {}
}
