package dev.kproxy.cli.whois;

import dev.kproxy.net.Protocol;
import java.util.Optional;

/// What one name stands for.
///
/// @param name of a chain or a set
/// @param isSet whether it is a set, not a chain
/// @param port the Service port, where it belongs to one
/// @param endpoint `ip:port`, where it belongs to one endpoint
/// @param role what it is there for
public record Meaning(
    String name, boolean isSet, Optional<Port> port, Optional<String> endpoint, String role) {

  /// A Service port.
  ///
  /// @param text `namespace/service:port`, without the colon where the port has no name
  public record Port(String text, Protocol protocol) {}

  /// A chain or set that kube-proxy, or the kernel, always calls so.
  static Meaning fixed(String name, boolean isSet, String role) {
    return new Meaning(name, isSet, Optional.empty(), Optional.empty(), role);
  }

  /// `NAMESPACE/SERVICE:PORT (tcp) -> ENDPOINT: ROLE`, as far as it has these.
  @Override
  public String toString() {
    return port.map(known -> known.text() + " (" + known.protocol().lowerCase() + ")").orElse("")
        + endpoint.map(address -> " -> " + address).orElse("")
        + (port.isPresent() ? ": " : "")
        + role;
  }
}
