package dev.kproxy.host.ipvs;

import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.host.HostFault;
import dev.kproxy.iproute.AddressBatchParser;
import dev.kproxy.iproute.AddressBatchPrinter;
import dev.kproxy.iproute.Interface;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.IpsetParser;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.ipvs.IpvsParser;
import dev.kproxy.ipvs.IpvsPrinter;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// What IPVS mode has beside tables, on a host or for one.
///
/// @param sets by name
/// @param servers by address, which orders them as text
/// @param addresses those of [KubeProxyNames#INTERFACE]
/// @param hasInterface whether that interface is there
public record Balancer(
    Map<String, IpSet> sets,
    Map<VirtualAddress, VirtualServer> servers,
    Set<Ip> addresses,
    boolean hasInterface) {
  /// Nothing of all that: the other modes.
  public static final Balancer NONE = new Balancer(Map.of(), Map.of(), Set.of(), false);

  public Balancer {
    sets = Collections.unmodifiableMap(new TreeMap<>(sets));
    TreeMap<VirtualAddress, VirtualServer> ordered =
        new TreeMap<>(Comparator.comparing(VirtualAddress::toString));
    ordered.putAll(servers);
    servers = Collections.unmodifiableMap(ordered);
    addresses = Collections.unmodifiableSet(new TreeSet<>(addresses));
  }

  /// Whether there is nothing of it.
  public boolean isNone() {
    return equals(NONE);
  }

  static Balancer of(
      Collection<IpSet> sets, Collection<VirtualServer> servers, Optional<Set<Ip>> addresses) {
    Map<String, IpSet> bySetName = new HashMap<>();
    sets.forEach(set -> bySetName.put(set.name(), set));
    Map<VirtualAddress, VirtualServer> byAddress = new HashMap<>();
    servers.forEach(server -> byAddress.put(server.address(), server));
    return new Balancer(bySetName, byAddress, addresses.orElse(Set.of()), addresses.isPresent());
  }

  /// The part of it that has these sets, these servers, and of the interface these addresses.
  public Balancer only(
      Predicate<String> set,
      Predicate<VirtualAddress> server,
      Predicate<Ip> address,
      boolean theInterface) {
    return of(
        sets.values().stream().filter(it -> set.test(it.name())).toList(),
        servers.values().stream().filter(it -> server.test(it.address())).toList(),
        theInterface && hasInterface
            ? Optional.of(new TreeSet<>(addresses.stream().filter(address).toList()))
            : Optional.empty());
  }

  /// The part of it that another has, too.
  Balancer within(Balancer places) {
    return only(
        places.sets::containsKey,
        places.servers::containsKey,
        places.addresses::contains,
        places.hasInterface);
  }

  /// The part of it that another does not have.
  Balancer without(Balancer ours) {
    return only(
        name -> !ours.sets.containsKey(name),
        address -> !ours.servers.containsKey(address),
        ip -> !ours.addresses.contains(ip),
        !ours.hasInterface);
  }

  /// Both; where both have a thing, the first one's.
  public Balancer or(Balancer second) {
    Map<String, IpSet> bothSets = new HashMap<>(second.sets);
    bothSets.putAll(sets);
    Map<VirtualAddress, VirtualServer> bothServers = new HashMap<>(second.servers);
    bothServers.putAll(servers);
    Set<Ip> bothAddresses = new TreeSet<>(second.addresses);
    bothAddresses.addAll(addresses);
    return new Balancer(bothSets, bothServers, bothAddresses, hasInterface || second.hasInterface);
  }

  /// The sets as `ipset restore` takes them.
  public String setsText() {
    return IpsetPrinter.print(List.copyOf(sets.values()));
  }

  /// The servers as `ipvsadm --restore` takes them.
  public String serversText() {
    return IpvsPrinter.print(new IpvsTable(Optional.empty(), List.copyOf(servers.values())));
  }

  /// The interface as `ip -batch` takes it; empty where there is none.
  public String interfaceText() {
    return hasInterface
        ? String.join("\n", AddressBatchPrinter.print(KubeProxyNames.INTERFACE, addresses)) + "\n"
        : "";
  }

  /// Reads the three texts.
  ///
  /// @param origin where they are from, for faults
  /// @throws HostFault where one of them holds what is none of kube-proxy's
  public static Balancer parse(String sets, String servers, String batch, String origin)
      throws HostFault {
    List<Diagnostic> faults = new ArrayList<>();
    List<IpSet> parsedSets = IpsetParser.parse(sets, origin + " ipset", faults::add);
    IpvsTable table = IpvsParser.parse(servers, origin + " ipvsadm", faults::add);
    List<Interface> interfaces = AddressBatchParser.parse(batch, origin + " ip", faults::add);
    if (!faults.isEmpty()) {
      throw HostFault.refused(faults.getFirst().toString());
    }
    for (IpSet set : parsedSets) {
      if (!KubeProxyNames.isSet(set.name())) {
        throw HostFault.refused(origin + ": the set " + set.name() + " is none of kube-proxy's");
      }
    }
    Optional<Set<Ip>> addresses = Optional.empty();
    for (Interface device : interfaces) {
      if (!device.name().equals(KubeProxyNames.INTERFACE)) {
        throw HostFault.refused(
            origin + ": the interface " + device.name() + " is none of kube-proxy's");
      }
      addresses = Optional.of(addresses(device));
    }
    return of(parsedSets, table.servers(), addresses);
  }

  private static Set<Ip> addresses(Interface device) {
    Set<Ip> addresses = new TreeSet<>();
    device.addresses().forEach(address -> addresses.add(address.ip()));
    return addresses;
  }
}
