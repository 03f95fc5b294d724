package dev.kproxy.simulate;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.RecentList;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipvs.IpvsTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is known of the host that a packet meets; whatever is absent is unknown, and what depends
/// on it is undetermined.
///
/// @param interfaces its interfaces and their addresses
/// @param routes its routes; where they are unknown, there is a route to every other host, but
///   nobody knows by which interface
/// @param sysctls settings of its kernel by their names as `sysctl -a` prints them; what is not
///   among them has the value that it has on a Kubernetes node, see
///   [dev.kproxy.simulate.host.Settings]
/// @param sets its sets; a set that is not among them is unknown
/// @param ipvs its virtual servers
/// @param virtual interfaces that are known even where the others are not: those that hold the
///   addresses of virtual servers
/// @param recent its lists of `-m recent` by their names; a list that is not among them is empty
/// @param backend which part of its kernel holds the rules of iptables; the old one where nobody
///   told
public record HostFacts(
    Optional<List<Interface>> interfaces,
    Optional<RouteTable> routes,
    Map<String, String> sysctls,
    List<IpSet> sets,
    Optional<IpvsTable> ipvs,
    List<Interface> virtual,
    Map<String, RecentList> recent,
    Backend backend) {
  /// Nothing but that it is a Kubernetes node.
  public static final HostFacts UNKNOWN =
      new HostFacts(
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          List.of(),
          Optional.empty(),
          List.of(),
          Map.of(),
          Backend.LEGACY);

  public HostFacts {
    interfaces = interfaces.map(List::copyOf);
    sysctls = Map.copyOf(sysctls);
    sets = List.copyOf(sets);
    virtual = List.copyOf(virtual);
    recent = Map.copyOf(recent);
  }

  /// The same with interfaces.
  public HostFacts withInterfaces(List<Interface> known) {
    return new HostFacts(Optional.of(known), routes, sysctls, sets, ipvs, virtual, recent, backend);
  }

  /// The same with routes.
  public HostFacts withRoutes(RouteTable known) {
    return new HostFacts(
        interfaces, Optional.of(known), sysctls, sets, ipvs, virtual, recent, backend);
  }

  /// The same with one setting more.
  public HostFacts withSysctl(String name, String value) {
    Map<String, String> all = new HashMap<>(sysctls);
    all.put(name, value);
    return new HostFacts(interfaces, routes, all, sets, ipvs, virtual, recent, backend);
  }

  /// The same with sets.
  public HostFacts withSets(List<IpSet> known) {
    return new HostFacts(interfaces, routes, sysctls, known, ipvs, virtual, recent, backend);
  }

  /// The same with virtual servers.
  ///
  /// @param holders the interfaces that hold their addresses
  public HostFacts withIpvs(IpvsTable known, List<Interface> holders) {
    return new HostFacts(
        interfaces, routes, sysctls, sets, Optional.of(known), holders, recent, backend);
  }

  /// The same with a list of `-m recent`.
  public HostFacts withRecent(String name, RecentList list) {
    Map<String, RecentList> all = new HashMap<>(recent);
    all.put(name, list);
    return new HostFacts(interfaces, routes, sysctls, sets, ipvs, virtual, all, backend);
  }

  /// The same where another part of the kernel holds the rules of iptables.
  public HostFacts withBackend(Backend known) {
    return new HostFacts(interfaces, routes, sysctls, sets, ipvs, virtual, recent, known);
  }
}
