package dev.kproxy.iptables;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// One thing that a rule asks of a packet. [Source] to [Fragment] are the packet's own header and
/// stand in the rule itself; the others are extensions, which are loaded with `-m`, and one of
/// which may stand several times in a rule.
///
/// Marks, user and group numbers are unsigned 32-bit numbers in an `int`.
public sealed interface Match {
  /// What stands in the rule itself: its order is of no account, and each may stand once.
  sealed interface Header extends Match {}

  /// What is loaded with `-m`.
  sealed interface Extension extends Match {}

  /// `-s`: the source address.
  record Source(MaskedIp addresses, boolean inverted) implements Header {
    /// The addresses of a network.
    public Source(Cidr cidr, boolean inverted) {
      this(MaskedIp.of(cidr), inverted);
    }
  }

  /// `-d`: the destination address.
  record Destination(MaskedIp addresses, boolean inverted) implements Header {
    /// The addresses of a network.
    public Destination(Cidr cidr, boolean inverted) {
      this(MaskedIp.of(cidr), inverted);
    }
  }

  /// `-i`: the interface that the packet came in by; see [#matchesInterface] for the pattern.
  record InInterface(String pattern, boolean inverted) implements Header {}

  /// `-o`: the interface that the packet leaves by; see [#matchesInterface] for the pattern.
  record OutInterface(String pattern, boolean inverted) implements Header {}

  /// `-p`: the IP protocol, by its number; 0 is every protocol.
  record Protocol(int number, boolean inverted) implements Header {
    /// That protocol of a Service.
    public static Protocol of(dev.kproxy.net.Protocol protocol) {
      return new Protocol(
          switch (protocol) {
            case TCP -> 6;
            case UDP -> 17;
            case SCTP -> 132;
          },
          false);
    }
  }

  /// `-f`: second and further fragments of a packet (IPv4 only).
  record Fragment(boolean inverted) implements Header {}

  /// `-m comment`: always holds. The kernel keeps at most 255 bytes.
  record Comment(String text) implements Extension {}

  /// `-m tcp`.
  ///
  /// @param option `--tcp-option`: the number of a TCP option that must be there
  record Tcp(
      Optional<Negatable<PortRange>> source,
      Optional<Negatable<PortRange>> destination,
      Optional<Negatable<Flags>> flags,
      Optional<Negatable<Integer>> option)
      implements Extension {
    /// `-m tcp` alone.
    public static final Tcp ANY =
        new Tcp(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /// `--dport`.
    public static Tcp to(int port) {
      return new Tcp(Optional.empty(), exactly(port), Optional.empty(), Optional.empty());
    }

    /// `--tcp-flags`: of the flags in `mask` exactly those in `set` are set. The bits are those of
    /// the header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32.
    public record Flags(int mask, int set) {}
  }

  /// `-m udp`, and `-m udplite`, which asks the same of another protocol.
  record Udp(Optional<Negatable<PortRange>> source, Optional<Negatable<PortRange>> destination)
      implements Extension {
    /// `-m udp` alone.
    public static final Udp ANY = new Udp(Optional.empty(), Optional.empty());

    /// `--dport`.
    public static Udp to(int port) {
      return new Udp(Optional.empty(), exactly(port));
    }
  }

  /// `-m sctp`.
  ///
  /// @param chunks the words of `--chunk-types`
  record Sctp(
      Optional<Negatable<PortRange>> source,
      Optional<Negatable<PortRange>> destination,
      Optional<Negatable<List<String>>> chunks)
      implements Extension {
    /// `-m sctp` alone.
    public static final Sctp ANY = new Sctp(Optional.empty(), Optional.empty(), Optional.empty());

    /// `--dport`.
    public static Sctp to(int port) {
      return new Sctp(Optional.empty(), exactly(port), Optional.empty());
    }
  }

  /// `-m icmp` in iptables, `-m icmp6` in ip6tables.
  record Icmp(Negatable<Type> type) implements Extension {
    /// A type, and the codes from `firstCode` to `lastCode`; in IPv4 the type 255 is every type.
    public record Type(int type, int firstCode, int lastCode) {}
  }

  /// `-m multiport`: any of at most 15 ports, of which a range counts as two.
  record Multiport(Which which, List<PortRange> ports, boolean inverted) implements Extension {
    public Multiport {
      ports = List.copyOf(ports);
    }

    /// Whose port is asked.
    public enum Which {
      /// `--sports`.
      SOURCE,
      /// `--dports`.
      DESTINATION,
      /// `--ports`: either.
      EITHER
    }
  }

  /// `-m mark`: the packet's mark, in the bits of `mask`, is `value`.
  record Mark(int value, int mask, boolean inverted) implements Extension {}

  /// `-m connmark`: the connection's mark, in the bits of `mask`, is `value`.
  record ConnMark(int value, int mask, boolean inverted) implements Extension {}

  /// `-m conntrack`: all of the criteria hold for the packet's connection.
  record Conntrack(List<Criterion> criteria) implements Extension {
    public Conntrack {
      criteria = List.copyOf(criteria);
    }

    /// `--ctstate` alone.
    public static Conntrack in(Criterion.State... states) {
      return new Conntrack(List.of(new Criterion.States(Set.of(states), false)));
    }

    /// `! --ctstate` alone.
    public static Conntrack notIn(Criterion.State... states) {
      return new Conntrack(List.of(new Criterion.States(Set.of(states), true)));
    }
  }

  /// `-m state`: what `-m conntrack --ctstate` asks, in its older spelling.
  record State(Set<Criterion.State> states, boolean inverted) implements Extension {
    public State {
      states = Criterion.ordered(Criterion.State.class, states);
    }
  }

  /// `-m addrtype`: what routing takes the addresses for.
  ///
  /// @param limitIn `--limit-iface-in`: asked of the interface that the packet came in by
  /// @param limitOut `--limit-iface-out`
  record AddrType(
      Optional<Negatable<Set<Kind>>> source,
      Optional<Negatable<Set<Kind>>> destination,
      boolean limitIn,
      boolean limitOut)
      implements Extension {
    public AddrType {
      source = source.map(AddrType::ordered);
      destination = destination.map(AddrType::ordered);
    }

    /// `--src-type`, inverted or not.
    public static AddrType source(Kind type, boolean inverted) {
      return new AddrType(
          Optional.of(new Negatable<>(Set.of(type), inverted)), Optional.empty(), false, false);
    }

    /// `--dst-type`, inverted or not.
    public static AddrType destination(Kind type, boolean inverted) {
      return new AddrType(
          Optional.empty(), Optional.of(new Negatable<>(Set.of(type), inverted)), false, false);
    }

    private static Negatable<Set<Kind>> ordered(Negatable<Set<Kind>> types) {
      return new Negatable<>(Criterion.ordered(Kind.class, types.value()), types.inverted());
    }

    /// A type of route, in the order in which they print.
    public enum Kind {
      /// No type that routing knows of.
      UNSPEC,
      /// Another host.
      UNICAST,
      /// This host.
      LOCAL,
      /// A broadcast address.
      BROADCAST,
      /// One of several hosts.
      ANYCAST,
      /// A multicast group.
      MULTICAST,
      /// Dropped in silence.
      BLACKHOLE,
      /// Answered with host unreachable.
      UNREACHABLE,
      /// Answered with administratively prohibited.
      PROHIBIT,
      /// To be looked up in the next table.
      THROW,
      /// To be translated.
      NAT,
      /// To be resolved by a daemon.
      XRESOLVE
    }
  }

  /// `-m statistic --mode random`: holds where a random number of 31 bits is below `numerator`.
  ///
  /// @param numerator of 2^31: what the kernel stores, from 0 to 2^31
  /// @param oneIn `k` where the numerator is what 1/k, written with ten decimals, rounds to; else 0
  record Random(long numerator, int oneIn, boolean inverted) implements Extension {
    /// The numerator of certainty.
    public static final long ONE = 1L << 31;

    /// The probability of 1/k, as kube-proxy writes it: rounded to ten decimals, half to even on
    /// the exact value of the double, which iptables then rounds to 31 bits.
    public static Random oneIn(int k) {
      return new Random(Probability.numerator(Probability.tenDecimals(k)), k, false);
    }

    /// The probability of `numerator` in 2^31.
    public static Random of(long numerator, boolean inverted) {
      return new Random(numerator, Probability.oneIn(numerator), inverted);
    }
  }

  /// `-m statistic --mode nth`: holds for one packet in `every`, the first of them being number
  /// `packet`, counted from 0.
  record Nth(int every, int packet, boolean inverted) implements Extension {}

  /// `-m recent`: whether, and how lately, an address is on a list; and what becomes of its entry.
  ///
  /// @param seconds only entries at most so old count; 0 is any age
  /// @param hitCount only entries seen so often count; 0 is once
  /// @param reap older entries are removed
  /// @param ttl only packets with the TTL of the entry count
  /// @param mask which bits of the address make the entry; empty is all of them
  /// @param destination whether the destination is asked, not the source
  record Recent(
      String name,
      Operation operation,
      boolean inverted,
      int seconds,
      int hitCount,
      boolean reap,
      boolean ttl,
      Optional<Ip> mask,
      boolean destination)
      implements Extension {
    /// `--set` of the source address.
    public static Recent set(String name) {
      return new Recent(name, Operation.SET, false, 0, 0, false, false, Optional.empty(), false);
    }

    /// `--rcheck --seconds --reap` of the source address.
    public static Recent check(String name, int seconds) {
      return new Recent(
          name, Operation.RCHECK, false, seconds, 0, true, false, Optional.empty(), false);
    }

    /// The same of another list.
    public Recent named(String other) {
      return new Recent(
          other, operation, inverted, seconds, hitCount, reap, ttl, mask, destination);
    }

    /// What is done with the list.
    public enum Operation {
      /// Adds the address or refreshes it; always holds.
      SET,
      /// Holds where the address is on the list.
      RCHECK,
      /// As RCHECK, and refreshes the entry where it holds.
      UPDATE,
      /// As RCHECK, and removes the entry.
      REMOVE
    }
  }

  /// `-m nfacct`: counts into an accounting object, which must exist; always holds.
  record NfAcct(String name) implements Extension {}

  /// `-m set --match-set`: whether the packet's addresses and ports are in an ipset.
  ///
  /// @param sides for each dimension of the set, whose address or port is looked up
  /// @param options what else stands there: `return-nomatch`, `packets-gt`, …
  record MatchSet(String set, List<Side> sides, boolean inverted, List<Option> options)
      implements Extension {
    public MatchSet {
      sides = List.copyOf(sides);
      options = List.copyOf(options);
    }

    /// A look-up without options.
    public static MatchSet of(String set, Side... sides) {
      return new MatchSet(set, List.of(sides), false, List.of());
    }

    /// Whose address or port is looked up.
    public enum Side {
      /// The packet's source.
      SRC,
      /// The packet's destination.
      DST
    }
  }

  /// `-m iprange`.
  record IpRange(Optional<Negatable<Range>> source, Optional<Negatable<Range>> destination)
      implements Extension {
    /// Addresses of one family from `first` to `last`, both included.
    public record Range(Ip first, Ip last) {}
  }

  /// `-m physdev`: the ports of a bridge that the packet passes; interfaces are patterns as in
  /// [#matchesInterface].
  ///
  /// @param isIn whether it came in by a port of a bridge; `isOut`, whether it leaves by one;
  ///   `isBridged`, whether it is bridged and not routed
  record PhysDev(
      Optional<Negatable<String>> in,
      Optional<Negatable<Boolean>> isIn,
      Optional<Negatable<String>> out,
      Optional<Negatable<Boolean>> isOut,
      Optional<Negatable<Boolean>> isBridged)
      implements Extension {
    /// `! --physdev-is-in` alone.
    public static final PhysDev NOT_IN =
        new PhysDev(
            Optional.empty(),
            Optional.of(new Negatable<>(true, true)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  /// `-m ipvs`: the virtual service that the packet's connection is scheduled by.
  ///
  /// @param options what else stands there: `ipvs`, `vdir`, `vmethod`, `vportctl`
  record Ipvs(
      Optional<Negatable<Integer>> protocol,
      Optional<Negatable<MaskedIp>> address,
      Optional<Negatable<Integer>> port,
      List<Option> options)
      implements Extension {
    public Ipvs {
      options = List.copyOf(options);
    }

    /// `--vaddr --vproto --vport`.
    public static Ipvs to(Ip address, dev.kproxy.net.Protocol protocol, int port) {
      return new Ipvs(
          Optional.of(Negatable.of(Protocol.of(protocol).number())),
          Optional.of(Negatable.of(MaskedIp.of(Cidr.host(address)))),
          Optional.of(Negatable.of(port)),
          List.of());
    }
  }

  /// An extension that is carried along without being understood.
  record Module(String name, List<Option> options) implements Extension {
    public Module {
      options = List.copyOf(options);
    }
  }

  /// Whether an interface of that name agrees with the pattern of a rule: a name, or the beginning
  /// of one followed by `+`.
  static boolean matchesInterface(String pattern, String name) {
    return pattern.endsWith("+")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }

  private static Optional<Negatable<PortRange>> exactly(int port) {
    return Optional.of(Negatable.of(PortRange.of(port)));
  }
}
