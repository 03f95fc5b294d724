package dev.kproxy.symbolic.rules;

import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.ipvs.RealServer;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.ipvs.VirtualServers;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.Protocols;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the virtual servers of a host ask of packets: each, whether a packet is one for it.
public final class ServerQuestions {

  private final Boxes<VirtualServer> servers;
  private final Map<Ip, List<Boxes.Box<VirtualServer>>> byReal = new HashMap<>();

  /// @param table empty where there is none
  public ServerQuestions(Optional<IpvsTable> table, Family family) {
    List<Boxes.Box<VirtualServer>> boxes = new ArrayList<>();
    for (VirtualServer server : table.map(IpvsTable::servers).orElse(List.of())) {
      if (server.address().family() == family) {
        boxes.add(new Boxes.Box<>(questions(server.address()), server));
      }
    }
    servers = new Boxes<>(boxes);
    for (Boxes.Box<VirtualServer> box : boxes) {
      for (RealServer real : box.what().servers()) {
        byReal.computeIfAbsent(real.address(), _ -> new ArrayList<>(1)).add(box);
      }
    }
  }

  /// Of a mark it is not asked here.
  private static List<Question> questions(VirtualAddress address) {
    return switch (address) {
      case VirtualAddress.FirewallMark _ ->
          List.of(new Question(Field.PROTOCOL, Protocols.WITH_PORTS));
      case VirtualAddress.Port(Protocol protocol, Ip ip, int port) ->
          List.of(
              new Question(Field.PROTOCOL, Ranges.of(Protocols.number(protocol))),
              new Question(Field.DESTINATION, Ranges.of(ip)),
              new Question(Field.DESTINATION_PORT, ports(protocol, port)));
    };
  }

  /// A server of port 0 is for all ports, and data of FTP goes where FTP goes.
  private static Ranges ports(Protocol protocol, int port) {
    if (port == 0) {
      return Ranges.of(0, 0xffff);
    }
    return port == VirtualServers.FTP && protocol == Protocol.TCP
        ? Ranges.of(VirtualServers.FTP_DATA, VirtualServers.FTP)
            .or(Ranges.of(VirtualServers.FIRST_UNPRIVILEGED, 0xffff))
        : Ranges.of(port);
  }

  /// The virtual servers, each with its packets.
  public Boxes<VirtualServer> servers() {
    return servers;
  }

  /// Those that have a real server at one of these addresses.
  public List<Boxes.Box<VirtualServer>> to(Ranges destinations, Family family) {
    if (destinations.isSingle()) {
      return byReal.getOrDefault(destinations.first(0, family), List.of());
    }
    return servers.all().stream()
        .filter(
            box ->
                box.what().servers().stream()
                    .anyMatch(real -> destinations.contains(real.address())))
        .toList();
  }
}
