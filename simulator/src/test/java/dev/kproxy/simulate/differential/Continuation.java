package dev.kproxy.simulate.differential;

import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.differential.Lab.Delivered;
import dev.kproxy.simulate.differential.Wire.Content;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What follows on the first packet of a connection.
///
/// @param packet the answer
/// @param next the next packet of the first direction; what it acknowledges is not known yet
record Continuation(Packet packet, Content content, Packet next, Content nextContent) {
  private static final int ACK = 16;
  private static final int SYN_ACK = 18;

  /// @param number that of the first packet
  /// @param own its source port or the identifier of its query
  /// @param delivered where it was seen
  static Continuation of(Packet first, int number, Delivered delivered, int own) {
    Header seen = delivered.sighting().header();
    Header original = first.header().withSource(first.header().source(), own);
    Packet answer = Packet.of(answer(seen)).in(Packet.State.ESTABLISHED);
    answer = delivered.device().isEmpty() ? answer.local() : answer.from(delivered.device());
    Packet next =
        new Packet(
            original,
            first.origin(),
            first.in(),
            first.out(),
            Packet.State.ESTABLISHED,
            Optional.empty(),
            0,
            Map.of());
    return new Continuation(
        answer.of(connection(original, seen, true)),
        new Content(0, number + 1, SYN_ACK, delivered.sighting().query()),
        next.of(connection(original, seen, false)),
        new Content(0, 0, ACK, own));
  }

  private static Header answer(Header seen) {
    Header back =
        seen.withSource(seen.destination(), seen.destinationPort())
            .withDestination(seen.source(), seen.sourcePort());
    Transport transport =
        switch (back.transport()) {
          case Transport.Ports ports -> ports;
          case Transport.Icmp _ -> new Transport.Icmp(0, 0);
          case Transport.Icmp6 _ -> new Transport.Icmp6(129, 0);
        };
    return new Header(back.source(), back.destination(), transport);
  }

  private static Packet.Connection connection(Header original, Header seen, boolean reply) {
    return new Packet.Connection(
        original,
        reply,
        to(
            original.destination(),
            original.destinationPort(),
            seen.destination(),
            seen.destinationPort()),
        false,
        to(original.source(), original.sourcePort(), seen.source(), seen.sourcePort()),
        OptionalInt.empty());
  }

  private static Optional<Translation.To> to(Ip before, int port, Ip after, int newPort) {
    return before.equals(after) && port == newPort
        ? Optional.empty()
        : Optional.of(new Translation.To(after, newPort));
  }
}
