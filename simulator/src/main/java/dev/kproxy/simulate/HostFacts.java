package dev.kproxy.simulate;

import dev.kproxy.iproute.Interface;
import java.util.List;
import java.util.Optional;

/// What is known of the host that a packet meets; whatever is absent is unknown, and what depends
/// on it is undetermined.
///
/// @param interfaces its interfaces and their addresses
/// @param sysctls what its kernel is set to
public record HostFacts(Optional<List<Interface>> interfaces, Sysctls sysctls) {
  /// Nothing but the settings of a Kubernetes node.
  public static final HostFacts UNKNOWN = new HostFacts(Optional.empty(), Sysctls.NODE);

  public HostFacts {
    interfaces = interfaces.map(List::copyOf);
  }

  /// The same with interfaces.
  public HostFacts with(List<Interface> known) {
    return new HostFacts(Optional.of(known), sysctls);
  }

  /// The same with other settings.
  public HostFacts with(Sysctls settings) {
    return new HostFacts(interfaces, settings);
  }
}
