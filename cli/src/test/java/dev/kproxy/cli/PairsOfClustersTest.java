package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.symbolic.RuledHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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
                List.of(new Interface("eth0", List.of(), List.of(Interface.Address.host(own)))));
    new PairCheck(new RuledHost(before, host), new RuledHost(after, host), own, random, name)
        .run(PACKETS);
  }
}
