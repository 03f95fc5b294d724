package dev.kproxy.cli.cluster;

import dev.kproxy.iproute.Interface;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a host tells of the node that it is, for what nobody else tells.
///
/// @param name its name
/// @param interfaces its interfaces
public record NodeDefaults(Optional<String> name, List<Interface> interfaces) {
  /// Nothing.
  public static final NodeDefaults NONE = new NodeDefaults(Optional.empty(), List.of());

  public NodeDefaults {
    interfaces = List.copyOf(interfaces);
  }

  /// The first address of each family that others may reach.
  List<Ip> nodeIps() {
    List<Ip> ips = new ArrayList<>();
    for (Family family : Family.values()) {
      interfaces.stream()
          .filter(Interface::isUp)
          .flatMap(link -> link.addresses().stream())
          .filter(address -> address.scope().equals("global"))
          .map(Interface.Address::ip)
          .filter(ip -> ip.family() == family && !ip.isLoopback())
          .findFirst()
          .ifPresent(ips::add);
    }
    return ips;
  }
}
