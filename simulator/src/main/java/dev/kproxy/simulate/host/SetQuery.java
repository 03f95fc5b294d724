package dev.kproxy.simulate.host;

import dev.kproxy.iptables.Match.MatchSet.Side;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Transport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a set is asked: a packet, and for each part of the set's entries whose address or port is
/// meant.
///
/// @param drawn whether the source port in the header is not the packet's, which was drawn
/// @param mark the packet's mark
/// @param unknownMark the bits of it that are not known
/// @param in the interface that it came in by: empty where it came in by none, null where nobody
///   told
/// @param out the interface that it leaves by, in the same way
public record SetQuery(
    Header header,
    boolean drawn,
    int mark,
    int unknownMark,
    @Nullable String in,
    @Nullable String out,
    List<Side> sides) {
  public SetQuery {
    sides = List.copyOf(sides);
  }

  /// The family of the packet.
  Family family() {
    return header.family();
  }

  /// The address that a part of the entries is compared with.
  Ip address(int part) {
    return sides.get(part) == Side.SRC ? header.source() : header.destination();
  }

  /// The port that a part of the entries is compared with: for ICMP its type and code, else 0 where
  /// the protocol has none.
  int port(int part) {
    return switch (header.transport()) {
      case Transport.Ports(_, int source, int destination) ->
          sides.get(part) == Side.SRC ? source : destination;
      case Transport.Icmp(int type, int code) -> type << 8 | code;
      case Transport.Icmp6(int type, int code) -> type << 8 | code;
    };
  }

  /// Whether that port is not known.
  boolean hidesPort(int part) {
    return drawn && sides.get(part) == Side.SRC;
  }

  /// The interface that a part of the entries is compared with.
  @Nullable String device(int part) {
    return sides.get(part) == Side.SRC ? in : out;
  }
}
