package dev.kproxy.manifest.fields;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A kind of object that is read.
public enum Kind {
  /// `v1` Service.
  SERVICE("Service"),
  /// `discovery.k8s.io/v1` EndpointSlice.
  ENDPOINT_SLICE("EndpointSlice"),
  /// `v1` Endpoints.
  ENDPOINTS("Endpoints"),
  /// `v1` Node.
  NODE("Node"),
  /// `networking.k8s.io/v1` ServiceCIDR.
  SERVICE_CIDR("ServiceCIDR");

  private final String text;

  Kind(String text) {
    this.text = text;
  }

  /// The kind that an object's `kind` names.
  public static Optional<Kind> parse(String text) {
    return switch (text) {
      case "Service" -> Optional.of(SERVICE);
      case "EndpointSlice" -> Optional.of(ENDPOINT_SLICE);
      case "Endpoints" -> Optional.of(ENDPOINTS);
      case "Node" -> Optional.of(NODE);
      case "ServiceCIDR" -> Optional.of(SERVICE_CIDR);
      default -> Optional.empty();
    };
  }

  /// The kind that the text means but does not spell: in other case, or in the plural.
  public static Optional<Kind> guess(String text) {
    return Stream.of(values())
        .filter(
            kind -> kind.text.equalsIgnoreCase(text) || (kind.text + "s").equalsIgnoreCase(text))
        .findFirst();
  }

  /// The values of `apiVersion` that are read, the one to convert others to first.
  public List<String> versions() {
    return switch (this) {
      case SERVICE, ENDPOINTS, NODE -> List.of("v1");
      case ENDPOINT_SLICE -> List.of("discovery.k8s.io/v1");
      case SERVICE_CIDR -> List.of("networking.k8s.io/v1", "networking.k8s.io/v1beta1");
    };
  }

  /// Whether objects of the kind have a namespace.
  public boolean namespaced() {
    return this != NODE && this != SERVICE_CIDR;
  }

  /// The kind as `kind` spells it.
  @Override
  public String toString() {
    return text;
  }
}
