package dev.kproxy.compile.ipvs;

import dev.kproxy.ipvs.IpvsPrinter;
import dev.kproxy.ipvs.RealServer;
import dev.kproxy.ipvs.SchedulerFlag;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.ipvs.VirtualServer.Persistence;
import dev.kproxy.plan.Frontend;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/// The virtual servers of a node, ordered as text. Real servers are made when they are asked for,
/// so that those of a large cluster are never held at once.
final class VirtualServers {
  /// The scheduler that asks for a flag by which ports count: without it, all connections of a
  /// client would go to one endpoint.
  private static final String MAGLEV = "mh";

  private final String scheduler;
  private final Map<VirtualAddress, Entrance> entrances = new HashMap<>();

  /// @param scheduler of all of them
  VirtualServers(String scheduler) {
    this.scheduler = scheduler;
  }

  /// Adds a virtual server, or puts it in the place of the one with the same address: kube-proxy
  /// then changes the one that it has made.
  void add(Entrance entrance) {
    VirtualAddress address =
        new VirtualAddress.Port(
            entrance.frontend().name().protocol(), entrance.ip(), entrance.port());
    entrances.put(address, entrance);
  }

  /// Each virtual server without its real ones, with where they are.
  List<Map.Entry<VirtualServer, Entrance>> ordered() {
    TreeMap<String, Map.Entry<VirtualServer, Entrance>> ordered = new TreeMap<>();
    entrances.forEach(
        (address, entrance) -> {
          VirtualServer server = server(address, entrance.frontend());
          ordered.put(IpvsPrinter.line(server), Map.entry(server, entrance));
        });
    return List.copyOf(ordered.values());
  }

  private VirtualServer server(VirtualAddress address, Frontend frontend) {
    OptionalInt seconds = frontend.affinitySeconds();
    return new VirtualServer(
        address,
        scheduler,
        scheduler.equals(MAGLEV) ? Set.of(SchedulerFlag.SECOND) : Set.of(),
        seconds.isPresent()
            ? Optional.of(Persistence.of(seconds.getAsInt(), address.family()))
            : Optional.empty(),
        "",
        false,
        List.of());
  }

  /// All weigh the same, and the kernel writes their addresses into the packets.
  static List<RealServer> realServers(Entrance entrance) {
    return entrance.endpoints().stream()
        .map(endpoint -> RealServer.masqueraded(endpoint.ip(), endpoint.port(), 1))
        .toList();
  }
}
