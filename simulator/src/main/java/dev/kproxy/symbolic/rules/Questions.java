package dev.kproxy.symbolic.rules;

import dev.kproxy.ipset.Entry;
import dev.kproxy.iptables.Criterion;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.simulate.Packet;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.Protocols;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.packet.States;
import dev.kproxy.symbolic.packet.Ways;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Says what matches ask of the packet as it was sent.
///
/// Whatever else they ask follows from these answers and from the rules that the packet met before:
/// its mark, its translations, the interface that it leaves by; or it is a draw; or nobody knows,
/// which is then the same for all packets of which the rest is the same.
public final class Questions {
  private static final Ranges PORTS = Ranges.of(0, 0xffff);
  private static final int MOST_HOLES = 10;
  private static final List<Question> EACH_STATE =
      Arrays.stream(Packet.State.values())
          .map(state -> new Question(Field.STATE, Ranges.of(States.number(state))))
          .toList();

  private final Family family;
  private final Ways ways;
  private final HostQuestions host;
  private final SetQuestions sets;
  private final Ranges addresses;

  /// The questions of rules of a family on a host.
  public Questions(Family family, Ways ways, HostQuestions host, SetQuestions sets) {
    this.family = family;
    this.ways = ways;
    this.host = host;
    this.sets = sets;
    this.addresses = Ranges.all(family);
  }

  /// What one match asks.
  ///
  /// @param all questions all of whose answers are yes where the match holds
  /// @param further questions whose answers matter, too, in some other way
  /// @param isExact whether packets with the same answers fare the same
  record Asked(List<Question> all, List<Question> further, boolean isExact) {
    static final Asked NOTHING = new Asked(List.of(), List.of(), true);

    static Asked all(Question... questions) {
      return new Asked(List.of(questions), List.of(), true);
    }

    static Asked further(List<Question> questions) {
      return new Asked(List.of(), questions, true);
    }
  }

  /// What a match asks in one table.
  Asked of(Match match, String table) {
    return switch (match) {
      case Match.Source(MaskedIp masked, boolean inverted) ->
          masked(Field.SOURCE, masked, inverted);
      case Match.Destination(MaskedIp masked, boolean inverted) ->
          masked(Field.DESTINATION, masked, inverted);
      case Match.InInterface(String pattern, boolean inverted) ->
          new Asked(
              List.of(new Question(Field.WAY, ways.agreeing(pattern, inverted))),
              List.of(new Question(Field.WAY, Ranges.of(Ways.UNKNOWN))),
              true);
      case Match.Protocol(int number, boolean inverted) ->
          number == 0 ? Asked.NOTHING : Asked.all(protocol(family, number, inverted));
      case Match.Tcp tcp -> ports(tcp.source(), tcp.destination());
      case Match.Udp(var source, var destination) -> ports(source, destination);
      case Match.Sctp sctp -> ports(sctp.source(), sctp.destination());
      case Match.Icmp(Negatable<Match.Icmp.Type> type) -> icmp(type);
      case Match.Multiport multiport -> multiport(multiport);
      case Match.Conntrack(List<Criterion> criteria) -> conntrack(criteria, table);
      case Match.State(var states, boolean inverted) -> states(states, inverted, table);
      case Match.AddrType type -> type(type);
      case Match.IpRange(var source, var destination) -> ranges(source, destination);
      case Match.PhysDev _, Match.Module _ -> Asked.further(eachWay());
      case Match.MatchSet set -> set(set);
      case Match.Ipvs _ -> new Asked(List.of(), List.of(), false);
      case Match.OutInterface _,
          Match.Fragment _,
          Match.Comment _,
          Match.Mark _,
          Match.ConnMark _,
          Match.Random _,
          Match.Nth _,
          Match.Recent _,
          Match.NfAcct _ ->
          Asked.NOTHING;
    };
  }

  static Question protocol(Family family, int number, boolean inverted) {
    Ranges protocols = Protocols.ofHeader(number, family);
    return new Question(Field.PROTOCOL, inverted ? Protocols.ALL.minus(protocols) : protocols);
  }

  /// What each entry of the set asks is told apart: see [AskedRule#sets].
  private Asked set(Match.MatchSet match) {
    boolean isPlain =
        !match.inverted() && match.options().isEmpty() && sets.set(match.set()) != null;
    return new Asked(
        isPlain ? sets.entries(match).together() : List.of(), eachWay(), sets.isExact(match));
  }

  /// The entries that a match asks for; empty where it asks no set.
  Optional<Boxes<Entry>> entries(Match match) {
    return match instanceof Match.MatchSet set ? Optional.of(sets.entries(set)) : Optional.empty();
  }

  private Asked masked(Field field, MaskedIp masked, boolean inverted) {
    Optional<Ranges> values = values(masked);
    return values.isEmpty()
        ? new Asked(List.of(), List.of(), false)
        : Asked.all(new Question(field, inverted ? addresses.minus(values.get()) : values.get()));
  }

  /// The addresses of a pattern; empty where its mask has so many holes that they are too many
  /// ranges.
  private Optional<Ranges> values(MaskedIp masked) {
    Optional<Cidr> network = masked.cidr();
    if (network.isPresent()) {
      return Optional.of(Ranges.of(network.get()));
    }
    if (!(masked.mask() instanceof Ip.V4(int mask) && masked.ip() instanceof Ip.V4(int bits))) {
      return Optional.empty();
    }
    int tail = Integer.numberOfTrailingZeros(mask);
    int holes = ~mask >>> tail << tail;
    if (Integer.bitCount(holes) > MOST_HOLES) {
      return Optional.empty();
    }
    Ranges values = Ranges.NONE;
    int filled = 0;
    do {
      int first = bits | filled;
      values = values.or(Ranges.of(new Ip.V4(first), new Ip.V4(first | (1 << tail) - 1)));
      filled = (filled - holes) & holes;
    } while (filled != 0);
    return Optional.of(values);
  }

  private static Asked ports(
      Optional<Negatable<PortRange>> source, Optional<Negatable<PortRange>> destination) {
    List<Question> asked = new ArrayList<>();
    asked.add(new Question(Field.PROTOCOL, Protocols.WITH_PORTS));
    source.ifPresent(ports -> asked.add(new Question(Field.SOURCE_PORT, values(ports))));
    destination.ifPresent(ports -> asked.add(new Question(Field.DESTINATION_PORT, values(ports))));
    return new Asked(List.copyOf(asked), List.of(), true);
  }

  private static Ranges values(Negatable<PortRange> ports) {
    Ranges range = range(ports.value());
    return ports.inverted() ? PORTS.minus(range) : range;
  }

  private static Ranges range(PortRange ports) {
    return Ranges.of(ports.first(), ports.last());
  }

  private static Asked icmp(Negatable<Match.Icmp.Type> asked) {
    Match.Icmp.Type type = asked.value();
    int first = type.type() << 8;
    Ranges values =
        type.type() == 255 ? PORTS : Ranges.of(first | type.firstCode(), first | type.lastCode());
    return Asked.all(
        new Question(Field.PROTOCOL, Ranges.of(Protocols.ICMP)),
        new Question(Field.DESTINATION_PORT, asked.inverted() ? PORTS.minus(values) : values));
  }

  private static Asked multiport(Match.Multiport multiport) {
    Ranges listed = Ranges.NONE;
    for (PortRange range : multiport.ports()) {
      listed = listed.or(range(range));
    }
    Ranges values = multiport.inverted() ? PORTS.minus(listed) : listed;
    Question protocol = new Question(Field.PROTOCOL, Protocols.WITH_PORTS);
    return switch (multiport.which()) {
      case SOURCE -> Asked.all(protocol, new Question(Field.SOURCE_PORT, values));
      case DESTINATION -> Asked.all(protocol, new Question(Field.DESTINATION_PORT, values));
      case EITHER ->
          new Asked(
              List.of(protocol),
              List.of(
                  new Question(Field.SOURCE_PORT, values),
                  new Question(Field.DESTINATION_PORT, values)),
              true);
    };
  }

  /// Criteria that are about the first packet of a connection ask what the packet itself was; what
  /// is asked of replies follows from translations.
  private Asked conntrack(List<Criterion> criteria, String table) {
    List<Question> all = new ArrayList<>();
    List<Question> further = new ArrayList<>();
    boolean exact = true;
    for (Criterion criterion : criteria) {
      switch (criterion) {
        case Criterion.States(var states, boolean inverted) -> {
          Asked asked = states(states, inverted, table);
          all.addAll(asked.all());
          further.addAll(asked.further());
        }
        case Criterion.Address(var end, MaskedIp masked, _) -> {
          Asked asked = masked(field(end), masked, false);
          further.addAll(asked.all());
          exact &= asked.isExact();
        }
        case Criterion.Port(var end, PortRange ports, _) ->
            further.add(new Question(portField(end), range(ports)));
        case Criterion.Protocol(int number, _) -> further.add(protocol(family, number, false));
        case Criterion.Statuses _ -> further.addAll(EACH_STATE);
        case Criterion.Expire _, Criterion.Direction _ -> {}
      }
    }
    return new Asked(all, further, exact);
  }

  private static Field field(Criterion.End end) {
    return switch (end) {
      case ORIGINAL_SOURCE, REPLY_DESTINATION -> Field.SOURCE;
      case ORIGINAL_DESTINATION, REPLY_SOURCE -> Field.DESTINATION;
    };
  }

  private static Field portField(Criterion.End end) {
    return switch (end) {
      case ORIGINAL_SOURCE, REPLY_DESTINATION -> Field.SOURCE_PORT;
      case ORIGINAL_DESTINATION, REPLY_SOURCE -> Field.DESTINATION_PORT;
    };
  }

  /// Whether a connection is translated is no matter of the packet; packets in any state may belong
  /// to one that is. While rules of nat are asked, an established packet is taken for the first of
  /// its connection. A rule of raw may exempt a packet from tracking, which then is untracked
  /// whatever it was.
  private static Asked states(Set<Criterion.State> states, boolean inverted, String table) {
    Ranges found = Ranges.NONE;
    for (Packet.State state : Packet.State.values()) {
      boolean isFirst = state == Packet.State.ESTABLISHED && table.equals("nat");
      Criterion.State seen = isFirst ? Criterion.State.NEW : state.seen();
      if (states.contains(seen) != inverted) {
        found = found.or(Ranges.of(States.number(state)));
      }
    }
    Question question = new Question(Field.STATE, found);
    boolean isAll =
        !states.contains(Criterion.State.SNAT)
            && !states.contains(Criterion.State.DNAT)
            && states.contains(Criterion.State.UNTRACKED) == inverted;
    return isAll ? Asked.all(question) : Asked.further(List.of(question));
  }

  /// Kinds of addresses are asked of every packet; here they only tell which may agree.
  private Asked type(Match.AddrType type) {
    List<Question> all = new ArrayList<>();
    boolean limited = type.limitIn() || type.limitOut();
    if (!limited && isOfKind(type.source())) {
      all.add(new Question(Field.SOURCE, kinds(type.source().orElseThrow())));
    }
    if (!limited && isOfKind(type.destination())) {
      all.add(new Question(Field.DESTINATION, kinds(type.destination().orElseThrow())));
    }
    return new Asked(List.copyOf(all), limited ? eachWay() : List.of(), true);
  }

  /// In IPv6 several kinds may be asked of one address.
  private boolean isOfKind(Optional<Negatable<Set<Match.AddrType.Kind>>> asked) {
    return asked.isPresent()
        && (family == Family.IPV4 || asked.get().value().equals(Set.of(Match.AddrType.Kind.LOCAL)));
  }

  private Ranges kinds(Negatable<Set<Match.AddrType.Kind>> asked) {
    return host.ofKinds(asked.value(), asked.inverted());
  }

  private Asked ranges(
      Optional<Negatable<Match.IpRange.Range>> source,
      Optional<Negatable<Match.IpRange.Range>> destination) {
    List<Question> all = new ArrayList<>();
    source.ifPresent(range -> all.add(new Question(Field.SOURCE, values(range, addresses))));
    destination.ifPresent(
        range -> all.add(new Question(Field.DESTINATION, values(range, addresses))));
    return new Asked(List.copyOf(all), List.of(), true);
  }

  private static Ranges values(Negatable<Match.IpRange.Range> range, Ranges whole) {
    Ip first = range.value().first();
    Ip last = range.value().last();
    Ranges values = first.compareTo(last) <= 0 ? Ranges.of(first, last) : Ranges.NONE;
    return range.inverted() ? whole.minus(values) : values;
  }

  /// What an extension asks that is not understood may hang on the interface.
  private List<Question> eachWay() {
    return ways.each().stream().map(way -> new Question(Field.WAY, way)).toList();
  }
}
