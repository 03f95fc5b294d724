package dev.kproxy.simulate.differential;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Transport;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/// Packets as bytes. Each carries a number by which it is known again: TCP as its sequence number,
/// the others as their payload. The numbers are multiples of 4.
final class Wire {
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int SCTP = 132;
  private static final int ICMP = 1;
  private static final int ICMP6 = 58;
  private static final int RESET = 4;
  private static final int ACK = 16;

  private static final Map<Integer, String> REFUSALS =
      Map.of(
          0x0300, "icmp-net-unreachable",
          0x0301, "icmp-host-unreachable",
          0x0302, "icmp-proto-unreachable",
          0x0303, "icmp-port-unreachable",
          0x0309, "icmp-net-prohibited",
          0x030a, "icmp-host-prohibited",
          0x030d, "icmp-admin-prohibited");

  private static final Map<Integer, String> REFUSALS6 =
      Map.of(
          0x0100, "icmp6-no-route",
          0x0101, "icmp6-adm-prohibited",
          0x0103, "icmp6-addr-unreachable",
          0x0104, "icmp6-port-unreachable",
          0x0105, "icmp6-policy-fail",
          0x0106, "icmp6-reject-route");

  private Wire() {}

  /// Something that was seen of a packet.
  ///
  /// @param number the packet's
  /// @param header its addresses; where it was refused, nobody's
  /// @param query the number by which connection tracking knows an ICMP query
  /// @param refusal how it was refused
  record Sighting(int number, Header header, int query, Optional<String> refusal) {}

  /// What a packet carries that no rule asks for.
  ///
  /// @param number the packet's
  /// @param acknowledged what TCP acknowledges
  /// @param flags those of TCP
  /// @param query the identifier of an ICMP query
  record Content(int number, int acknowledged, int flags, int query) {}

  /// An IP packet.
  static byte[] packet(Header header, Content content) {
    int number = content.number();
    int query = content.query();
    byte[] segment =
        switch (header.transport()) {
          case Transport.Ports(Protocol protocol, int source, int destination) ->
              switch (protocol) {
                case TCP ->
                    ByteBuffer.allocate(20)
                        .putShort((short) source)
                        .putShort((short) destination)
                        .putInt(number)
                        .putInt(content.acknowledged())
                        .putShort((short) (0x5000 | content.flags()))
                        .putShort((short) 0xffff)
                        .array();
                case UDP ->
                    ByteBuffer.allocate(12)
                        .putShort((short) source)
                        .putShort((short) destination)
                        .putInt(12 << 16)
                        .putInt(number)
                        .array();
                case SCTP -> throw new IllegalArgumentException(header.toString());
              };
          case Transport.Icmp(int type, int code) -> query(type, code, query, number);
          case Transport.Icmp6(int type, int code) -> query(type, code, query, number);
        };
    int protocol = header.transport().number();
    int sum = protocol == ICMP ? 0 : pseudo(header, protocol, segment.length);
    int place = protocol == TCP ? 16 : protocol == UDP ? 6 : 2;
    int check = ~sum(segment, segment.length, sum) & 0xffff;
    ByteBuffer.wrap(segment).putShort(place, (short) (protocol == UDP && check == 0 ? -1 : check));
    return join(header, protocol, segment);
  }

  private static byte[] query(int type, int code, int query, int number) {
    // a timestamp is 20 bytes long
    return ByteBuffer.allocate(20)
        .put((byte) type)
        .put((byte) code)
        .putShort((short) 0)
        .putShort((short) query)
        .putShort((short) 0)
        .putInt(number)
        .array();
  }

  private static byte[] join(Header header, int protocol, byte[] segment) {
    if (header.family() == Family.IPV6) {
      return ByteBuffer.allocate(40 + segment.length)
          .putInt(6 << 28)
          .putShort((short) segment.length)
          .put((byte) protocol)
          .put((byte) 64)
          .put(bytes(header.source()))
          .put(bytes(header.destination()))
          .put(segment)
          .array();
    }
    ByteBuffer packet =
        ByteBuffer.allocate(20 + segment.length)
            .putShort((short) 0x4500)
            .putShort((short) (20 + segment.length))
            .putInt(0x4000)
            .putShort((short) (64 << 8 | protocol))
            .putShort((short) 0)
            .put(bytes(header.source()))
            .put(bytes(header.destination()));
    packet.putShort(10, (short) ~sum(packet.array(), 20, 0));
    return packet.put(segment).array();
  }

  private static int pseudo(Header header, int protocol, int length) {
    int sum = sum(bytes(header.source()), bytes(header.source()).length, protocol + length);
    return sum(bytes(header.destination()), bytes(header.destination()).length, sum);
  }

  private static int sum(byte[] bytes, int length, int start) {
    int sum = start;
    for (int i = 0; i < length; i++) {
      sum += (bytes[i] & 0xff) << ((i & 1) == 0 ? 8 : 0);
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return sum;
  }

  static byte[] bytes(Ip ip) {
    return switch (ip) {
      case Ip.V4(int bits) -> ByteBuffer.allocate(4).putInt(bits).array();
      case Ip.V6(long high, long low) -> ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    };
  }

  /// What a frame shows.
  static Optional<Sighting> frame(byte[] frame) {
    int type = frame.length < 34 ? 0 : ByteBuffer.wrap(frame).getShort(12) & 0xffff;
    ByteBuffer packet =
        ByteBuffer.wrap(frame, Math.min(14, frame.length), Math.max(0, frame.length - 14)).slice();
    return switch (type) {
      case 0x0800 -> packet4(packet);
      case 0x86dd ->
          packet.remaining() < 48
              ? Optional.empty()
              : segment(
                  v6(packet, 8),
                  v6(packet, 24),
                  packet.get(6) & 0xff,
                  packet.slice(40, packet.remaining() - 40));
      default -> Optional.empty();
    };
  }

  /// What an IPv4 packet shows.
  static Optional<Sighting> packet4(ByteBuffer packet) {
    int length = (packet.get(0) & 15) * 4;
    return segment(
        new Ip.V4(packet.getInt(12)),
        new Ip.V4(packet.getInt(16)),
        packet.get(9) & 0xff,
        packet.slice(length, packet.remaining() - length));
  }

  private static Ip v6(ByteBuffer bytes, int at) {
    return new Ip.V6(bytes.getLong(at), bytes.getLong(at + 8));
  }

  /// What a packet shows that a socket of IPv6 received without its header.
  static Optional<Sighting> segment6(byte[] addresses, int protocol, byte[] segment) {
    ByteBuffer both = ByteBuffer.wrap(addresses);
    return segment(v6(both, 0), v6(both, 16), protocol, ByteBuffer.wrap(segment));
  }

  private static Optional<Sighting> segment(Ip source, Ip destination, int protocol, ByteBuffer b) {
    if (b.remaining() < 12) {
      return Optional.empty();
    }
    int high = b.getShort(0) & 0xffff;
    int low = b.getShort(2) & 0xffff;
    return switch (protocol) {
      case TCP ->
          b.remaining() < 20
              ? Optional.empty()
              : (b.get(13) & RESET) != 0
                  ? refused(source, destination, reset(b), "tcp-reset")
                  : Optional.of(
                      seen(b.getInt(4), Header.of(Protocol.TCP, source, high, destination, low)));
      case UDP ->
          Optional.of(seen(b.getInt(8), Header.of(Protocol.UDP, source, high, destination, low)));
      case ICMP, ICMP6 -> icmp(source, destination, protocol, b);
      default -> Optional.empty();
    };
  }

  /// The number of the packet that a reset answers: it stands among the acknowledged bytes, of
  /// which SYN and FIN are one each. Where that packet acknowledged something itself, it is that
  /// number.
  private static int reset(ByteBuffer b) {
    return (b.get(13) & ACK) != 0 ? b.getInt(8) - 1 & ~3 : b.getInt(4);
  }

  private static Sighting seen(int number, Header header) {
    return new Sighting(number, header, 0, Optional.empty());
  }

  private static Optional<Sighting> refused(Ip source, Ip destination, int number, String how) {
    Header header = new Header(source, destination, Transport.Icmp.ECHO_REQUEST);
    return Optional.of(new Sighting(number, header, 0, Optional.of(how)));
  }

  private static Optional<Sighting> icmp(Ip source, Ip destination, int protocol, ByteBuffer b) {
    int type = b.get(0) & 0xff;
    int code = b.get(1) & 0xff;
    String refusal = (protocol == ICMP ? REFUSALS : REFUSALS6).get(type << 8 | code);
    if (refusal != null) {
      return number(protocol, b.slice(8, b.remaining() - 8))
          .flatMap(number -> refused(source, destination, number, refusal));
    }
    boolean ours =
        protocol == ICMP ? type == 8 || type == 0 || type == 13 : type == 128 || type == 129;
    Transport transport =
        protocol == ICMP ? new Transport.Icmp(type, code) : new Transport.Icmp6(type, code);
    return ours
        ? Optional.of(
            new Sighting(
                b.getInt(8),
                new Header(source, destination, transport),
                b.getShort(4) & 0xffff,
                Optional.empty()))
        : Optional.empty();
  }

  /// The number of a packet that an ICMP error quotes.
  private static Optional<Integer> number(int protocol, ByteBuffer quoted) {
    int length = protocol == ICMP ? (quoted.get(0) & 15) * 4 : 40;
    if (quoted.remaining() < length + 8) {
      return Optional.empty();
    }
    int inner = quoted.get(protocol == ICMP ? 9 : 6) & 0xff;
    int at = length + (inner == TCP ? 4 : 8);
    return inner == SCTP || quoted.remaining() < at + 4
        ? Optional.empty()
        : Optional.of(quoted.getInt(at));
  }
}
