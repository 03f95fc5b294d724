package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.text.IptablesParser;
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
import dev.kproxy.symbolic.Comparison;
import dev.kproxy.symbolic.Difference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A packet fares differently under two rule sets exactly where their comparison says so.
class PairsOfClustersTest {
  private static final int PACKETS = 400;

  /// The seeds from `kproxy.pairs.seed` on, `kproxy.pairs` of them.
  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("kproxy.pairs", 24))
        .map(i -> i + Long.getLong("kproxy.pairs.seed", 1));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void differExactlyWhereTheComparisonSays(long seed) {
    Random random = new Random(seed);
    List<Case> cases =
        Case.iptables()
            .filter(it -> it.toString().matches("[0-35].*|r.*") && !it.toString().startsWith("33"))
            .toList();
    Case one = cases.get(random.nextInt(cases.size()));
    Case other = cases.get(random.nextInt(cases.size()));
    for (String file : List.of("iptables.rules", "ip6tables.rules")) {
      Optional<String> text = one.expected(file);
      Optional<String> otherText = other.expected(file);
      if (text.isPresent() && otherText.isPresent()) {
        Family family = file.startsWith("ip6") ? Family.IPV6 : Family.IPV4;
        Ruleset rules = parse(family, text.get());
        Ruleset edited =
            random.nextInt(4) > 0
                ? parse(family, edited(text.get(), random))
                : parse(family, otherText.get());
        check(rules, edited, random, seed + " " + one + " " + other + " " + file);
      }
    }
  }

  /// The rules with one to three lines changed.
  private static String edited(String rules, Random random) {
    List<String> lines = new ArrayList<>(rules.lines().toList());
    for (int edits = 1 + random.nextInt(3); edits > 0; ) {
      int at = random.nextInt(lines.size());
      String line = lines.get(at);
      if (line.startsWith("-A")) {
        edits--;
        switch (random.nextInt(6)) {
          case 0 -> lines.remove(at);
          case 1 -> {
            int to = at + 1 < lines.size() && lines.get(at + 1).startsWith("-A") ? at + 1 : at;
            lines.set(at, lines.get(to));
            lines.set(to, line);
          }
          case 2 -> lines.set(at, line.replaceFirst("/32|/16", "/24"));
          case 3 -> lines.set(at, line.replaceFirst("--dport \\d+", "--dport 81"));
          case 4 -> lines.set(at, line.replaceFirst("--probability \\S+", "--probability 0.25"));
          default -> lines.set(at, line.replaceFirst("( !)? -[sd] \\S+", ""));
        }
      }
    }
    return String.join("\n", lines) + "\n";
  }

  private static Ruleset parse(Family family, String text) {
    return IptablesParser.parse(family, text, "rules", said -> assertThat(said).isNull())
        .orElseThrow();
  }

  private static void check(Ruleset before, Ruleset after, Random random, String name) {
    Ip own = Ip.of(before.family() == Family.IPV4 ? "192.168.0.11" : "fd00::11");
    HostFacts host =
        random.nextInt(4) == 0
            ? HostFacts.UNKNOWN
            : HostFacts.UNKNOWN.withInterfaces(
                List.of(
                    new Interface(
                        "eth0",
                        List.of(),
                        List.of(
                            new Interface.Address(
                                own, own.family().bits(), Optional.empty(), "", List.of())))));
    Comparison comparison = Comparison.of(before, after, host);
    IptablesMachine old = new IptablesMachine(before, host);
    IptablesMachine now = new IptablesMachine(after, host);
    for (Difference difference : comparison.differences()) {
      Packet witness = difference.before().packet();
      assertThat(difference.packets().contains(witness, comparison.ways())).isTrue();
      assertThat(outcomes(old.trace(witness)))
          .as("%s: %s", name, witness)
          .isNotEqualTo(outcomes(now.trace(witness)));
    }
    for (Packet packet : packets(before, after, own, random)) {
      boolean differs =
          comparison.differences().stream()
              .anyMatch(it -> it.packets().contains(packet, comparison.ways()));
      Object left = outcomes(old.trace(packet));
      Object right = outcomes(now.trace(packet));
      assertThat(left.equals(right))
          .as(
              "%s: %s%n%s%n%s%n%d differences",
              name, packet, left, right, comparison.differences().size())
          .isEqualTo(!differs);
    }
  }

  /// What becomes of a packet as text, in order, and how long clients are kept where.
  private static List<String> outcomes(Trace trace) {
    List<String> lines = new ArrayList<>(texts(trace.outcomes()));
    trace.affinity().stream()
        .map(kept -> kept.seconds() + " " + kept.dnat())
        .sorted()
        .forEach(lines::add);
    return lines;
  }

  private static List<String> texts(List<Outcome> outcomes) {
    Map<String, Fraction> merged = new TreeMap<>();
    for (Outcome outcome : outcomes) {
      String verdict =
          outcome.verdict() instanceof Verdict.Undetermined open
              ? open.why() + texts(open.ifTrue()) + texts(open.ifFalse())
              : outcome.verdict().toString();
      merged.merge(
          String.join(
              " ",
              verdict,
              outcome.share().toString(),
              outcome.delivery().toString(),
              outcome.packet().toString(),
              outcome.dnat().toString(),
              outcome.snat().toString(),
              Integer.toString(outcome.mark())),
          outcome.probability(),
          Fraction::plus);
    }
    return merged.entrySet().stream().map(Object::toString).collect(Collectors.toList());
  }

  /// Packets between addresses and ports that stand in the rules, and others.
  private static Set<Packet> packets(Ruleset before, Ruleset after, Ip own, Random random) {
    Set<Ip> ips = new TreeSet<>(Set.of(own));
    Set<Integer> ports = new TreeSet<>(Set.of(81, 30000));
    Set<String> interfaces = new TreeSet<>(Set.of("eth0", "cni0", "lo"));
    for (Ruleset rules : List.of(before, after)) {
      for (Table table : rules.tables()) {
        for (Chain chain : table.chains()) {
          for (Rule rule : chain.rules()) {
            rule.matches().forEach(match -> values(match, ips, ports, interfaces));
            if (rule.action() instanceof Action.Dnat(Action.Translation to, _, _)) {
              to.first().ifPresent(ips::add);
            }
          }
        }
      }
    }
    if (own.family() == Family.IPV4) {
      List.of("203.0.113.7", "10.244.1.77", "127.0.0.1", "8.8.8.8")
          .forEach(ip -> ips.add(Ip.of(ip)));
    } else {
      List.of("2001:db8::7", "fd00:10:244:1::77", "::1").forEach(ip -> ips.add(Ip.of(ip)));
    }
    List<Ip> addresses = List.copyOf(ips);
    List<Integer> numbers = List.copyOf(ports);
    List<String> devices = List.copyOf(interfaces);
    Set<Packet> packets = new HashSet<>();
    for (int i = 0; i < PACKETS; i++) {
      Ip source = addresses.get(random.nextInt(addresses.size()));
      Ip destination = addresses.get(random.nextInt(addresses.size()));
      int port = numbers.get(random.nextInt(numbers.size()));
      Protocol protocol = any(random, Protocol.TCP, Protocol.TCP, Protocol.UDP, Protocol.SCTP);
      Transport transport =
          random.nextInt(30) > 0
              ? new Transport.Ports(protocol, random.nextInt(1, 65536), port)
              : own.family() == Family.IPV4
                  ? Transport.Icmp.ECHO_REQUEST
                  : Transport.Icmp6.ECHO_REQUEST;
      Packet packet = Packet.of(new Header(source, destination, transport));
      if (source.equals(own)) {
        packet = packet.local();
      } else if (random.nextInt(5) > 0) {
        packet = packet.from(devices.get(random.nextInt(devices.size())));
      }
      if (random.nextInt(4) == 0) {
        packet = packet.in(any(random, Packet.State.values()));
      }
      if (!source.equals(destination)) {
        packets.add(packet);
      }
    }
    return packets;
  }

  @SafeVarargs
  private static <T> T any(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }

  private static void values(Match match, Set<Ip> ips, Set<Integer> ports, Set<String> interfaces) {
    switch (match) {
      case Match.Source source -> ips.add(source.addresses().ip());
      case Match.Destination destination -> ips.add(destination.addresses().ip());
      case Match.Tcp tcp -> tcp.destination().ifPresent(it -> ports.add(it.value().first()));
      case Match.Udp udp -> udp.destination().ifPresent(it -> ports.add(it.value().first()));
      case Match.Sctp sctp -> sctp.destination().ifPresent(it -> ports.add(it.value().first()));
      case Match.InInterface in -> interfaces.add(in.pattern().replace("+", "7"));
      default -> {}
    }
  }
}
