package dev.kproxy.simulate.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.InterfacesParser;
import dev.kproxy.iproute.Route;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.ipset.IpsetParser;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Backend;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.iptables.IptablesMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Sends one packet through the kernel and through the machine: the rules whose counters the kernel
/// has moved are those on the machine's path.
class KernelAgreementTest {
  @BeforeAll
  static void needsKernel() throws IOException, InterruptedException {
    Kernel.assume();
  }

  static List<Scenario> scenarios() {
    return Scenarios.all();
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void takesTheSameRules(Scenario scenario) throws IOException, InterruptedException {
    String tool = scenario.family() == Family.IPV4 ? "iptables" : "ip6tables";
    String printed =
        Kernel.run(
            """
            cat > /run/netns/rules <<'END'
            %s
            END
            cat > /run/netns/sets <<'END'
            %s
            END
            said=$(ipset restore < /run/netns/sets 2>&1) || case $said in
              *"type not supported"*) echo unsupported; exit 0;;
              *) echo "$said" >&2; exit 1;;
            esac
            %s-legacy-restore < /run/netns/rules
            %s
            ip -o addr
            echo ----
            %s $SEND %s >&2
            sleep 0.05
            %s-legacy-save -c
            """
                .formatted(
                    scenario.rules(),
                    scenario.sets(),
                    tool,
                    scenario.setup(),
                    scenario.host(),
                    scenario.packet(),
                    tool));
    assumeFalse(printed.equals("unsupported\n"), "this kernel has no sets of such a type");
    String[] parts = printed.split("----\n", 2);
    HostFacts facts =
        scenario
            .known(HostFacts.UNKNOWN)
            .withInterfaces(interfaces(parts[0]))
            .withRoutes(routes())
            .withBackend(Backend.LEGACY)
            .withSets(IpsetParser.parse(scenario.sets(), "sets", KernelAgreementTest::fail));
    Ruleset rules =
        IptablesParser.parse(scenario.family(), parts[1], "saved", KernelAgreementTest::fail)
            .orElseThrow();
    List<Outcome> outcomes = new IptablesMachine(rules, facts).trace(packet(scenario)).outcomes();
    assertThat(outcomes).hasSize(1);
    assertThat(outcomes.get(0).probability()).isEqualTo(Fraction.ONE);
    assertThat(hits(outcomes.get(0))).isEqualTo(counted(rules));
  }

  private static Packet packet(Scenario scenario) {
    String[] words = scenario.packet().split(",", -1);
    Packet packet =
        Packet.of(
            Header.of(
                words[0].equals("udp") ? Protocol.UDP : Protocol.TCP,
                Ip.of(words[1]),
                Integer.parseInt(words[2]),
                Ip.of(words[3]),
                Integer.parseInt(words[4])));
    return switch (scenario.host()) {
      case "client" -> packet.from("eth0");
      case "pod" -> packet.from("cni0");
      default -> packet.local();
    };
  }

  private static List<Interface> interfaces(String text) {
    return InterfacesParser.parse(text, "ip addr", KernelAgreementTest::fail);
  }

  private static RouteTable routes() {
    return new RouteTable(
        List.of(
            route("0.0.0.0/0", "eth0"),
            route("192.168.0.0/24", "eth0"),
            route("10.244.1.0/24", "cni0"),
            route("::/0", "eth0"),
            route("fd00::/64", "eth0"),
            route("fd00:10:244:1::/64", "cni0")));
  }

  private static Route route(String network, String device) {
    return new Route(
        Route.Type.UNICAST,
        Cidr.of(network),
        Route.MAIN,
        List.of(new Route.Hop(device, Optional.empty(), 1, List.of())),
        Optional.empty(),
        0,
        "",
        "",
        Optional.empty(),
        Optional.empty(),
        0);
  }

  private static Set<String> hits(Outcome outcome) {
    Set<String> hits = new TreeSet<>();
    for (Step step : outcome.path()) {
      if (step instanceof Step.Hit(Step.Place place, _, _, _)) {
        hits.add(place.table() + " " + place.chain() + " " + place.number());
      }
    }
    return hits;
  }

  private static Set<String> counted(Ruleset rules) {
    Set<String> counted = new TreeSet<>();
    for (Table table : rules.tables()) {
      for (Chain chain : table.chains()) {
        List<Rule> all = new ArrayList<>(chain.rules());
        for (int i = 0; i < all.size(); i++) {
          if (all.get(i).counters().orElseThrow().packets() > 0) {
            counted.add(table.name() + " " + chain.name() + " " + (i + 1));
          }
        }
      }
    }
    return counted;
  }

  private static void fail(Diagnostic diagnostic) {
    throw new AssertionError(diagnostic.toString());
  }
}
