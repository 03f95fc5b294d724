package dev.kproxy.symbolic.packet;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Transport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// Picks packets out of sets, those that people know best.
public final class Sample {
  private static final List<Ip> STRANGERS =
      List.of(
          Ip.of("203.0.113.9"), Ip.of("198.51.100.9"), Ip.of("2001:db8::9"), Ip.of("10.244.3.7"));
  private static final List<Ip> DESTINATIONS =
      List.of(Ip.of("198.51.100.80"), Ip.of("2001:db8::80"));
  private static final int SOURCE_PORT = 40000;

  private final Ways ways;
  private final List<Ip> own;
  private final Ranges ownAddresses;

  /// Picks packets on a host.
  ///
  /// @param own addresses that the host sends from; empty where they are not known
  /// @param virtual further ones, which it hardly ever sends from
  public Sample(Ways ways, Family family, Collection<Ip> own, Ranges virtual) {
    this.ways = ways;
    this.own = List.copyOf(own);
    Ranges loopback =
        family == Family.IPV4
            ? Ranges.of(Ip.of("127.0.0.0"), Ip.of("127.255.255.255"))
            : Ranges.of(Ip.of("::1"));
    Ranges all = loopback.or(virtual);
    for (Ip ip : own) {
      all = all.or(Ranges.of(ip));
    }
    this.ownAddresses = all;
  }

  /// Whether an address is one that stands for any other.
  public static boolean isStranger(Ip ip) {
    return STRANGERS.contains(ip);
  }

  /// The addresses that the host sends from, where they are known.
  public Ranges own() {
    return ownAddresses;
  }

  /// One of some packets.
  public Packet of(PacketSet packets) {
    Ranges allWays = packets.get(Field.WAY);
    int way = allWays.last(allWays.count() - 1);
    for (int known = 2; known <= way; known++) {
      if (allWays.contains(known)) {
        way = known;
        break;
      }
    }
    List<Ip> likely = new ArrayList<>(way == Ways.LOCAL ? own : STRANGERS);
    likely.addAll(STRANGERS);
    likely.addAll(own);
    Ip source = address(packets, Field.SOURCE, likely);
    Header header = new Header(source, destination(packets, source), transport(packets));
    Packet.State state = States.of(packets.get(Field.STATE).first(0));
    Packet packet = Packet.of(header).in(state);
    if (way == Ways.LOCAL) {
      return packet.local();
    }
    return ways.name(way).map(packet::from).orElse(packet);
  }

  /// Nobody sends to himself but the host, so that such a packet is no example of others.
  private static Ip destination(PacketSet packets, Ip source) {
    Ip destination = address(packets, Field.DESTINATION, DESTINATIONS);
    Ranges all = packets.get(Field.DESTINATION);
    return destination.equals(source) ? all.last(all.count() - 1, packets.family()) : destination;
  }

  private static Ip address(PacketSet packets, Field field, List<Ip> likely) {
    Ranges addresses = packets.get(field);
    for (Ip ip : likely) {
      if (ip.family() == packets.family() && addresses.contains(ip)) {
        return ip;
      }
    }
    return addresses.first(0, packets.family());
  }

  private static Transport transport(PacketSet packets) {
    Optional<Protocol> protocol = Protocols.of(packets.get(Field.PROTOCOL).first(0));
    int port = packets.get(Field.DESTINATION_PORT).first(0);
    if (protocol.isEmpty()) {
      return packets.family() == Family.IPV4
          ? new Transport.Icmp(port >> 8, port & 0xff)
          : new Transport.Icmp6(port >> 8, port & 0xff);
    }
    Ranges sources = packets.get(Field.SOURCE_PORT);
    int source = sources.contains(SOURCE_PORT) ? SOURCE_PORT : sources.first(0);
    return new Transport.Ports(protocol.get(), source, port);
  }
}
