package dev.kproxy.cli.trace;

import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.syntax.IcmpNames;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import dev.kproxy.net.Protocol;
import dev.kproxy.net.SyntaxException;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Transport;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The parts of a packet as users write them.
final class PacketParts {
  /// The source port of a packet that none was given for.
  static final int SOURCE_PORT = 40000;

  private static final Pattern DEVICE = Pattern.compile("[^\\s/:]{1,15}");

  private PacketParts() {}

  static Ip ip(String text) throws BadPacket {
    return Ip.parse(text)
        .orElseThrow(() -> new BadPacket("not an IP address: " + Printable.quote(text)));
  }

  static int port(String text) throws BadPacket {
    if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new BadPacket("not a port: " + Printable.quote(text));
    }
    return port(Long.parseLong(text));
  }

  static int port(long number) throws BadPacket {
    if (number < 0 || number > 65535) {
      throw new BadPacket("not a port: " + number);
    }
    return (int) number;
  }

  /// The name of an interface, as the kernel allows it (`dev_valid_name`).
  static String device(String text) throws BadPacket {
    if (!DEVICE.matcher(text).matches() || text.equals(".") || text.equals("..")) {
      throw new BadPacket("not the name of an interface: " + Printable.quote(text));
    }
    return text;
  }

  /// The protocol with ports of that name, which manifests write in capitals; empty for ICMP.
  static Optional<Protocol> protocol(String text) throws BadPacket {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "tcp" -> Optional.of(Protocol.TCP);
      case "udp" -> Optional.of(Protocol.UDP);
      case "sctp" -> Optional.of(Protocol.SCTP);
      case "icmp" -> Optional.empty();
      default ->
          throw new BadPacket(
              "the protocol is tcp, udp, sctp or icmp, not " + Printable.quote(text));
    };
  }

  static Packet.State state(String text) throws BadPacket {
    for (Packet.State state : Packet.State.values()) {
      if (state.name().equals(text.toUpperCase(Locale.ROOT))) {
        return state;
      }
    }
    throw new BadPacket(
        "the state is NEW, ESTABLISHED, RELATED, INVALID or UNTRACKED, not "
            + Printable.quote(text));
  }

  /// An ICMP packet of a type: a name that iptables knows, a number, or `TYPE/CODE`.
  static Transport icmp(String text, Family family) throws BadPacket {
    try {
      Match.Icmp.Type type = IcmpNames.type(Word.split(text, 0).getFirst(), family);
      return icmp(type.type(), type.firstCode(), family);
    } catch (SyntaxException e) {
      throw new BadPacket("no type of ICMP: " + Printable.quote(text));
    }
  }

  static Transport icmp(long type, long code, Family family) throws BadPacket {
    if (((type | code) & ~0xffL) != 0) {
      throw new BadPacket("no type of ICMP: " + type + "/" + code);
    }
    return family == Family.IPV4
        ? new Transport.Icmp((int) type, (int) code)
        : new Transport.Icmp6((int) type, (int) code);
  }

  static int icmpCode(long number) throws BadPacket {
    if (number < 0 || number > 255) {
      throw new BadPacket("no code of ICMP: " + number);
    }
    return (int) number;
  }

  static Transport echoRequest(Family family) {
    return family == Family.IPV4 ? Transport.Icmp.ECHO_REQUEST : Transport.Icmp6.ECHO_REQUEST;
  }

  static Header header(Ip source, Ip destination, Transport transport) throws BadPacket {
    if (source.family() != destination.family()) {
      throw new BadPacket(
          "a packet from " + source + " to " + destination + ": two families of addresses");
    }
    return new Header(source, destination, transport);
  }
}
