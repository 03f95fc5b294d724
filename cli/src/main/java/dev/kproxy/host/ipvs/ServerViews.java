package dev.kproxy.host.ipvs;

import dev.kproxy.host.flow.ServicePort;
import dev.kproxy.ipvs.RealServer;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Virtual servers by the Service ports that they are for. One whose Service port is not known has
/// its own address as name.
public final class ServerViews {
  private final Map<String, String> names = new HashMap<>();
  private final Map<String, Set<String>> captures = new TreeMap<>();
  private final Map<String, Set<String>> endpoints = new TreeMap<>();

  /// Views of servers.
  ///
  /// @param services the Service ports that are known; later ones count
  public ServerViews(Collection<VirtualServer> servers, Collection<ServicePort> services) {
    for (ServicePort service : services) {
      service.at().forEach(at -> names.put(service.protocol() + " " + at, service.name()));
    }
    servers.forEach(this::add);
  }

  private void add(VirtualServer server) {
    String name = name(server.address()) + " " + server.address().family();
    captures.computeIfAbsent(name, _ -> new TreeSet<>()).add(server.address().toString());
    Set<String> reached = endpoints.computeIfAbsent(name, _ -> new TreeSet<>());
    for (RealServer real : server.servers()) {
      if (real.weight() > 0) {
        reached.add(real.socket());
      }
    }
  }

  private String name(VirtualAddress address) {
    if (address instanceof VirtualAddress.Port(Protocol protocol, Ip _, int port)) {
      String nodePort = names.getOrDefault(protocol + " *:" + port, address.toString());
      return names.getOrDefault(address.toString(), nodePort);
    }
    return address.toString();
  }

  /// The names of all Service ports, each with its family.
  public Set<String> names() {
    return captures.keySet();
  }

  /// What traffic the servers of a Service port take.
  public Set<String> captures(String name) {
    return captures.getOrDefault(name, Set.of());
  }

  /// Where they send it.
  public Set<String> endpoints(String name) {
    return endpoints.getOrDefault(name, Set.of());
  }
}
