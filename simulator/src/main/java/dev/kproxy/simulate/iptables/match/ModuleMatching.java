package dev.kproxy.simulate.iptables.match;

import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Match.AddrType;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.iptables.Option;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.host.Membership;
import dev.kproxy.simulate.host.ReversePath;
import dev.kproxy.simulate.host.SetQuery;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Trail;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What is asked of things that a packet does not show: sets, sockets, counters, the ports of
/// bridges. Where the answer follows from the packet's way it is given, else it is unknown.
final class ModuleMatching {
  /// Options of `-m set` that ask for the counters of the entry that was found.
  private static final Set<String> COUNTER_OPTIONS =
      Set.of("packets-eq", "packets-lt", "packets-gt", "bytes-eq", "bytes-lt", "bytes-gt");

  /// What is the same before and after a translation, and wherever the packet leaves.
  private static final Set<String> STEADY =
      Set.of(
          "connlabel",
          "dscp",
          "ecn",
          "helper",
          "length",
          "mac",
          "pkttype",
          "tcpmss",
          "time",
          "tos");

  /// 224.0.0.0/24.
  private static final int LOCAL_GROUPS = 0xe00000;

  private final Facts facts;

  ModuleMatching(Facts facts) {
    this.facts = facts;
  }

  /// Counters of entries, and sets that a rule on the way has changed, cannot be asked.
  Answer set(Match.MatchSet match, Flow flow) {
    SetQuery query =
        new SetQuery(
            flow.header(),
            flow.hasDrawnPort(),
            flow.mark().bits(),
            flow.mark().unknown(),
            flow.in(),
            flow.out(),
            match.sides());
    boolean turned = asks(match.options(), "return-nomatch");
    boolean changed = isChanged(match.set(), flow);
    Optional<Membership> found =
        changed ? Optional.empty() : facts.sets().ask(match.set(), query, turned);
    boolean counts = match.options().stream().anyMatch(it -> COUNTER_OPTIONS.contains(it.name()));
    if (found.equals(Optional.of(Membership.NO))) {
      return Answer.Known.of(match.inverted());
    }
    if (found.equals(Optional.of(Membership.YES)) && !counts) {
      return Answer.Known.of(!match.inverted());
    }
    String set = "the set " + match.set();
    Why why =
        changed
            ? new Why(
                Missing.RUNNING_HOST, "what " + set + " holds after a rule changed it is not known")
            : found.isEmpty()
                ? new Why(Missing.SET, set + " is not given")
                : new Why(Missing.RUNNING_HOST, "what else " + set + " asks is not given");
    return new Answer.Unknown(
        why, changed ? null : new AskedSet(match.set(), match.options(), query), match.inverted());
  }

  private boolean isChanged(String set, Flow flow) {
    return Trail.list(flow.visits()).stream()
        .anyMatch(
            visit ->
                visit.what() instanceof Flow.ChangedSet(String changed)
                    && facts.sets().isTouched(set, changed));
  }

  private record AskedSet(String set, List<Option> options, SetQuery query) {}

  /// A packet of the host itself has no port of a bridge behind it; whether another one has, is not
  /// known.
  static Answer physDev(Match.PhysDev match, Packet packet) {
    if (packet.origin() == Packet.Origin.LOCAL) {
      boolean holds =
          no(match.isIn())
              && no(match.isOut())
              && no(match.isBridged())
              && no(match.in().map(in -> new Negatable<>(true, in.inverted())))
              && no(match.out().map(out -> new Negatable<>(true, out.inverted())));
      return Answer.Known.of(holds);
    }
    return new Answer.Unknown(
        new Why(Missing.RUNNING_HOST, "the ports of bridges that the packet passes are not given"),
        match);
  }

  private static boolean no(Optional<Negatable<Boolean>> asked) {
    return asked.isEmpty() || asked.get().value() == asked.get().inverted();
  }

  Answer ask(Match.Module module, Packet packet, Flow flow) {
    return switch (module.name()) {
      case "owner" -> owner(module, packet);
      case "cgroup" -> cgroup(module, packet, flow);
      case "rpfilter" -> wayBack(module, flow);
      case "limit", "hashlimit", "connlimit", "quota", "connbytes", "rateest" ->
          new Answer.Unknown(
              new Why(Missing.RUNNING_HOST, "-m " + module.name() + " depends on what came before"),
              null);
      default -> unknown(Missing.RUNNING_HOST, module, flow);
    };
  }

  /// The same is asked as often as nothing has changed that the answer may hang on: neither by a
  /// rule nor on the way, which has another address, another interface, and a lower TTL.
  private static Answer unknown(Missing missing, Match.Module module, Flow flow) {
    boolean isSteady = STEADY.contains(module.name());
    Asked asked =
        new Asked(
            module,
            isSteady ? Optional.empty() : Optional.of(flow.header()),
            Optional.ofNullable(flow.in()),
            isSteady ? Optional.empty() : Optional.ofNullable(flow.out()));
    return new Answer.Unknown(
        new Why(missing, "what -m " + module.name() + " asks is not given"),
        flow.visits() == null ? asked : null);
  }

  private record Asked(
      Match.Module module, Optional<Header> header, Optional<String> in, Optional<String> out) {}

  /// What passes through has no socket here. A single option holds exactly where its contrary does
  /// not, without a socket, too (`net/netfilter/xt_owner.c`).
  private static Answer owner(Match.Module module, Packet packet) {
    List<Option> options = module.options();
    if (packet.origin() == Packet.Origin.FORWARD) {
      return Answer.Known.of(options.stream().allMatch(Option::inverted));
    }
    if (options.size() != 1) {
      return socket(module);
    }
    Option only = options.getFirst();
    return socket(new Option(only.name(), false, only.words())).invertedIf(only.inverted());
  }

  /// Without a socket nothing holds, nor does its contrary (`net/netfilter/xt_cgroup.c`). A packet
  /// that passes through has none; one that came for this host may have got its own by now
  /// (`tcp_v4_early_demux`, `udp_v4_early_demux`).
  private static Answer cgroup(Match.Module module, Packet packet, Flow flow) {
    return packet.origin() == Packet.Origin.FORWARD && !flow.isForSelf()
        ? Answer.Known.NO
        : socket(module);
  }

  private static Answer socket(Object asked) {
    return new Answer.Unknown(
        new Why(Missing.RUNNING_HOST, "the socket of the packet is not given"), asked);
  }

  /// `rpfilter_mt`: whether the way back to the source is the one that the packet came by.
  private Answer wayBack(Match.Module module, Flow flow) {
    boolean inverted = asks(module.options(), "invert");
    if ("lo".equals(flow.in()) || isOfNobody(flow.header())) {
      return Answer.Known.of(!inverted);
    }
    boolean own =
        facts.addresses().kind(flow.header().source()).equals(Optional.of(AddrType.Kind.LOCAL));
    if (own) {
      return asks(module.options(), "accept-local")
          ? unknown(Missing.RUNNING_HOST, module, flow)
          : Answer.Known.of(inverted);
    }
    Header header = flow.header();
    ReversePath back = facts.routing().reversePath();
    return (asks(module.options(), "loose") ? back.exists(header) : back.isBy(header, flow.in()))
        .<Answer>map(holds -> Answer.Known.of(holds != inverted))
        .orElseGet(() -> unknown(back.missing(header.family()), module, flow));
  }

  /// Whether the source is `::`, or `0.0.0.0` on the way to all or to a group of the link, as of
  /// hosts that ask for an address: no way back is looked for (`rpfilter_mt` of either family).
  private static boolean isOfNobody(Header header) {
    return header.source().isUnspecified()
        && (!(header.destination() instanceof Ip.V4(int bits))
            || bits == -1
            || bits >>> 8 == LOCAL_GROUPS);
  }

  private static boolean asks(List<Option> options, String name) {
    return options.stream().anyMatch(option -> option.name().equals(name));
  }
}
