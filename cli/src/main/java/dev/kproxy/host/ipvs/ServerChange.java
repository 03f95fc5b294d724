package dev.kproxy.host.ipvs;

import dev.kproxy.ipvs.RealServer;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What must be done to a virtual server.
///
/// @param kind what becomes of the virtual server as a whole
/// @param server as it shall be; one that goes as it is
/// @param added real servers that come
/// @param changed real servers that get another weight, or are reached in another way
/// @param removed real servers that go, as they are
public record ServerChange(
    Kind kind,
    VirtualServer server,
    List<RealServer> added,
    List<RealServer> changed,
    List<RealServer> removed) {
  /// What becomes of a virtual server.
  public enum Kind {
    /// It is made.
    ADDED,
    /// It gets another scheduler, other flags or another persistence.
    CHANGED,
    /// It stays as it is; only its real servers change.
    KEPT,
    /// It goes.
    REMOVED
  }

  private record Socket(Ip ip, int port) {}

  public ServerChange {
    added = List.copyOf(added);
    changed = List.copyOf(changed);
    removed = List.copyOf(removed);
  }

  /// The way from what a host has to what it shall have; empty where nothing is to be done.
  static Optional<ServerChange> between(Optional<VirtualServer> observed, VirtualServer wanted) {
    if (observed.isEmpty()) {
      return Optional.of(
          new ServerChange(Kind.ADDED, wanted, wanted.servers(), List.of(), List.of()));
    }
    Map<Socket, RealServer> found = bySocket(observed.get());
    List<RealServer> added = new ArrayList<>();
    List<RealServer> changed = new ArrayList<>();
    for (RealServer server : wanted.servers()) {
      RealServer there = found.remove(new Socket(server.address(), server.port()));
      if (there == null) {
        added.add(server);
      } else if (!there.equals(server)) {
        changed.add(server);
      }
    }
    boolean same = observed.get().withServers(List.of()).equals(wanted.withServers(List.of()));
    ServerChange change =
        new ServerChange(
            same ? Kind.KEPT : Kind.CHANGED, wanted, added, changed, List.copyOf(found.values()));
    return change.grows() || change.shrinks() ? Optional.of(change) : Optional.empty();
  }

  /// The end of a virtual server.
  static ServerChange removal(VirtualServer observed) {
    return new ServerChange(Kind.REMOVED, observed, List.of(), List.of(), observed.servers());
  }

  private static Map<Socket, RealServer> bySocket(VirtualServer server) {
    Map<Socket, RealServer> servers = new LinkedHashMap<>();
    server.servers().forEach(it -> servers.put(new Socket(it.address(), it.port()), it));
    return servers;
  }

  /// The address.
  public VirtualAddress address() {
    return server.address();
  }

  /// Whether anything comes into being, or gets other properties.
  boolean grows() {
    return kind == Kind.ADDED || kind == Kind.CHANGED || !added.isEmpty() || !changed.isEmpty();
  }

  /// Whether something goes.
  boolean shrinks() {
    return kind == Kind.REMOVED || !removed.isEmpty();
  }

  /// Whether connections to real servers that go are given time, as kube-proxy does for TCP.
  boolean drains() {
    return shrinks()
        && !(server.address() instanceof VirtualAddress.Port(Protocol protocol, Ip _, int _)
            && protocol != Protocol.TCP);
  }
}
