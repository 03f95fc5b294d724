package dev.kproxy.simulate.differential;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.InterfacesParser;
import dev.kproxy.iproute.RecentListParser;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iproute.RoutesParser;
import dev.kproxy.ipset.IpsetParser;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Backend;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.differential.Lab.Delivered;
import dev.kproxy.simulate.differential.Wire.Content;
import dev.kproxy.simulate.iptables.IptablesMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/// Holds the machine against the kernel: random rules are loaded, random packets are sent through
/// them, and what becomes of each must be what the machine foretells.
final class Differential {
  private static final int PACKETS = 50;
  private static final int DRAWS = 40;
  private static final int SYN = 2;
  private static final int SYN_FIN = 3;

  private static final String EMPTY =
      "*raw\nCOMMIT\n*mangle\nCOMMIT\n*nat\nCOMMIT\n*filter\nCOMMIT\n*security\nCOMMIT\n";

  /// Rules that are gone hold their sets for a moment.
  private static final String REPLACE_SETS =
      """
      ipset flush
      until ipset destroy 2>/dev/null; do sleep 0.01; done
      ipset restore <<'END'
      """;

  private final Lab lab;
  private final String variant;
  private final List<Interface> interfaces;
  private final RouteTable routes;
  private final Map<Family, IptablesMachine> machines = new EnumMap<>(Family.class);
  private final List<String> disagreements = new ArrayList<>();
  private final Map<String, Integer> fates = new TreeMap<>();
  private final Map<String, Integer> open = new TreeMap<>();
  private int observations;
  private int numbers;
  private long seed;
  private Set<Feature> features = Set.of();

  /// @param variant `nft` or `legacy`
  Differential(Lab lab, String variant) throws IOException {
    this.lab = lab;
    this.variant = variant;
    this.interfaces = InterfacesParser.parse(lab.run("ip addr"), "addr", Differential::fail);
    this.routes =
        new RouteTable(
            RoutesParser.parse(
                lab.run("ip route show table all; ip -6 route show table all"),
                "routes",
                Differential::fail));
  }

  List<String> disagreements() {
    return disagreements;
  }

  int observations() {
    return observations;
  }

  /// How often packets were delivered, dropped, refused, and how often a question was open.
  String figures() {
    return observations + " observations: " + fates + ", open: " + open;
  }

  /// One rule set, and all that is sent through it.
  void round(long roundSeed) throws IOException, InterruptedException {
    seed = roundSeed;
    Random random = new Random(roundSeed);
    features = EnumSet.noneOf(Feature.class);
    if (random.nextBoolean()) {
      features.add(Pool.pick(random, List.of(Feature.values())));
    }
    load(random);
    List<Probe> probes = new ArrayList<>();
    for (Family family : Family.values()) {
      RandomPackets packets = new RandomPackets(random, family);
      for (int i = 0; i < PACKETS; i++) {
        Packet packet = packets.next();
        Trace trace = machines.get(family).trace(packet, Trace.Detail.OUTCOMES);
        Expectation expected = Expectation.of(packet, trace);
        int times = expected.exact() && expected.shares().size() > 1 ? DRAWS : 2;
        probes.add(new Probe(packet, expected, times, content(packet), new ArrayList<>()));
      }
    }
    if (features.contains(Feature.RECENT)) {
      for (Probe probe : probes) {
        sendTwice(probe);
      }
    } else {
      send(probes);
      if (!features.contains(Feature.UNTRACKED)) {
        answer(probes);
      }
    }
    lab.forget();
  }

  /// A packet that is sent several times, each as a connection of its own.
  private record Probe(
      Packet packet, Expectation expected, int times, Content content, List<Integer> numbers) {}

  private static Content content(Packet packet) {
    return new Content(0, 0, packet.state() == Packet.State.INVALID ? SYN_FIN : SYN, 0);
  }

  private void load(Random random) throws IOException {
    Map<String, String> sysctls = new TreeMap<>();
    sysctls.put("net.ipv4.conf.all.rp_filter", String.valueOf(random.nextInt(4) % 3));
    sysctls.put("net.ipv4.conf.all.route_localnet", String.valueOf(random.nextInt(2)));
    sysctls.put("net.ipv4.conf.all.accept_local", String.valueOf(random.nextInt(4) / 3));
    StringBuilder script = new StringBuilder("set -e\n");
    sysctls.forEach((name, value) -> script.append("sysctl -qw %s=%s%n".formatted(name, value)));
    StringBuilder restore = new StringBuilder();
    StringBuilder sets = new StringBuilder();
    for (Family family : Family.values()) {
      String tool = tool(family);
      RandomRules rules = new RandomRules(random, family, features);
      sets.append(rules.sets());
      script.append(tool).append("-restore <<'END'\n").append(EMPTY).append("END\n");
      restore.append(tool).append("-restore <<'END'\n").append(rules.rules()).append("END\n");
    }
    script.append(REPLACE_SETS).append(sets).append("END\n");
    lab.run("(\n" + script + restore + ")");
    HostFacts facts =
        HostFacts.UNKNOWN
            .withInterfaces(interfaces)
            .withRoutes(routes)
            .withBackend(variant.equals("nft") ? Backend.NFT : Backend.LEGACY)
            .withSets(IpsetParser.parse(lab.run("ipset save"), "sets", Differential::fail));
    for (Map.Entry<String, String> sysctl : sysctls.entrySet()) {
      facts = facts.withSysctl(sysctl.getKey(), sysctl.getValue());
    }
    for (Family family : Family.values()) {
      String saved = lab.run(tool(family) + "-save");
      machines.put(
          family,
          new IptablesMachine(
              IptablesParser.parse(family, saved, "saved", Differential::fail).orElseThrow(),
              facts));
    }
  }

  private String tool(Family family) {
    return (family == Family.IPV4 ? "iptables-" : "ip6tables-") + variant;
  }

  private void send(List<Probe> probes) throws InterruptedException {
    for (Probe probe : probes) {
      for (int i = 0; i < probe.times(); i++) {
        shoot(probe);
        if (numbers % 256 == 0) {
          lab.drain();
        }
      }
    }
    lab.settle();
    for (Probe probe : probes) {
      compare(probe);
    }
  }

  /// Each first packet has a source port, or a query, of its own.
  private void shoot(Probe probe) {
    int number = ++numbers * 4;
    probe.numbers().add(number);
    observations++;
    boolean first = probe.packet().connection().isEmpty();
    int own = 20000 + numbers % 45000;
    Header given = probe.packet().header();
    Header header = first ? given.withSource(given.source(), own) : given;
    Content content =
        new Content(
            number,
            probe.content().acknowledged(),
            probe.content().flags(),
            first ? own : probe.content().query());
    Optional<String> device =
        probe.packet().origin() == Packet.Origin.LOCAL ? Optional.empty() : probe.packet().in();
    lab.send(header.family(), Wire.packet(header, content), header.destination(), device);
  }

  private Map<String, Integer> seen(Probe probe) {
    Map<String, Integer> seen = new TreeMap<>();
    for (int number : probe.numbers()) {
      Optional<String> refused = lab.refused(number);
      if (refused.isEmpty() && probe.content().acknowledged() != 0) {
        refused = lab.refused(probe.content().acknowledged());
      }
      seen.merge(Expectation.fate(lab.delivered(number), refused), 1, Integer::sum);
    }
    return seen;
  }

  private void compare(Probe probe) {
    Map<String, Integer> seen = seen(probe);
    seen.forEach((fate, times) -> fates.merge(fate.split(" ", 2)[0], times, Integer::sum));
    probe
        .expected()
        .open()
        .forEach(why -> open.merge(why.replaceAll("\\d\\S+", "…"), 1, Integer::sum));
    Optional<String> wrong = probe.expected().refutedBy(seen, probe.numbers().size());
    if (wrong.isEmpty()) {
      wrong =
          probe.expected().open().stream()
              .filter(why -> !mayBeOpen(why, probe.packet()))
              .map(why -> "undetermined: " + why)
              .findFirst();
    }
    wrong.ifPresent(
        why ->
            disagreements.add(
                "seed %d %s %s: %s%n  packet   %s%n  expected %s%n  seen     %s"
                    .formatted(
                        seed, variant, features, why, probe.packet(), probe.expected(), seen)));
  }

  /// What a packet, its connection and the host do not show.
  private boolean mayBeOpen(String why, Packet packet) {
    boolean later = packet.state() == Packet.State.ESTABLISHED;
    return (features.contains(Feature.LIMITS) && why.startsWith("-m limit"))
        || (features.contains(Feature.COUNTERS) && why.startsWith("the phase of the counter"))
        || why.contains("is in the group")
        || why.startsWith("the port that is drawn")
        || why.startsWith("the number of the ICMP packet")
        || (later && why.startsWith("the mark of the"))
        || (later && why.startsWith("the status of the connection"));
  }

  /// Lists of `-m recent` are empty for the first packet, and for the second as the first left
  /// them.
  private void sendTwice(Probe probe) throws IOException, InterruptedException {
    Packet packet = probe.packet();
    Probe once = new Probe(packet, probe.expected(), 1, probe.content(), new ArrayList<>());
    awaitOne(once);
    Map<String, Integer> lists = new HashMap<>();
    Ip source = packet.header().source();
    lab.recent()
        .forEach(
            (name, text) ->
                RecentListParser.parse(text, name, Differential::fail)
                    .entry(source)
                    .ifPresent(_ -> lists.put(name, 0)));
    Packet again = packet.on(lists);
    Trace trace = machines.get(packet.header().family()).trace(again, Trace.Detail.OUTCOMES);
    awaitOne(new Probe(again, Expectation.of(again, trace), 1, probe.content(), new ArrayList<>()));
    lab.forgetRecent();
  }

  private void awaitOne(Probe probe) throws InterruptedException {
    shoot(probe);
    for (int i = 0; i < 5 && !lab.drain(); i++) {
      Thread.sleep(0, 100_000);
    }
    lab.drain();
    compare(probe);
  }

  /// Answers what was delivered; and where the answer came through, goes on with the connection.
  private void answer(List<Probe> probes) throws InterruptedException {
    List<Probe> replies = new ArrayList<>();
    List<Probe> firsts = new ArrayList<>();
    for (Probe probe : probes) {
      Optional<Delivered> delivered = lab.delivered(probe.numbers().get(0));
      if (delivered.filter(seen -> hasAnswer(probe.packet(), seen)).isPresent()) {
        Continuation reply =
            Continuation.of(
                probe.packet(),
                probe.numbers().get(0),
                delivered.get(),
                20000 + probe.numbers().get(0) / 4 % 45000);
        replies.add(established(reply.packet(), reply.content()));
        firsts.add(established(reply.next(), reply.nextContent()));
      }
    }
    send(replies);
    List<Probe> more = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      int number = replies.get(i).numbers().get(0);
      if (lab.delivered(number).isPresent()) {
        Content content = firsts.get(i).content();
        more.add(
            established(
                firsts.get(i).packet(),
                new Content(0, number + 1, content.flags(), content.query())));
      }
    }
    send(more);
  }

  /// A reset of the host itself has closed TCP connections to it, its own answers look like those
  /// to timestamps, and what a raw socket sends from 127.0.0.1 is not routed as other packets are.
  private static boolean hasAnswer(Packet packet, Delivered delivered) {
    boolean here = delivered.device().isEmpty();
    Header seen = delivered.sighting().header();
    return packet.state() == Packet.State.NEW
        && !(here && seen.transport().number() == 6)
        && !(here && seen.destination().isLoopback())
        && !(seen.transport() instanceof Transport.Icmp(int type, _) && type != 8);
  }

  private Probe established(Packet packet, Content content) {
    Trace trace = machines.get(packet.header().family()).trace(packet, Trace.Detail.OUTCOMES);
    return new Probe(packet, Expectation.of(packet, trace), 1, content, new ArrayList<>());
  }

  private static void fail(Diagnostic diagnostic) {
    throw new AssertionError(diagnostic.toString());
  }
}
