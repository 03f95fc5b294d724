package dev.kproxy.cli.trace;

import dev.kproxy.net.Ip;
import java.util.Optional;
import java.util.OptionalInt;

/// An address, and a port where one stands behind it.
record Target(Ip ip, OptionalInt port) {
  /// What `10.0.0.1`, `10.0.0.1:80`, `::1` or `[::1]:80` spells; empty where it is no address.
  static Optional<Target> parse(String text) throws BadPacket {
    Optional<Ip> bare = Ip.parse(text);
    if (bare.isPresent()) {
      return Optional.of(new Target(bare.get(), OptionalInt.empty()));
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    }
    Optional<Ip> ip = Ip.parse(host);
    if (colon < 0 || ip.isEmpty() || bracketed != host.contains(":")) {
      return Optional.empty();
    }
    int port = PacketParts.port(text.substring(colon + 1));
    return Optional.of(new Target(ip.get(), OptionalInt.of(port)));
  }

  /// What `[::1]` spells, with no port behind it; empty where it is no such address.
  static Optional<Target> bracketed(String text) {
    return text.startsWith("[") && text.endsWith("]") && text.contains(":")
        ? Ip.parse(text.substring(1, text.length() - 1))
            .map(ip -> new Target(ip, OptionalInt.empty()))
        : Optional.empty();
  }
}
