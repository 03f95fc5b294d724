package dev.kproxy.iptables.text;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Criterion;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.iptables.Option;
import dev.kproxy.iptables.Rule;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/// Makes rules that the kernel accepts, with every match and target that has a type of its own.
///
/// They assume the sets [#SET] and [#IP_SET], the accounting object [#ACCOUNT] and the chain
/// [#CHAIN].
final class RandomRules {
  /// An ipset of addresses and ports.
  static final String SET = "SET-ip,port";

  /// An ipset of addresses.
  static final String IP_SET = "SET-ip";

  /// An accounting object of nfacct.
  static final String ACCOUNT = "account";

  /// A chain of every table.
  static final String CHAIN = "OTHER";

  /// What `-m state` knows.
  private static final Criterion.State[] TRACKED = {
    Criterion.State.INVALID,
    Criterion.State.NEW,
    Criterion.State.RELATED,
    Criterion.State.ESTABLISHED,
    Criterion.State.UNTRACKED
  };

  private final Random random;
  private final Family family;

  RandomRules(long seed, Family family) {
    this.random = new Random(seed);
    this.family = family;
  }

  /// A rule for a chain of `table` that no built-in chain leads to.
  Rule rule(String table) {
    int protocol = pick(6, 6, 17, 132, family == Family.IPV4 ? 1 : 58, 47, 0);
    Action action = action(table, protocol);
    List<Match> matches = new ArrayList<>();
    headers(matches, protocol);
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Match.Extension extension = extension(protocol);
      if (matches.stream().noneMatch(it -> clash(it, extension))) {
        matches.add(extension);
      }
    }
    return new Rule(matches, action);
  }

  /// Whether iptables 1.8.9 itself cannot tell two modules apart: the nft back end forgets the
  /// first of two modules of ports, `--mark` may go to either module that has it, and `--set` of
  /// `recent` is an old name of `--match-set`.
  private static boolean clash(Match one, Match other) {
    return switch (one) {
      case Match.Tcp _ -> other instanceof Match.Tcp;
      case Match.Udp _ -> other instanceof Match.Udp;
      case Match.Mark _ -> other instanceof Match.ConnMark;
      case Match.ConnMark _ -> other instanceof Match.Mark;
      case Match.MatchSet _ -> other instanceof Match.Recent;
      case Match.Recent _ -> other instanceof Match.MatchSet;
      default -> false;
    };
  }

  private void headers(List<Match> matches, int protocol) {
    if (chance(2)) {
      matches.add(new Match.Source(masked(), chance(3)));
    }
    if (chance(2)) {
      matches.add(new Match.Destination(masked(), chance(3)));
    }
    if (chance(4)) {
      matches.add(new Match.InInterface(pick("eth0", "cni+", "veth1234.5", "lo"), chance(3)));
    }
    if (chance(4)) {
      matches.add(new Match.OutInterface(pick("eth0", "cali+", "x"), chance(3)));
    }
    if (protocol != 0) {
      matches.add(new Match.Protocol(protocol, false));
    }
    if (family == Family.IPV4 && chance(12)) {
      matches.add(new Match.Fragment(chance(2)));
    }
  }

  private Match.Extension extension(int protocol) {
    List<Supplier<Match.Extension>> makers =
        new ArrayList<>(
            List.of(
                () -> new Match.Comment(comment()),
                () -> new Match.Mark(random.nextInt(), pick(-1, 0x4000, 0, 7), chance(3)),
                () -> new Match.ConnMark(random.nextInt(), pick(-1, 0xff, 1), chance(3)),
                this::conntrack,
                () -> new Match.State(states(TRACKED), chance(3)),
                this::addrType,
                () -> Match.Random.of(random.nextLong(Match.Random.ONE + 1), chance(3)),
                () -> Match.Random.oneIn(1 + random.nextInt(2000)),
                this::nth,
                this::recent,
                () -> new Match.NfAcct(ACCOUNT),
                this::matchSet,
                this::ipRange,
                this::physDev,
                this::module));
    switch (protocol) {
      case 6 -> {
        makers.add(this::tcp);
        makers.add(this::tcp);
        makers.add(this::multiport);
      }
      case 17 -> {
        makers.add(() -> new Match.Udp(ports(), ports()));
        makers.add(this::multiport);
      }
      case 132 -> {
        makers.add(() -> new Match.Sctp(ports(), ports(), chunks()));
        makers.add(this::multiport);
      }
      case 1, 58 -> makers.add(this::icmp);
      default -> {}
    }
    return makers.get(random.nextInt(makers.size())).get();
  }

  private String comment() {
    return pick(
        "plain_word-1",
        "ns/svc:http cluster IP",
        "it's; # \"quoted\" \\ -j DROP",
        "--dport",
        "ünï → code",
        "");
  }

  private Match.Extension conntrack() {
    List<Criterion> criteria = new ArrayList<>();
    if (chance(2)) {
      criteria.add(new Criterion.States(states(Criterion.State.values()), chance(3)));
    }
    if (chance(4)) {
      criteria.add(new Criterion.Protocol(pick(6, 17), chance(3)));
    }
    for (Criterion.End end : Criterion.End.values()) {
      if (chance(6)) {
        criteria.add(new Criterion.Address(end, network(), chance(3)));
      }
    }
    for (Criterion.End end : Criterion.End.values()) {
      if (chance(6)) {
        criteria.add(new Criterion.Port(end, range(), chance(3)));
      }
    }
    if (chance(4)) {
      criteria.add(
          new Criterion.Statuses(
              pick(Set.of(), Set.of(Criterion.Status.ASSURED, Criterion.Status.EXPECTED)),
              chance(3)));
    }
    if (chance(6)) {
      int first = random.nextInt(1000);
      criteria.add(new Criterion.Expire(first, first + pick(0, 10), chance(3)));
    }
    if (chance(6) || criteria.isEmpty()) {
      criteria.add(new Criterion.Direction(chance(2)));
    }
    return new Match.Conntrack(criteria);
  }

  private Set<Criterion.State> states(Criterion.State... of) {
    Set<Criterion.State> states = EnumSet.noneOf(Criterion.State.class);
    while (states.isEmpty() || chance(2)) {
      states.add(pick(of));
    }
    return states;
  }

  private Match.Extension addrType() {
    Match.AddrType.Kind kind =
        pick(
            Match.AddrType.Kind.LOCAL,
            Match.AddrType.Kind.UNICAST,
            Match.AddrType.Kind.MULTICAST,
            family == Family.IPV4 ? Match.AddrType.Kind.BLACKHOLE : Match.AddrType.Kind.LOCAL);
    return chance(2)
        ? Match.AddrType.source(kind, chance(3))
        : Match.AddrType.destination(kind, chance(3));
  }

  private Match.Extension nth() {
    int every = 1 + random.nextInt(100);
    return new Match.Nth(every, random.nextInt(every), chance(3));
  }

  private Match.Extension recent() {
    Match.Recent.Operation operation = pick(Match.Recent.Operation.values());
    boolean asks =
        operation == Match.Recent.Operation.RCHECK || operation == Match.Recent.Operation.UPDATE;
    int seconds = asks && chance(2) ? 1 + random.nextInt(100_000) : 0;
    return new Match.Recent(
        pick("DEFAULT", "KUBE-SEP-A", "x;y"),
        operation,
        chance(3),
        seconds,
        asks && chance(3) ? 1 + random.nextInt(20) : 0,
        seconds > 0 && chance(2),
        asks && chance(3),
        Optional.empty(),
        chance(3));
  }

  private Match.Extension matchSet() {
    Match.MatchSet.Side src = Match.MatchSet.Side.SRC;
    Match.MatchSet.Side dst = Match.MatchSet.Side.DST;
    boolean inverted = chance(3);
    return chance(2)
        ? new Match.MatchSet(SET, pick(List.of(src, dst), List.of(dst, dst)), inverted, List.of())
        : new Match.MatchSet(
            IP_SET,
            List.of(pick(src, dst)),
            inverted,
            pick(
                List.of(),
                List.of(Option.of("return-nomatch")),
                List.of(new Option("update-counters", true, List.of()))));
  }

  private Match.Extension ipRange() {
    Optional<Negatable<Match.IpRange.Range>> range = Optional.of(new Negatable<>(ips(), chance(3)));
    return chance(2)
        ? new Match.IpRange(range, chance(2) ? range : Optional.empty())
        : new Match.IpRange(Optional.empty(), range);
  }

  private Match.IpRange.Range ips() {
    Ip first = ip();
    Ip last = ip();
    return first.compareTo(last) <= 0
        ? new Match.IpRange.Range(first, last)
        : new Match.IpRange.Range(last, first);
  }

  private Match.Extension physDev() {
    Optional<Negatable<String>> device = Optional.of(new Negatable<>(pick("e0", "t+"), chance(3)));
    Optional<Negatable<Boolean>> is = Optional.of(new Negatable<>(true, chance(3)));
    return pick(
        new Match.PhysDev(device, Optional.empty(), Optional.empty(), Optional.empty(), is),
        new Match.PhysDev(Optional.empty(), is, device, Optional.empty(), Optional.empty()),
        new Match.PhysDev(device, is, Optional.empty(), is, is));
  }

  /// Some of what is carried along, spelled as iptables-save does it.
  private Match.Extension module() {
    return pick(
        new Match.Module(
            "limit", List.of(Option.of("limit", "3/min"), Option.of("limit-burst", "7"))),
        new Match.Module(
            "mac", List.of(new Option("mac-source", true, List.of("00:11:22:33:44:aa")))),
        new Match.Module("length", List.of(Option.of("length", "5:10"))),
        new Match.Module("pkttype", List.of(Option.of("pkt-type", "multicast"))),
        new Match.Module("helper", List.of(new Option("helper", true, List.of("f t")))),
        new Match.Module("string", List.of(Option.of("string", "a b"), Option.of("algo", "bm"))),
        new Match.Module(
            "owner",
            List.of(Option.of("socket-exists"), new Option("uid-owner", true, List.of("5-7")))),
        new Match.Module("dscp", List.of(Option.of("dscp", "0x0a"))),
        new Match.Module("u32", List.of(Option.of("u32", "0x0>>0x16&0x3c@0x0>>0x18=0x0"))),
        new Match.Module("quota", List.of(Option.of("quota", "100"))),
        new Match.Module(
            "hashlimit",
            List.of(
                Option.of("hashlimit-upto", "5/sec"),
                Option.of("hashlimit-burst", "5"),
                Option.of("hashlimit-name", "foo"))));
  }

  private Match.Extension tcp() {
    Optional<Negatable<Match.Tcp.Flags>> flags =
        chance(3)
            ? Optional.of(
                new Negatable<>(
                    pick(
                        new Match.Tcp.Flags(0x17, 0x02),
                        new Match.Tcp.Flags(0x3f, 0),
                        new Match.Tcp.Flags(0x12, 0x10)),
                    chance(3)))
            : Optional.empty();
    Optional<Negatable<Integer>> option =
        chance(6)
            ? Optional.of(new Negatable<>(1 + random.nextInt(254), chance(3)))
            : Optional.empty();
    return new Match.Tcp(ports(), ports(), flags, option);
  }

  private Optional<Negatable<List<String>>> chunks() {
    return chance(4)
        ? Optional.of(new Negatable<>(List.of("any", "DATA,INIT"), chance(3)))
        : Optional.empty();
  }

  private Match.Extension icmp() {
    int code = random.nextInt(10);
    Match.Icmp.Type type =
        pick(
            new Match.Icmp.Type(3, code, code),
            new Match.Icmp.Type(128, 0, 255),
            new Match.Icmp.Type(8, 0, 255));
    return new Match.Icmp(new Negatable<>(type, chance(3)));
  }

  private Match.Extension multiport() {
    List<PortRange> ports = new ArrayList<>();
    do {
      ports.add(range());
    } while (ports.size() < 7 && chance(2));
    return new Match.Multiport(pick(Match.Multiport.Which.values()), ports, chance(3));
  }

  private Action action(String table, int protocol) {
    List<Supplier<Action>> makers =
        new ArrayList<>(
            List.of(
                Action.None::new,
                Action.Accept::new,
                () -> table.equals("nat") ? new Action.Accept() : new Action.Drop(),
                Action.Return::new,
                () -> new Action.Jump(CHAIN),
                () -> new Action.Goto(CHAIN),
                () ->
                    new Action.Target(
                        "LOG",
                        List.of(Option.of("log-prefix", "a b: "), Option.of("log-level", "6"))),
                () ->
                    new Action.Target(
                        "NFLOG",
                        List.of(Option.of("nflog-prefix", "x:"), Option.of("nflog-group", "5"))),
                () -> new Action.Target("NFQUEUE", List.of(Option.of("queue-num", "5")))));
    switch (table) {
      case "filter" -> makers.add(() -> reject(protocol));
      case "mangle" -> {
        makers.add(() -> new Action.Mark(random.nextInt(), pick(-1, 0, 0x4000)));
        makers.add(() -> new Action.ConnMark(random.nextInt(), pick(-1, 0, 0xff)));
        makers.add(() -> new Action.SaveMark(pick(-1, 0xff), pick(-1, 0xf0)));
        makers.add(() -> new Action.RestoreMark(pick(-1, 0xff), pick(-1, 0xf0)));
        makers.add(() -> new Action.Target("TOS", List.of(Option.of("set-tos", "0x10/0x3f"))));
        if (protocol == 6 || protocol == 17) {
          makers.add(
              () ->
                  new Action.Tproxy(
                      random.nextInt(65536),
                      chance(2) ? Optional.of(ip()) : Optional.empty(),
                      random.nextInt(),
                      pick(-1, 1)));
        }
      }
      case "raw" -> {
        makers.add(Action.NoTrack::new);
        makers.add(() -> new Action.Ct(true, List.of()));
        makers.add(() -> new Action.Ct(false, List.of(Option.of("zone", "5"))));
      }
      default -> {
        boolean ports = protocol == 6 || protocol == 17 || protocol == 132;
        makers.add(() -> new Action.Dnat(translation(ports), chance(3), chance(3)));
        makers.add(() -> new Action.Snat(translation(ports), chance(3), chance(3), chance(3)));
        makers.add(() -> new Action.Masquerade(toPorts(ports), chance(3), chance(2)));
        makers.add(() -> new Action.Redirect(toPorts(ports), chance(3)));
        makers.add(() -> new Action.Netmap(network()));
      }
    }
    return makers.get(random.nextInt(makers.size())).get();
  }

  private Action reject(int protocol) {
    if (protocol == 6 && chance(3)) {
      return new Action.Reject(Optional.of("tcp-reset"));
    }
    String other = family == Family.IPV4 ? "icmp-admin-prohibited" : "icmp6-adm-prohibited";
    return chance(2) ? new Action.Reject() : new Action.Reject(Optional.of(other));
  }

  private Action.Translation translation(boolean withPorts) {
    Match.IpRange.Range range = ips();
    Optional<PortRange> ports = toPorts(withPorts);
    boolean noAddress = ports.isPresent() && chance(4);
    Optional<Ip> first = noAddress ? Optional.empty() : Optional.of(range.first());
    Optional<Ip> last = chance(2) || noAddress ? first : Optional.of(range.last());
    return new Action.Translation(first, last, ports, Optional.empty());
  }

  private Optional<PortRange> toPorts(boolean withPorts) {
    return withPorts && chance(2)
        ? Optional.of(new PortRange(1 + random.nextInt(100), 200 + random.nextInt(60_000)))
        : Optional.empty();
  }

  private Optional<Negatable<PortRange>> ports() {
    return chance(2) ? Optional.of(new Negatable<>(range(), chance(3))) : Optional.empty();
  }

  private PortRange range() {
    int first = random.nextInt(65000);
    return new PortRange(first, first + pick(0, 0, 1, 500));
  }

  private Ip ip() {
    return family == Family.IPV4
        ? new Ip.V4(random.nextInt())
        : new Ip.V6(
            pick(0L, 0xfd00L << 48, random.nextLong()),
            pick(1L, 0xffff_0102_0304L, 0x102_0304L, random.nextLong()));
  }

  private MaskedIp network() {
    return new MaskedIp(ip(), MaskedIp.mask(family, 1 + random.nextInt(family.bits())));
  }

  private MaskedIp masked() {
    return chance(8) ? new MaskedIp(ip(), holes()) : network();
  }

  private Ip holes() {
    return family == Family.IPV4
        ? new Ip.V4(0xff00ff00)
        : new Ip.V6(0xffff_0000_0000_ffffL, 0xffffL);
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }
}
