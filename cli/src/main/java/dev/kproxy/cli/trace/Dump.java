package dev.kproxy.cli.trace;

import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.iproute.Interface;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Backend;
import dev.kproxy.simulate.HostFacts;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// What a host has to do with packets.
///
/// @param rules its rules, of each family that was given
/// @param sets its sets
/// @param ipvs its virtual servers, where they were given
/// @param virtual the interfaces that lay beside the rules: those that IPVS mode makes
/// @param backend what its iptables works on, as far as the rules tell
/// @param settings a file of its settings that lay beside the rules
public record Dump(
    Map<Family, Ruleset> rules,
    List<IpSet> sets,
    Optional<IpvsTable> ipvs,
    List<Interface> virtual,
    Backend backend,
    Optional<String> settings) {
  /// Rules alone.
  public static Dump of(Map<Family, Ruleset> rules) {
    return new Dump(
        rules, List.of(), Optional.empty(), List.of(), Backend.LEGACY, Optional.empty());
  }

  public Dump {
    rules = Map.copyOf(rules);
    sets = List.copyOf(sets);
    virtual = List.copyOf(virtual);
  }

  /// The same with other rules.
  public Dump with(Map<Family, Ruleset> others) {
    return new Dump(others, sets, ipvs, virtual, backend, settings);
  }

  /// A host with these rules. Where nobody tells its interfaces, `kube-ipvs0` has the addresses of
  /// the virtual servers, as on every node that kube-proxy runs on.
  ///
  /// @param isTold whether somebody tells its interfaces
  /// @param sink takes the note on what is taken for granted
  public HostFacts on(HostFacts facts, boolean isTold, Consumer<? super Diagnostic> sink) {
    HostFacts host = facts.withSets(sets).withBackend(backend);
    if (ipvs.isEmpty()) {
      return host;
    }
    if (!virtual.isEmpty() || isTold) {
      return host.withIpvs(ipvs.get(), virtual);
    }
    sink.accept(
        Diagnostic.note(
            Code.ASSUMED,
            "",
            KubeProxyNames.INTERFACE
                + " is taken to have the addresses of the virtual servers; --addresses tells"));
    return host.withIpvs(ipvs.get(), List.of(virtual(ipvs.get())));
  }

  private static Interface virtual(IpvsTable table) {
    Set<Ip> addresses = new LinkedHashSet<>();
    for (VirtualServer server : table.servers()) {
      if (server.address() instanceof VirtualAddress.Port port) {
        addresses.add(port.address());
      }
    }
    return new Interface(
        KubeProxyNames.INTERFACE,
        List.of(),
        addresses.stream().map(Interface.Address::host).toList());
  }
}
