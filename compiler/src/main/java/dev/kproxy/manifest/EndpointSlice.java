package dev.kproxy.manifest;

import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import dev.kproxy.net.Protocol;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// An EndpointSlice with the API server's defaults applied.
///
/// @param namespace its namespace
/// @param name its name
/// @param location where its document begins
/// @param service the name of its Service (label `kubernetes.io/service-name`), or empty
/// @param headless whether the label `service.kubernetes.io/headless` is there, so that kube-proxy
///   never sees the slice
/// @param family the family of its addresses; empty for host names (`addressType: FQDN`)
/// @param ports its ports
/// @param endpoints its endpoints; empty for host names
public record EndpointSlice(
    String namespace,
    String name,
    Location location,
    String service,
    boolean headless,
    Optional<Family> family,
    List<Port> ports,
    List<Endpoint> endpoints) {

  public EndpointSlice {
    ports = List.copyOf(ports);
    endpoints = List.copyOf(endpoints);
  }

  /// A port of every endpoint of the slice.
  ///
  /// @param name the name of the Service's port that it belongs to, or empty
  /// @param protocol its protocol
  /// @param port the number; empty where it stands for all ports
  public record Port(String name, Protocol protocol, OptionalInt port) {}

  /// `NAMESPACE/NAME` of its Service.
  public String namespacedService() {
    return namespace + "/" + service;
  }

  /// `EndpointSlice NAMESPACE/NAME`, as diagnostics name it.
  public String describe() {
    return "EndpointSlice " + namespace + "/" + name;
  }
}
