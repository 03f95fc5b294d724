package dev.kproxy.simulate;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;

/// The addresses of a packet and what it carries.
public record Header(Ip source, Ip destination, Transport transport) {
  /// @throws IllegalArgumentException where the addresses are of different families
  public Header {
    if (source.family() != destination.family()) {
      throw new IllegalArgumentException(source + ", " + destination);
    }
  }

  /// A packet of a protocol with ports.
  public static Header of(Protocol protocol, Ip source, int sport, Ip destination, int dport) {
    return new Header(source, destination, new Transport.Ports(protocol, sport, dport));
  }

  /// The family of both addresses.
  public Family family() {
    return destination.family();
  }

  /// The source port, or -1 where there are no ports.
  public int sourcePort() {
    return transport instanceof Transport.Ports ports ? ports.source() : -1;
  }

  /// The destination port, or -1 where there are no ports.
  public int destinationPort() {
    return transport instanceof Transport.Ports ports ? ports.destination() : -1;
  }

  /// The same with another source; without ports, or with a port of -1, only the address changes.
  public Header withSource(Ip ip, int port) {
    return new Header(
        ip,
        destination,
        port >= 0 && transport instanceof Transport.Ports(Protocol protocol, _, int dport)
            ? new Transport.Ports(protocol, port, dport)
            : transport);
  }

  /// The same with another destination; without ports, or with a port of -1, only the address
  /// changes.
  public Header withDestination(Ip ip, int port) {
    return new Header(
        source,
        ip,
        port >= 0 && transport instanceof Transport.Ports(Protocol protocol, int sport, _)
            ? new Transport.Ports(protocol, sport, port)
            : transport);
  }
}
