package dev.kproxy.simulate.iptables;

import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Transport;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks a match of a packet, as the kernel's extension of that name does.
///
/// `-m recent` and nth counters are not asked here: they change as they are asked, which is the
/// walk's business.
final class Matching {
  private static final int RANDOM_BITS = 31;
  private static final int SYN = 2;

  private final Packet packet;
  private final ModuleMatching modules;
  private final Facts facts;

  Matching(Packet packet, Facts facts) {
    this.packet = packet;
    this.facts = facts;
    this.modules = new ModuleMatching(packet, facts);
  }

  Answer ask(Match match, Flow flow, Stage stage) {
    Header header = flow.header();
    return switch (match) {
      case Match.Source(var addresses, boolean inverted) ->
          known(addresses.contains(header.source()), inverted);
      case Match.Destination(var addresses, boolean inverted) ->
          known(addresses.contains(header.destination()), inverted);
      case Match.Protocol(int number, boolean inverted) ->
          known(number == 0 || number == header.transport().number(), inverted);
      case Match.InInterface(String pattern, boolean inverted) ->
          device("in", flow.in(), pattern, inverted);
      case Match.OutInterface(String pattern, boolean inverted) ->
          device(
              stage == Stage.POSTROUTING_MANGLE || stage == Stage.POSTROUTING_NAT
                  ? header.destination()
                  : "out " + header.destination(),
              flow.out(),
              pattern,
              inverted);
      case Match.Fragment(boolean inverted) -> known(false, inverted);
      case Match.Comment _, Match.NfAcct _ -> Answer.Known.YES;
      case Match.Tcp tcp -> tcp(tcp, header, flow.tracking());
      case Match.Udp(var source, var destination) -> ports(source, destination, header);
      case Match.Sctp sctp -> sctp(sctp, header);
      case Match.Icmp(Negatable<Match.Icmp.Type> type) -> icmp(type, header.transport());
      case Match.Multiport multiport -> multiport(multiport, header);
      case Match.Mark(int value, int mask, boolean inverted) ->
          mark(flow.mark(), flow.unknownMark(), value, mask, inverted);
      case Match.Random(long numerator, _, boolean inverted) -> random(numerator, inverted);
      case Match.Conntrack conntrack -> ConnectionMatching.ask(conntrack, flow);
      case Match.State(var states, boolean inverted) ->
          ConnectionMatching.state(states, inverted, flow, false);
      case Match.ConnMark(int value, int mask, boolean inverted) ->
          ConnectionMatching.mark(value, mask, inverted, flow);
      case Match.AddrType addrType -> AddrTypeMatching.ask(addrType, flow, facts.addresses());
      case Match.IpRange(var source, var destination) ->
          Answer.Known.of(
              within(source, header.source()) && within(destination, header.destination()));
      case Match.MatchSet set -> modules.set(set, flow);
      case Match.PhysDev physDev -> modules.physDev(physDev, flow);
      case Match.Ipvs ipvs ->
          new Answer.Unknown("which virtual service has the connection is not known here", ipvs);
      case Match.Module module -> modules.ask(module, flow);
      case Match.Recent _, Match.Nth _ -> throw new IllegalArgumentException(match.toString());
    };
  }

  private static Answer.Known known(boolean yes, boolean inverted) {
    return Answer.Known.of(yes != inverted);
  }

  private static Answer device(
      Object which, @Nullable String name, String pattern, boolean inverted) {
    if (name != null) {
      return known(Match.matchesInterface(pattern, name), inverted);
    }
    if (pattern.equals("+")) {
      return known(true, inverted);
    }
    String way = which.equals("in") ? "came in by" : "leaves by";
    return new Answer.Unknown(
        "the interface that the packet " + way + " is not given",
        new Knowledge.Device(which, pattern),
        inverted);
  }

  private static boolean within(Optional<Negatable<PortRange>> ports, int port) {
    return ports.isEmpty() || ports.get().value().contains(port) != ports.get().inverted();
  }

  private static boolean within(Optional<Negatable<Match.IpRange.Range>> range, Ip ip) {
    if (range.isEmpty()) {
      return true;
    }
    Match.IpRange.Range addresses = range.get().value();
    boolean inside =
        ip.family() == addresses.first().family()
            && addresses.first().compareTo(ip) <= 0
            && ip.compareTo(addresses.last()) <= 0;
    return inside != range.get().inverted();
  }

  private static Answer.Known ports(
      Optional<Negatable<PortRange>> source,
      Optional<Negatable<PortRange>> destination,
      Header header) {
    return Answer.Known.of(
        header.transport() instanceof Transport.Ports(_, int sport, int dport)
            && within(source, sport)
            && within(destination, dport));
  }

  /// The first packet of a TCP connection has the flag SYN and no other.
  private Answer tcp(Match.Tcp tcp, Header header, @Nullable Tracking tracking) {
    Answer.Known ports = ports(tcp.source(), tcp.destination(), header);
    if (ports == Answer.Known.NO || (tcp.flags().isEmpty() && tcp.option().isEmpty())) {
      return ports;
    }
    if (tcp.flags().isPresent()) {
      if (packet.state() != Packet.State.NEW || (tracking != null && tracking.reply())) {
        return new Answer.Unknown("the TCP flags of the packet are not given", tcp);
      }
      Match.Tcp.Flags flags = tcp.flags().get().value();
      if (((SYN & flags.mask()) == flags.set()) == tcp.flags().get().inverted()) {
        return Answer.Known.NO;
      }
    }
    return tcp.option().isEmpty()
        ? ports
        : new Answer.Unknown("the TCP options of the packet are not given", tcp);
  }

  private static Answer sctp(Match.Sctp sctp, Header header) {
    Answer.Known ports = ports(sctp.source(), sctp.destination(), header);
    return ports == Answer.Known.NO || sctp.chunks().isEmpty()
        ? ports
        : new Answer.Unknown("the SCTP chunks of the packet are not given", sctp);
  }

  private static Answer icmp(Negatable<Match.Icmp.Type> asked, Transport transport) {
    Match.Icmp.Type type = asked.value();
    return switch (transport) {
      case Transport.Icmp(int given, int code) ->
          known(type.type() == 255 || holds(type, given, code), asked.inverted());
      case Transport.Icmp6(int given, int code) ->
          known(holds(type, given, code), asked.inverted());
      case Transport.Ports _ -> Answer.Known.NO;
    };
  }

  private static boolean holds(Match.Icmp.Type type, int given, int code) {
    return type.type() == given && type.firstCode() <= code && code <= type.lastCode();
  }

  private static Answer multiport(Match.Multiport multiport, Header header) {
    if (!(header.transport() instanceof Transport.Ports(_, int sport, int dport))) {
      return Answer.Known.NO;
    }
    boolean found =
        multiport.ports().stream()
            .anyMatch(
                range ->
                    switch (multiport.which()) {
                      case SOURCE -> range.contains(sport);
                      case DESTINATION -> range.contains(dport);
                      case EITHER -> range.contains(sport) || range.contains(dport);
                    });
    return known(found, multiport.inverted());
  }

  /// Whether a mark, of which some bits may be unknown, agrees with a value.
  static Answer mark(int mark, int unknown, int value, int mask, boolean inverted) {
    int known = mask & ~unknown;
    if ((mark & known) != (value & ~(mask & unknown))) {
      return known(false, inverted);
    }
    return (mask & unknown) == 0
        ? known(true, inverted)
        : new Answer.Unknown("the mark of the connection is not given", null, inverted);
  }

  private static Answer random(long numerator, boolean inverted) {
    Fraction share = Fraction.dyadic(numerator, RANDOM_BITS);
    if (share.isZero() || share.isOne()) {
      return known(share.isOne(), inverted);
    }
    return new Answer.Chance(inverted ? share.complement() : share, Share.EXACT);
  }
}
