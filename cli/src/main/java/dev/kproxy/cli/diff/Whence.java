package dev.kproxy.cli.diff;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Packet;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Protocols;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.packet.States;
import dev.kproxy.symbolic.packet.Ways;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Describes sets of packets in words.
final class Whence {
  private static final int MOST_RANGES = 3;
  private static final String ALL_BUT = "all but ";
  private static final String NODE_PORT = "node port ";
  private static final String OF = " of ";

  private final Set<Ip> own;
  private final Map<Family, Ranges> virtual = new EnumMap<>(Family.class);

  /// Addresses that nobody else sends from, of which people need not be told.
  private final Map<Family, Ranges> special = new EnumMap<>(Family.class);

  /// @param own the addresses of the node
  /// @param virtual those that it has for its virtual servers
  Whence(Set<Ip> own, Set<Ip> virtual) {
    this.own = own;
    for (Family family : Family.values()) {
      Ranges servers = addresses(virtual, family);
      this.virtual.put(family, servers);
      special.put(family, unsaid(family).or(servers));
    }
  }

  /// Whether nobody sends such packets: from elsewhere, those with a source that nobody else has,
  /// or for a loopback address; from the node, those from another address to a loopback one, and
  /// those from the address of a virtual server to any other, since the kernel sends from the
  /// address that it sends to where that is its own.
  boolean isForged(PacketSet packets) {
    Family family = packets.family();
    Ranges sources = packets.get(Field.SOURCE);
    Ranges destinations = packets.get(Field.DESTINATION);
    boolean toLoopback = loopback(family).containsAll(destinations);
    return packets.get(Field.WAY).contains(Ways.LOCAL)
        ? (toLoopback && !loopback(family).meets(sources))
            || (of(virtual, family).containsAll(sources) && !destinations.meets(sources))
        : of(special, family).containsAll(sources) || toLoopback;
  }

  private static Ranges addresses(Set<Ip> ips, Family family) {
    return Ranges.union(ips.stream().filter(ip -> ip.family() == family).map(Ranges::of).toList());
  }

  /// Where packets are sent to: `10.96.0.10:80`, `node port 30080`, `any address`.
  String target(PacketSet packets) {
    Ranges destination = packets.get(Field.DESTINATION);
    Ranges ports = packets.get(Field.DESTINATION_PORT);
    boolean icmp = packets.get(Field.PROTOCOL).equals(Ranges.of(Protocols.ICMP));
    String port = icmp || !ports.isSingle() ? "" : Integer.toString(ports.first(0));
    if (!port.isEmpty() && isNode(destination, packets.family())) {
      return NODE_PORT + port;
    }
    if (!port.isEmpty() && loopback(packets.family()).containsAll(destination)) {
      return NODE_PORT + port + OF + addresses(destination, packets.family());
    }
    if (destination.isSingle()) {
      Ip ip = destination.first(0, packets.family());
      return port.isEmpty() ? ip.toString() : ip.withPort(Integer.parseInt(port));
    }
    String address = addresses(destination, packets.family());
    String where = address.isEmpty() ? "any address" : address;
    return port.isEmpty() ? where : "port " + port + " of " + where;
  }

  /// Whether these are the addresses of the node, whichever of its loopback addresses are with
  /// them.
  private boolean isNode(Ranges destination, Family family) {
    Ranges outward = addresses(own, family).minus(loopback(family));
    return !outward.isEmpty()
        && destination.containsAll(outward)
        && node(family).containsAll(destination);
  }

  /// The addresses of the node.
  private Ranges node(Family family) {
    return loopback(family).or(addresses(own, family));
  }

  private static Ranges loopback(Family family) {
    return Networks.of(family == Family.IPV4 ? "127.0.0.0/8" : "::1/128");
  }

  /// The node port of which a target is the loopback addresses alone; any other target itself.
  static String whole(String target) {
    int of = target.startsWith(NODE_PORT) ? target.indexOf(OF) : -1;
    return of < 0 ? target : target.substring(0, of);
  }

  /// The protocol of packets, where it is one.
  static String protocol(PacketSet packets) {
    Ranges protocols = packets.get(Field.PROTOCOL);
    return protocols.isSingle()
        ? Protocols.of(protocols.first(0)).map(Protocol::lowerCase).orElse("icmp")
        : "";
  }

  /// Which of the packets to a target are meant; empty where it is all of them.
  String sources(List<PacketSet> sets) {
    Ranges elsewhere = Ranges.NONE;
    boolean fromElsewhere = false;
    boolean fromNode = false;
    Ranges local = Ranges.NONE;
    Ranges states = Ranges.NONE;
    for (PacketSet set : sets) {
      states = states.or(set.get(Field.STATE));
      if (set.get(Field.WAY).equals(Ranges.of(Ways.LOCAL))) {
        fromNode = true;
        local = local.or(set.get(Field.SOURCE));
      } else {
        fromElsewhere = true;
        elsewhere = elsewhere.or(set.get(Field.SOURCE));
      }
    }
    List<String> words = new ArrayList<>();
    Family family = sets.getFirst().family();
    if (!fromElsewhere || (fromNode && of(special, family).containsAll(elsewhere))) {
      boolean isLoopback = loopback(family).containsAll(local);
      words.add("from the node itself" + (isLoopback ? " by a loopback address" : ""));
    } else {
      String addresses = addresses(elsewhere, family);
      boolean isList = !addresses.isEmpty() && !addresses.startsWith(ALL_BUT);
      if (addresses.isEmpty()) {
        addresses = fromNode ? "" : ALL_BUT + "the node itself";
      } else if (fromNode == isList) {
        addresses += " and the node itself";
      }
      if (!addresses.isEmpty()) {
        words.add("from " + addresses);
      }
    }
    if (!states.contains(States.number(Packet.State.NEW))) {
      words.add("of packets that are " + states(states));
    }
    return String.join(", ", words);
  }

  private static String states(Ranges states) {
    List<String> names = new ArrayList<>();
    for (Packet.State state : Packet.State.values()) {
      if (states.contains(States.number(state))) {
        names.add(state.toString().toLowerCase(Locale.ROOT));
      }
    }
    return String.join(" or ", names);
  }

  /// Addresses in few words; empty where it is all or nearly all of them.
  private String addresses(Ranges ranges, Family family) {
    Ranges others = Ranges.all(family).minus(ranges).minus(of(special, family));
    if (others.isEmpty()) {
      return "";
    }
    Ranges shown = ranges.minus(of(special, family));
    if (shown.isEmpty()) {
      shown = ranges;
    }
    if (shown.count() <= MOST_RANGES) {
      return Networks.text(shown, family);
    }
    if (others.count() <= MOST_RANGES) {
      return ALL_BUT + Networks.text(others, family);
    }
    return Networks.count(shown, family);
  }

  private static Ranges of(Map<Family, Ranges> addresses, Family family) {
    return addresses.getOrDefault(family, Ranges.NONE);
  }

  private Ranges unsaid(Family family) {
    List<String> networks =
        family == Family.IPV4
            ? List.of("0.0.0.0/32", "224.0.0.0/4", "255.255.255.255/32")
            : List.of("::/127", "ff00::/8", "fe80::/10");
    Ranges special = node(family);
    for (String network : networks) {
      special = special.or(Networks.of(network));
    }
    return special;
  }
}
