package dev.kproxy.host.ipvs;

import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What must be done so that a host has the sets, servers and addresses that it shall have. What is
/// as it should be, and what is nobody's here, is no part of it.
///
/// @param sets by name
/// @param servers by address
/// @param bound addresses that the interface gets
/// @param unbound addresses that it loses
/// @param interfaceAdded whether the interface is made
/// @param interfaceRemoved whether it goes
public record BalancerChange(
    List<SetChange> sets,
    List<ServerChange> servers,
    Set<Ip> bound,
    Set<Ip> unbound,
    boolean interfaceAdded,
    boolean interfaceRemoved) {
  /// Nothing is to be done.
  public static final BalancerChange NONE =
      new BalancerChange(List.of(), List.of(), Set.of(), Set.of(), false, false);

  public BalancerChange {
    sets = List.copyOf(sets);
    servers = List.copyOf(servers);
    bound = Collections.unmodifiableSet(new TreeSet<>(bound));
    unbound = Collections.unmodifiableSet(new TreeSet<>(unbound));
  }

  /// The way from what a host has to what it shall have.
  ///
  /// @param observed all that the host has, with what is of others
  /// @param wanted ours as it should be
  /// @param owned ours as it was, which may go
  public static BalancerChange between(Balancer observed, Balancer wanted, Balancer owned) {
    Set<Ip> bound = without(wanted.addresses(), observed.addresses());
    Set<Ip> unbound = without(owned.addresses(), wanted.addresses());
    unbound.retainAll(observed.addresses());
    boolean stranger = !unbound.containsAll(observed.addresses());
    return new BalancerChange(
        sets(observed, wanted, owned),
        servers(observed, wanted, owned),
        bound,
        unbound,
        wanted.hasInterface() && !observed.hasInterface(),
        observed.hasInterface() && owned.hasInterface() && !wanted.hasInterface() && !stranger);
  }

  private static Set<Ip> without(Set<Ip> all, Set<Ip> those) {
    Set<Ip> rest = new TreeSet<>(all);
    rest.removeAll(those);
    return rest;
  }

  private static List<SetChange> sets(Balancer observed, Balancer wanted, Balancer owned) {
    List<SetChange> changes = new ArrayList<>();
    for (Map.Entry<String, IpSet> set : wanted.sets().entrySet()) {
      Optional<IpSet> found = Optional.ofNullable(observed.sets().get(set.getKey()));
      SetChange.between(found, set.getValue()).ifPresent(changes::add);
    }
    for (String name : owned.sets().keySet()) {
      IpSet found = observed.sets().get(name);
      if (found != null && !wanted.sets().containsKey(name)) {
        changes.add(SetChange.removal(found));
      }
    }
    return changes;
  }

  private static List<ServerChange> servers(Balancer observed, Balancer wanted, Balancer owned) {
    List<ServerChange> changes = new ArrayList<>();
    for (Map.Entry<VirtualAddress, VirtualServer> server : wanted.servers().entrySet()) {
      Optional<VirtualServer> found = Optional.ofNullable(observed.servers().get(server.getKey()));
      ServerChange.between(found, server.getValue()).ifPresent(changes::add);
    }
    for (VirtualAddress address : owned.servers().keySet()) {
      VirtualServer found = observed.servers().get(address);
      if (found != null && !wanted.servers().containsKey(address)) {
        changes.add(ServerChange.removal(found));
      }
    }
    return changes;
  }

  /// Whether nothing is to be done.
  public boolean isEmpty() {
    return equals(NONE);
  }

  /// The part of it that comes into being.
  BalancerChange growth() {
    return new BalancerChange(
        sets.stream()
            .filter(SetChange::grows)
            .map(it -> new SetChange(it.kind(), it.set(), it.added(), List.of()))
            .toList(),
        servers.stream()
            .filter(ServerChange::grows)
            .map(
                it -> new ServerChange(it.kind(), it.server(), it.added(), it.changed(), List.of()))
            .toList(),
        bound,
        Set.of(),
        interfaceAdded,
        false);
  }

  /// Whether sets or entries of sets come into being.
  boolean growsSets() {
    return sets.stream().anyMatch(SetChange::grows);
  }

  /// Whether servers or addresses come into being.
  boolean growsServers() {
    return interfaceAdded || !bound.isEmpty() || servers.stream().anyMatch(ServerChange::grows);
  }
}
