package dev.kproxy.simulate.iptables.match;

import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.iptables.Option;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Hook;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Mark;
import dev.kproxy.simulate.iptables.flow.Stage;
import dev.kproxy.simulate.iptables.flow.Tracking;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Turns matches into conditions: what the kernel's extension of that name does.
///
/// `-m recent` and nth counters change as they are asked, which is the walk's business: what stands
/// for them here always holds.
public final class Conditions {
  private static final int RANDOM_BITS = 31;
  private static final int SYN = 2;
  private static final Condition ALWAYS = (_, _, _) -> Answer.Known.YES;

  private final Facts facts;
  private final ModuleMatching modules;
  private final Map<Match, Condition> shared = new ConcurrentHashMap<>();
  private final Map<List<Match>, Condition[]> sharedAll = new ConcurrentHashMap<>();

  /// The conditions of rules on a host.
  public Conditions(Facts facts) {
    this.facts = facts;
    this.modules = new ModuleMatching(facts);
  }

  /// The conditions that matches are, in their order. Thousands of rules ask for the same few
  /// protocols, ports and marks: they share what asks, which stays at hand in the processor that
  /// way.
  public Condition[] of(List<Match> matches) {
    return matches.stream().anyMatch(Conditions::isAddress)
        ? make(matches)
        : sharedAll.computeIfAbsent(matches, this::make);
  }

  private Condition[] make(List<Match> matches) {
    return matches.stream().map(this::of).toArray(Condition[]::new);
  }

  private Condition of(Match match) {
    return isAddress(match) ? make(match) : shared.computeIfAbsent(match, this::make);
  }

  private static boolean isAddress(Match match) {
    return match instanceof Match.Source || match instanceof Match.Destination;
  }

  private Condition make(Match match) {
    return switch (match) {
      case Match.Source(var addresses, boolean inverted) -> source(addresses, inverted);
      case Match.Destination(var addresses, boolean inverted) -> destination(addresses, inverted);
      case Match.Protocol(int number, boolean inverted) ->
          (_, flow, _) ->
              known(number == 0 || number == flow.header().transport().number(), inverted);
      case Match.InInterface(String pattern, boolean inverted) ->
          (_, flow, _) ->
              isOpen(flow.in(), pattern)
                  ? open(Missing.IN_INTERFACE, null, pattern, inverted)
                  : device(flow.in(), pattern, inverted);
      case Match.OutInterface(String pattern, boolean inverted) ->
          (_, flow, stage) -> {
            if (!isOpen(flow.out(), pattern)) {
              return device(flow.out(), pattern, inverted);
            }
            Missing missing = facts.routing().missingOfWayOut(flow.header(), flow.in());
            return open(missing, way(flow, stage), pattern, inverted);
          };
      case Match.Fragment(boolean inverted) -> (_, _, _) -> known(false, inverted);
      case Match.Comment _, Match.NfAcct _, Match.Recent _, Match.Nth _ -> ALWAYS;
      case Match.Tcp tcp -> tcp(tcp);
      case Match.Udp(var source, var destination) -> ports(match, source, destination);
      case Match.Sctp(var source, var destination, var chunks) ->
          chunks.isEmpty()
              ? ports(match, source, destination)
              : and(
                  ports(match, source, destination),
                  new Answer.Unknown(
                      new Why(Missing.RUNNING_HOST, "the SCTP chunks of the packet are not given"),
                      match));
      case Match.Icmp(Negatable<Match.Icmp.Type> type) ->
          (_, flow, _) -> icmp(type, flow.header().transport());
      case Match.Multiport multiport -> (_, flow, _) -> multiport(multiport, flow);
      case Match.Mark(int value, int mask, boolean inverted) ->
          (_, flow, _) ->
              mark(flow.mark(), "the mark of the packet is not known", value, mask, inverted);
      case Match.Random(long numerator, _, boolean inverted) -> {
        Answer answer = random(numerator, inverted);
        yield (_, _, _) -> answer;
      }
      case Match.Conntrack conntrack -> (_, flow, _) -> ConnectionMatching.ask(conntrack, flow);
      case Match.State(var states, boolean inverted) ->
          (_, flow, _) -> ConnectionMatching.state(states, inverted, flow, false);
      case Match.ConnMark(int value, int mask, boolean inverted) ->
          (_, flow, _) -> ConnectionMatching.mark(value, mask, inverted, flow);
      case Match.AddrType addrType -> (_, flow, _) -> AddrTypeMatching.ask(addrType, flow, facts);
      case Match.IpRange(var source, var destination) ->
          (_, flow, _) ->
              Answer.Known.of(
                  within(source, flow.header().source())
                      && within(destination, flow.header().destination()));
      case Match.MatchSet set -> (_, flow, _) -> modules.set(set, flow);
      case Match.PhysDev physDev -> (packet, _, _) -> ModuleMatching.physDev(physDev, packet);
      case Match.Ipvs ipvs -> (_, flow, _) -> ipvs(ipvs, flow);
      case Match.Module module -> (packet, flow, _) -> modules.ask(module, packet, flow);
    };
  }

  /// What decides by which interface a packet leaves: the destination that it was routed for, which
  /// for OUTPUT is the one that the first packet of a connection had at first.
  private static Ip way(Flow flow, Stage stage) {
    Tracking tracking = flow.tracking();
    return stage.hook() == Hook.OUTPUT
            && tracking != null
            && !tracking.reply()
            && !flow.isBalanced()
        ? tracking.original().destination()
        : flow.header().destination();
  }

  /// `ipvs_mt`: whether ip_vs has handled the packet. Whatever else is asked, is asked of the
  /// connection that the packet would answer as it comes from a real server; once ip_vs has handled
  /// a packet it is none, so that such rules hold for nothing.
  private Answer ipvs(Match.Ipvs match, Flow flow) {
    List<Option> others = match.options();
    boolean plain =
        match.protocol().isEmpty()
            && match.address().isEmpty()
            && match.port().isEmpty()
            && others.size() == 1
            && others.get(0).name().equals("ipvs");
    if (!plain) {
      return Answer.Known.NO;
    }
    return facts.virtualServers().areGiven()
        ? known(flow.isBalanced(), others.get(0).inverted())
        : new Answer.Unknown(
            new Why(Missing.VIRTUAL_SERVERS, "the virtual servers are not given"), match);
  }

  private static Condition source(MaskedIp addresses, boolean inverted) {
    return addresses.ip() instanceof Ip.V4(int wanted)
            && addresses.mask() instanceof Ip.V4(int mask)
        ? (_, flow, _) -> known(isAmong(flow.header().source(), wanted, mask), inverted)
        : (_, flow, _) -> known(addresses.contains(flow.header().source()), inverted);
  }

  private static Condition destination(MaskedIp addresses, boolean inverted) {
    return addresses.ip() instanceof Ip.V4(int wanted)
            && addresses.mask() instanceof Ip.V4(int mask)
        ? (_, flow, _) -> known(isAmong(flow.header().destination(), wanted, mask), inverted)
        : (_, flow, _) -> known(addresses.contains(flow.header().destination()), inverted);
  }

  /// [MaskedIp#contains], without making an address at each call.
  private static boolean isAmong(Ip ip, int wanted, int mask) {
    return ip instanceof Ip.V4(int bits) && (bits & mask) == wanted;
  }

  private static Answer.Known known(boolean yes, boolean inverted) {
    return Answer.Known.of(yes != inverted);
  }

  private static boolean isOpen(@Nullable String name, String pattern) {
    return name == null && !pattern.equals("+");
  }

  private static Answer device(@Nullable String name, String pattern, boolean inverted) {
    return known(name == null || Match.matchesInterface(pattern, name), inverted);
  }

  private static Answer open(
      Missing missing, @Nullable Ip destination, String pattern, boolean inverted) {
    String way = destination == null ? "came in by" : "leaves by";
    return new Answer.Unknown(
        new Why(missing, "the interface that the packet " + way + " is not given"),
        new Device(destination, pattern),
        inverted);
  }

  private static boolean within(Optional<Negatable<Match.IpRange.Range>> range, Ip ip) {
    if (range.isEmpty()) {
      return true;
    }
    Match.IpRange.Range addresses = range.get().value();
    return ip.isBetween(addresses.first(), addresses.last()) != range.get().inverted();
  }

  private static Condition ports(
      Match match,
      Optional<Negatable<PortRange>> source,
      Optional<Negatable<PortRange>> destination) {
    IntPredicate sports = ports(source);
    IntPredicate dports = ports(destination);
    boolean asksSource = source.isPresent();
    return (_, flow, _) ->
        flow.header().transport() instanceof Transport.Ports(_, int sport, int dport)
                && dports.test(dport)
            ? asksSource && flow.hasDrawnPort()
                ? drawnPort(match)
                : Answer.Known.of(sports.test(sport))
            : Answer.Known.NO;
  }

  /// The answer to what is asked of a source port that the kernel draws.
  static Answer drawnPort(Object key) {
    return new Answer.Unknown(
        new Why(Missing.RUNNING_HOST, "the port that is drawn for the source is not known"), key);
  }

  private static IntPredicate ports(Optional<Negatable<PortRange>> asked) {
    if (asked.isEmpty()) {
      return _ -> true;
    }
    int first = asked.get().value().first();
    int last = asked.get().value().last();
    boolean inverted = asked.get().inverted();
    return port -> (first <= port && port <= last) != inverted;
  }

  /// What is not given is asked only where the rest holds.
  private static Condition and(Condition first, Answer.Unknown rest) {
    return both(first, (_, _, _) -> rest);
  }

  /// One match that asks two things.
  private static Condition both(Condition first, Condition second) {
    return (packet, flow, stage) -> {
      Answer one = first.ask(packet, flow, stage);
      if (one == Answer.Known.NO) {
        return one;
      }
      Answer other = second.ask(packet, flow, stage);
      return other == Answer.Known.YES ? one : other;
    };
  }

  private static Condition tcp(Match.Tcp tcp) {
    Condition ports = ports(tcp, tcp.source(), tcp.destination());
    Condition flagged =
        tcp.flags()
            .map(flags -> both(ports, (packet, _, _) -> flags(flags, tcp, packet)))
            .orElse(ports);
    return tcp.option().isEmpty()
        ? flagged
        : and(
            flagged,
            new Answer.Unknown(
                new Why(Missing.RUNNING_HOST, "the TCP options of the packet are not given"), tcp));
  }

  /// The first packet of a TCP connection has the flag SYN and no other.
  private static Answer flags(Negatable<Match.Tcp.Flags> asked, Match.Tcp tcp, Packet packet) {
    return packet.state() == Packet.State.NEW
        ? known((SYN & asked.value().mask()) == asked.value().set(), asked.inverted())
        : new Answer.Unknown(
            new Why(Missing.RUNNING_HOST, "the TCP flags of the packet are not given"), tcp);
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

  private static Answer multiport(Match.Multiport multiport, Flow flow) {
    if (!(flow.header().transport() instanceof Transport.Ports(_, int sport, int dport))) {
      return Answer.Known.NO;
    }
    boolean byDestination =
        multiport.which() != Match.Multiport.Which.SOURCE && isAmong(multiport.ports(), dport);
    if (byDestination || multiport.which() == Match.Multiport.Which.DESTINATION) {
      return known(byDestination, multiport.inverted());
    }
    return flow.hasDrawnPort()
        ? drawnPort(multiport)
        : known(isAmong(multiport.ports(), sport), multiport.inverted());
  }

  private static boolean isAmong(List<PortRange> ranges, int port) {
    return ranges.stream().anyMatch(range -> range.contains(port));
  }

  /// Whether a mark, of which some bits may be unknown, agrees with a value.
  ///
  /// @param open what is said where that cannot be told
  static Answer mark(Mark mark, String open, int value, int mask, boolean inverted) {
    int unknown = mask & mark.unknown();
    if ((mark.bits() & mask & ~unknown) != (value & ~unknown)) {
      return known(false, inverted);
    }
    return unknown == 0
        ? known(true, inverted)
        : new Answer.Unknown(new Why(Missing.RUNNING_HOST, open), null, inverted);
  }

  private static Answer random(long numerator, boolean inverted) {
    Fraction share = Fraction.dyadic(numerator, RANDOM_BITS);
    return share.isZero() || share.isOne()
        ? known(share.isOne(), inverted)
        : new Answer.Chance(share, Share.EXACT).invertedIf(inverted);
  }
}
