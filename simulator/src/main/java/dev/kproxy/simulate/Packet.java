package dev.kproxy.simulate;

import dev.kproxy.iptables.Criterion;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// A packet to be traced.
///
/// @param header its addresses and what it carries
/// @param origin whether it came in or is sent by the host itself
/// @param in the interface that it came in by; empty where nobody told
/// @param out the interface that it leaves by, where somebody told; else routing decides
/// @param state how connection tracking sees it
/// @param connection what is known of its connection; without it, an established connection is
///   taken for one whose first packet had the same addresses and met the same rules, and that of an
///   answer of ICMP for one without NAT
/// @param mark the mark that it has at first
/// @param recent lists of `-m recent` that its source is on, each with the age of the entry in
///   seconds
public record Packet(
    Header header,
    Origin origin,
    Optional<String> in,
    Optional<String> out,
    State state,
    Optional<Connection> connection,
    int mark,
    Map<String, Integer> recent) {
  public Packet {
    recent = Map.copyOf(recent);
  }

  /// The first packet of a connection, which came in by an interface that nobody told.
  public static Packet of(Protocol protocol, String source, String destination, int port) {
    return of(Header.of(protocol, Ip.of(source), 40000, Ip.of(destination), port));
  }

  /// The first packet of a connection, which came in by an interface that nobody told.
  public static Packet of(Header header) {
    return new Packet(
        header,
        Origin.FORWARD,
        Optional.empty(),
        Optional.empty(),
        stateOf(header.transport()),
        Optional.empty(),
        0,
        Map.of());
  }

  /// How connection tracking sees the first packet of its kind: what only answers others is invalid
  /// without them, and neighbour discovery is exempt.
  public static State stateOf(Transport transport) {
    return switch (transport) {
      case Transport.Ports _ -> State.NEW;
      case Transport.Icmp(int type, _) ->
          switch (type) {
            case 8, 13, 15, 17 -> State.NEW;
            default -> State.INVALID;
          };
      case Transport.Icmp6(int type, _) ->
          switch (type) {
            case 128, 139 -> State.NEW;
            case 130, 131, 132, 133, 134, 135, 136, 143 -> State.UNTRACKED;
            default -> State.INVALID;
          };
    };
  }

  /// Whether it is a packet of a connection that only ever answers others, as an echo reply does.
  public boolean isAnswer() {
    return state == State.ESTABLISHED && header.transport().request().isPresent();
  }

  /// The same, come in by `name`.
  public Packet from(String name) {
    return new Packet(header, origin, Optional.of(name), out, state, connection, mark, recent);
  }

  /// The same, leaving by `name` where it is forwarded.
  public Packet leavingBy(String name) {
    return new Packet(header, origin, in, Optional.of(name), state, connection, mark, recent);
  }

  /// The same, sent by the host itself.
  public Packet local() {
    return new Packet(header, Origin.LOCAL, Optional.empty(), out, state, connection, mark, recent);
  }

  /// The same in another state.
  public Packet in(State newState) {
    return new Packet(header, origin, in, out, newState, connection, mark, recent);
  }

  /// The same with a mark.
  public Packet marked(int newMark) {
    return new Packet(header, origin, in, out, state, connection, newMark, recent);
  }

  /// The same, part of a connection that is known.
  public Packet of(Connection newConnection) {
    return new Packet(header, origin, in, out, state, Optional.of(newConnection), mark, recent);
  }

  /// The same, its source being on lists.
  public Packet on(Map<String, Integer> lists) {
    return new Packet(header, origin, in, out, state, connection, mark, lists);
  }

  /// Where a packet comes from.
  public enum Origin {
    /// Another host or a pod.
    FORWARD,
    /// The host itself.
    LOCAL
  }

  /// How connection tracking sees a packet.
  public enum State {
    /// The first packet of a connection.
    NEW,
    /// A packet of a connection that has seen both directions.
    ESTABLISHED,
    /// The first packet of a connection that another one expects.
    RELATED,
    /// No packet of a known connection, nor fit to begin one.
    INVALID,
    /// Exempt from tracking.
    UNTRACKED;

    /// What `-m conntrack` and `-m state` see.
    public Criterion.State seen() {
      return switch (this) {
        case NEW -> Criterion.State.NEW;
        case ESTABLISHED -> Criterion.State.ESTABLISHED;
        case RELATED -> Criterion.State.RELATED;
        case INVALID -> Criterion.State.INVALID;
        case UNTRACKED -> Criterion.State.UNTRACKED;
      };
    }
  }

  /// What is known of the connection that a packet belongs to.
  ///
  /// @param original the addresses of its first packet, before any translation
  /// @param reply whether the packet flows the other way
  /// @param dnat what the destination of the first packet was translated to
  /// @param balanced whether that was ip_vs, not a rule
  /// @param snat what its source was translated to
  /// @param mark the connection's mark, where it is known
  public record Connection(
      Header original,
      boolean reply,
      Optional<Translation.To> dnat,
      boolean balanced,
      Optional<Translation.To> snat,
      OptionalInt mark) {}
}
