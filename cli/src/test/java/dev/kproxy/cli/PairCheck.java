package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.ipset.Element;
import dev.kproxy.ipset.Entry;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Table;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.iptables.IptablesMachine;
import dev.kproxy.simulate.iptables.match.Knowledge;
import dev.kproxy.symbolic.Comparison;
import dev.kproxy.symbolic.Difference;
import dev.kproxy.symbolic.RuledHost;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Holds the comparison of two rule sets against the machine: packets fare differently exactly
/// where it says so.
final class PairCheck {
  private final RuledHost before;
  private final RuledHost after;
  private final Ip own;
  private final Random random;
  private final String name;
  private final Comparison<Difference> comparison;
  private final Map<Ranges, List<Difference>> byDestination = new HashMap<>();

  /// @param own an address of the host
  /// @param name of the pair
  PairCheck(RuledHost before, RuledHost after, Ip own, Random random, String name) {
    this.before = before;
    this.after = after;
    this.own = own;
    this.random = random;
    this.name = name;
    this.comparison = Comparison.of(before, after);
    for (Difference difference : comparison.differences()) {
      Ranges destination = difference.packets().get(Field.DESTINATION);
      byDestination
          .computeIfAbsent(
              destination.isSingle() ? destination : Ranges.NONE, _ -> new ArrayList<>())
          .add(difference);
    }
  }

  /// What differs.
  List<Difference> differences() {
    return comparison.differences();
  }

  /// Fails where the comparison says of a witness, or of one of some random packets, what the
  /// machine does not.
  void run(int packets) {
    IptablesMachine old = before.machine();
    IptablesMachine now = after.machine();
    for (Difference difference : differences()) {
      Packet witness = difference.before().packet();
      assertThat(difference.packets().contains(witness, comparison.ways())).isTrue();
      assertThat(areAlike(old.trace(witness), now.trace(witness)))
          .as("%s: %s", name, witness)
          .isFalse();
    }
    Pool pool = new Pool();
    for (int i = 0; i < packets; i++) {
      Packet packet = pool.packet();
      if (!packet.header().source().equals(packet.header().destination())) {
        Trace left = old.trace(packet);
        Trace right = now.trace(packet);
        boolean areAlike = areAlike(left, right);
        if (!areAlike || !isOpen(packet)) {
          assertThat(areAlike)
              .as("%s: %s%n%s%n%s%n%d differences", name, packet, left, right, differences().size())
              .isEqualTo(!differs(packet));
        }
      }
    }
  }

  private boolean differs(Packet packet) {
    return found(packet).findAny().isPresent();
  }

  /// Whether a packet is among some of which the comparison does not say that all fare differently.
  private boolean isOpen(Packet packet) {
    return found(packet).anyMatch(difference -> !difference.isExact());
  }

  private Stream<Difference> found(Packet packet) {
    return List.of(Ranges.of(packet.header().destination()), Ranges.NONE).stream()
        .flatMap(destination -> byDestination.getOrDefault(destination, List.of()).stream())
        .filter(difference -> difference.packets().contains(packet, comparison.ways()));
  }

  /// Whether a packet fares alike, whatever the answers to what nobody told. In which words or in
  /// which order that is asked does not matter.
  private static boolean areAlike(Trace left, Trace right) {
    return areAlike(left, right, Knowledge.NONE);
  }

  private static boolean areAlike(Trace left, Trace right, Knowledge known) {
    return Stream.of(left, right)
        .flatMap(trace -> questions(trace.outcomes(), known))
        .findFirst()
        .map(
            question ->
                areAlike(left, right, known.with(question, true))
                    && areAlike(left, right, known.with(question, false)))
        .orElseGet(() -> outcomes(left, known).equals(outcomes(right, known)));
  }

  /// What is asked where something is known.
  private static Stream<Object> questions(List<Outcome> outcomes, Knowledge known) {
    return outcomes.stream()
        .flatMap(outcome -> settled(outcome, known))
        .flatMap(
            outcome ->
                switch (outcome.verdict()) {
                  case Verdict.Undetermined open when open.asked().lasts() ->
                      Stream.of(open.asked().what());
                  case Verdict.Undetermined open ->
                      Stream.of(open.ifTrue(), open.ifFalse())
                          .flatMap(then -> questions(then, known));
                  default -> Stream.of();
                });
  }

  /// What becomes of a packet as text, in order, and how long clients are kept where.
  private static List<String> outcomes(Trace trace, Knowledge known) {
    List<String> lines = new ArrayList<>(texts(trace.outcomes(), known));
    trace.affinity().stream()
        .map(kept -> kept.seconds() + " " + kept.dnat())
        .sorted()
        .forEach(lines::add);
    return lines;
  }

  private static List<String> texts(List<Outcome> outcomes, Knowledge known) {
    Map<String, Fraction> merged = new TreeMap<>();
    outcomes.stream()
        .flatMap(outcome -> settled(outcome, known))
        .forEach(it -> merged.merge(text(it, known), it.probability(), Fraction::plus));
    return merged.entrySet().stream().map(Object::toString).collect(Collectors.toList());
  }

  /// What is left of an outcome where something is known.
  private static Stream<Outcome> settled(Outcome outcome, Knowledge known) {
    if (!(outcome.verdict() instanceof Verdict.Undetermined open) || !open.asked().lasts()) {
      return Stream.of(outcome);
    }
    Boolean answer = known.answer(open.asked().what());
    if (answer == null) {
      return Stream.of(outcome);
    }
    return (answer != open.asked().inverted() ? open.ifTrue() : open.ifFalse())
        .stream()
            .map(
                it ->
                    it.with(
                        it.probability().times(outcome.probability()),
                        it.share().and(outcome.share()),
                        it.path()))
            .flatMap(it -> settled(it, known));
  }

  private static String text(Outcome outcome, Knowledge known) {
    String verdict =
        outcome.verdict() instanceof Verdict.Undetermined open
            ? "" + open.asked() + texts(open.ifTrue(), known) + texts(open.ifFalse(), known)
            : outcome.verdict().toString();
    return String.join(
        " ",
        verdict,
        outcome.share().toString(),
        outcome.delivery().toString(),
        outcome.packet().toString(),
        outcome.dnat().toString(),
        outcome.snat().toString(),
        Integer.toString(outcome.mark()),
        outcome.selection().toString());
  }

  /// Addresses, ports and interfaces that stand in the rules, and others; and packets between them.
  private final class Pool {
    private final List<Ip> addresses;
    private final List<Integer> ports;
    private final List<String> interfaces;
    private final List<Rule> services = new ArrayList<>();
    private final List<VirtualAddress.Port> virtual = new ArrayList<>();

    Pool() {
      TreeSet<Ip> ips = new TreeSet<>(List.of(own));
      TreeSet<Integer> numbers = new TreeSet<>(List.of(81, 30000));
      TreeSet<String> devices = new TreeSet<>(List.of("eth0", "cni0", "lo"));
      for (RuledHost side : List.of(before, after)) {
        sets(side.host(), ips, numbers);
        for (Table table : side.rules().tables()) {
          for (Chain chain : table.chains()) {
            for (Rule rule : chain.rules()) {
              rule.matches().forEach(match -> values(match, ips, numbers, devices));
              if (rule.action() instanceof Action.Dnat(Action.Translation to, _, _)) {
                to.first().ifPresent(ips::add);
              }
              if (table.name().equals("nat") && rule.matches().stream().anyMatch(this::isPort)) {
                services.add(rule);
              }
            }
          }
        }
      }
      List<String> others =
          own.family() == Family.IPV4
              ? List.of("203.0.113.7", "10.244.1.77", "127.0.0.1", "8.8.8.8")
              : List.of("2001:db8::7", "fd00:10:244:1::77", "::1");
      others.forEach(ip -> ips.add(Ip.of(ip)));
      addresses = List.copyOf(ips);
      ports = List.copyOf(numbers);
      interfaces = List.copyOf(devices);
    }

    private void sets(HostFacts host, Set<Ip> ips, Set<Integer> numbers) {
      for (IpSet set : host.sets()) {
        for (Entry entry : set.entries()) {
          for (Element element : entry.elements()) {
            switch (element) {
              case Element.Addresses(Ip first, _) when first.family() == own.family() ->
                  ips.add(first);
              case Element.ProtocolPorts(_, var range) -> numbers.add(range.first());
              case Element.Ports(var range) -> numbers.add(range.first());
              default -> {}
            }
          }
        }
      }
      for (VirtualServer server : host.ipvs().map(IpvsTable::servers).orElse(List.of())) {
        if (server.address() instanceof VirtualAddress.Port address
            && address.family() == own.family()) {
          virtual.add(address);
          ips.add(address.address());
        }
      }
    }

    private boolean isPort(Match match) {
      return match instanceof Match.Tcp
          || match instanceof Match.Udp
          || match instanceof Match.Sctp;
    }

    private void values(Match match, Set<Ip> ips, Set<Integer> numbers, Set<String> devices) {
      switch (match) {
        case Match.Source source -> ips.add(source.addresses().ip());
        case Match.Destination destination -> ips.add(destination.addresses().ip());
        case Match.Tcp tcp -> tcp.destination().ifPresent(it -> numbers.add(it.value().first()));
        case Match.Udp udp -> udp.destination().ifPresent(it -> numbers.add(it.value().first()));
        case Match.Sctp sctp -> sctp.destination().ifPresent(it -> numbers.add(it.value().first()));
        case Match.InInterface in -> devices.add(in.pattern().replace("+", "7"));
        default -> {}
      }
    }

    /// One of many: any, or one for a Service, or one like a witness but for one thing.
    Packet packet() {
      return switch (random.nextInt(3)) {
        case 0 -> any(any(addresses), transport(any(ports)));
        case 1 -> service();
        default ->
            differences().isEmpty()
                ? any(any(addresses), transport(any(ports)))
                : near(any(differences()).before().packet());
      };
    }

    private Packet service() {
      if (!virtual.isEmpty() && random.nextBoolean()) {
        VirtualAddress.Port to = any(virtual);
        return any(to.address(), ports(to.protocol(), to.port()));
      }
      return services.isEmpty()
          ? any(any(addresses), transport(any(ports)))
          : service(any(services));
    }

    private Packet service(Rule rule) {
      Ip destination = random.nextBoolean() ? own : any(addresses);
      Transport transport = transport(any(ports));
      for (Match match : rule.matches()) {
        switch (match) {
          case Match.Destination to when !to.inverted() -> destination = to.addresses().ip();
          case Match.Tcp(_, var to, _, _) when to.isPresent() ->
              transport = ports(Protocol.TCP, to.get().value().first());
          case Match.Udp(_, var to) when to.isPresent() ->
              transport = ports(Protocol.UDP, to.get().value().first());
          case Match.Sctp(_, var to, _) when to.isPresent() ->
              transport = ports(Protocol.SCTP, to.get().value().first());
          default -> {}
        }
      }
      return any(destination, transport);
    }

    private Packet near(Packet witness) {
      Header header = witness.header();
      return switch (random.nextInt(6)) {
        case 0 -> witness.in(any(List.of(Packet.State.values())));
        case 1 -> any(header.destination(), header.transport());
        case 2 -> any(header.destination(), transport(Math.max(1, header.destinationPort())));
        case 3 -> any(any(addresses), header.transport());
        case 4 -> from(header.source(), header.destination(), header.transport());
        default -> witness;
      };
    }

    private Packet any(Ip destination, Transport transport) {
      return from(random.nextInt(4) == 0 ? own : any(addresses), destination, transport);
    }

    private Packet from(Ip source, Ip destination, Transport transport) {
      Packet packet = Packet.of(new Header(source, destination, transport));
      if (source.equals(own)) {
        packet = packet.local();
      } else if (random.nextInt(5) > 0) {
        packet = packet.from(any(interfaces));
      }
      return random.nextInt(4) == 0 ? packet.in(any(List.of(Packet.State.values()))) : packet;
    }

    private Transport transport(int port) {
      if (random.nextInt(30) == 0) {
        return own.family() == Family.IPV4
            ? Transport.Icmp.ECHO_REQUEST
            : Transport.Icmp6.ECHO_REQUEST;
      }
      return ports(any(List.of(Protocol.TCP, Protocol.TCP, Protocol.UDP, Protocol.SCTP)), port);
    }

    private Transport ports(Protocol protocol, int port) {
      return new Transport.Ports(protocol, random.nextInt(1, 65536), port);
    }

    private <T> T any(List<T> values) {
      return values.get(random.nextInt(values.size()));
    }
  }
}
