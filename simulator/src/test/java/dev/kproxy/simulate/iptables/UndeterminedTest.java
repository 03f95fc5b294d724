package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.TCP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iproute.Interface;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What nobody told is not guessed.
class UndeterminedTest {
  private static final Packet PACKET = Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80);
  private static final String PASSES = "1/1 forward 203.0.113.5>10.244.1.5 80";

  private static final Packet TO_ITSELF = Packet.of(TCP, "10.244.1.1", "10.244.1.1", 53).local();

  private static IptablesMachine filter(String... rules) {
    return Rules.machine(
        "*filter\n-A FORWARD " + String.join("\n-A FORWARD ", rules) + "\nCOMMIT\n");
  }

  @Test
  void namesTheRuleAndTheReason() {
    Outcome outcome = filter("-p tcp", "-i eth0 -j DROP").trace(PACKET).outcomes().get(0);
    assertThat(outcome.verdict())
        .isInstanceOfSatisfying(
            Verdict.Undetermined.class,
            undetermined -> {
              assertThat(undetermined.why())
                  .isEqualTo(
                      new Verdict.Why(
                          Verdict.Missing.IN_INTERFACE,
                          "the interface that the packet came in by is not given"));
              assertThat(undetermined.at().orElseThrow().number()).isEqualTo(2);
              assertThat(undetermined.at().orElseThrow().line()).isEqualTo(3);
            });
  }

  @Test
  void asksOneQuestionOnce() {
    assertThat(Rules.outcomes(filter("-i eth0 -j MARK --set-mark 1", "! -i eth0 -j DROP"), PACKET))
        .containsExactly("1/1 undetermined yes [" + PASSES + " mark 0x1] no [1/1 drop]");
  }

  @Test
  void redirectsToTheOnlyAddressThatWasToldOneByOne() {
    HostFacts host =
        HostFacts.UNKNOWN.withInterfaces(
            List.of(
                new Interface(
                    "", List.of(), List.of(Interface.Address.host(Ip.of("10.244.1.5"))))));
    Packet packet = Packet.of(TCP, "10.244.2.2", "10.244.1.5", 8080);
    for (Packet seen : List.of(packet, packet.from("eth0"))) {
      assertThat(Rules.outcomes(redirecting(host), seen))
          .containsExactly("1/1 local 10.244.2.2>10.244.1.5 15006 dnat 10.244.1.5:15006");
    }
  }

  @Test
  void asksWhereARedirectLeadsByTheInterfaceThatNobodyTold() {
    Outcome outcome =
        redirecting(Rules.NODE)
            .trace(Packet.of(TCP, "10.244.2.2", "192.168.0.11", 8080))
            .outcomes()
            .getFirst();
    assertThat(outcome.verdict())
        .isInstanceOfSatisfying(
            Verdict.Undetermined.class,
            undetermined ->
                assertThat(undetermined.why())
                    .isEqualTo(
                        new Verdict.Why(
                            Verdict.Missing.IN_INTERFACE,
                            "whether REDIRECT leads to 192.168.0.11 is not given")));
    assertThat(
            Rules.outcomes(
                redirecting(Rules.NODE), Packet.of(TCP, "10.244.2.2", "192.168.0.11", 8080)))
        .containsExactly(
            "1/1 undetermined"
                + " yes [1/1 local 10.244.2.2>192.168.0.11 15006 dnat 192.168.0.11:15006]"
                + " no [1/1 local 10.244.2.2>10.244.1.1 15006 dnat 10.244.1.1:15006]");
  }

  private static IptablesMachine redirecting(HostFacts host) {
    return new IptablesMachine(
        Rules.parse(
            Family.IPV4, "*nat\n-A PREROUTING -p tcp -j REDIRECT --to-ports 15006\nCOMMIT\n"),
        host);
  }

  @Test
  void drawsConclusionsFromInterfaces() {
    assertThat(
            Rules.outcomes(
                filter(
                    "-i cali1 -j MARK --or-mark 1",
                    "-i cali+ -j MARK --or-mark 2",
                    "-i eth0 -j MARK --or-mark 4",
                    "-i ca+ -j MARK --or-mark 8"),
                PACKET.marked(0)))
        .containsExactly(
            "1/1 undetermined yes ["
                + PASSES
                + " mark 0xb] no [1/1 undetermined yes ["
                + PASSES
                + " mark 0xa] no [1/1 undetermined yes ["
                + PASSES
                + " mark 0x4] no [1/1 undetermined yes ["
                + PASSES
                + " mark 0x8] no ["
                + PASSES
                + "]]]]");
  }

  @Test
  void doesNotAskWhatMakesNoDifference() {
    assertThat(
            Rules.outcomes(
                filter(
                    "-m limit --limit 3/min -j LOG",
                    "-i eth0 -p udp -j DROP",
                    "-i eth0 -j ACCEPT",
                    "-m set --match-set unheard src -j ACCEPT"),
                PACKET))
        .containsExactly(PASSES);
  }

  @Test
  void knowsWhatDoesNotHoldWhateverTheRestSays() {
    assertThat(Rules.outcomes(filter("-m unheard --of it -p udp -j DROP"), PACKET))
        .containsExactly(PASSES);
  }

  @Test
  void leavesOpenWhetherAnAddressIsTheHosts() {
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(Family.IPV4, "*filter\n-A INPUT -j DROP\nCOMMIT\n"), HostFacts.UNKNOWN);
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 undetermined yes [1/1 drop] no [" + PASSES + "]");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "127.0.0.1", "127.0.0.1", 80).local()))
        .containsExactly("1/1 drop");
  }

  @Test
  void agreesWithItselfAboutTheHostsAddresses() {
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(
                Family.IPV4,
                "*raw\n-A PREROUTING -m addrtype --dst-type LOCAL -j MARK --set-mark 1\nCOMMIT\n"),
            HostFacts.UNKNOWN);
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly(
            "1/1 undetermined yes [1/1 local 203.0.113.5>10.244.1.5 80 mark 0x1] no ["
                + PASSES
                + "]");
  }

  @Test
  void leavesOpenWhatProgramsAndUnknownTargetsDo() {
    String both = "1/1 undetermined yes [" + PASSES + "] no [1/1 drop]";
    assertThat(Rules.outcomes(filter("-j NFQUEUE --queue-num 1"), PACKET)).containsExactly(both);
    assertThat(Rules.outcomes(filter("-j UNHEARD --of it"), PACKET)).containsExactly(both);
  }

  @Test
  void keepsSharesBesideWhatIsOpen() {
    List<Outcome> outcomes =
        filter(
                "-m statistic --mode random --probability 0.25 -j DROP",
                "-i eth0 -m statistic --mode random --probability 0.5 -j REJECT")
            .trace(PACKET)
            .outcomes();
    assertThat(outcomes.stream().map(Rules::line))
        .containsExactly(
            "1/4 drop",
            "3/4 undetermined"
                + " yes [1/2 reject icmp-port-unreachable, 1/2 forward 203.0.113.5>10.244.1.5 80]"
                + " no ["
                + PASSES
                + "]");
    assertThat(outcomes.stream().map(Outcome::probability).reduce(Fraction.ZERO, Fraction::plus))
        .isEqualTo(Fraction.ONE);
  }

  @Test
  void givesUpWhereTooMuchIsOpen() {
    String[] rules = new String[32];
    for (int i = 0; i < rules.length; i++) {
      rules[i] = "-m set --match-set s" + i + " src -j MARK --or-mark " + (1L << i);
    }
    assertThat(Rules.outcomes(filter(rules), PACKET))
        .containsExactly("1/1 undetermined yes [] no []");
  }

  @Test
  void unknownMarksOfAConnectionAreOpen() {
    Packet established = PACKET.in(Packet.State.ESTABLISHED);
    IptablesMachine machine =
        filter(
            "-j CONNMARK --restore-mark --nfmask 0xf0 --ctmask 0xf0",
            "-m mark --mark 0x3/0xf -j MARK --set-xmark 0x0/0xf",
            "-m mark --mark 0x10/0xf0 -j DROP");
    assertThat(Rules.outcomes(machine, established.marked(3)))
        .containsExactly("1/1 undetermined yes [1/1 drop] no [" + PASSES + "]");
    assertThat(Rules.outcomes(machine, PACKET.marked(3))).containsExactly(PASSES);
  }

  /// Forwarding takes one from the TTL, and a translation puts another address where `u32` looks.
  @Test
  void asksAgainOnceThePacketIsAnother() {
    IptablesMachine ttl =
        Rules.machine(
            """
            *mangle
            -A PREROUTING -m ttl --ttl-eq 64 -j MARK --set-mark 1
            -A FORWARD -m ttl --ttl-eq 64 -j DROP
            -A POSTROUTING -m ttl --ttl-eq 64 -j MARK --set-mark 2
            COMMIT
            """);
    String otherwise = "no [1/1 undetermined yes [1/1 drop] no [" + PASSES + "]]";
    assertThat(Rules.outcomes(ttl, PACKET).getFirst())
        .isEqualTo(
            "1/1 undetermined yes [1/1 undetermined yes [1/1 drop mark 0x1] no ["
                + PASSES
                + " mark 0x1] mark 0x1] "
                + otherwise);
    IptablesMachine time =
        Rules.machine(
            """
            *mangle
            -A PREROUTING -m time --timestart 08:00:00 -j MARK --set-mark 1
            -A FORWARD -m time --timestart 08:00:00 -j DROP
            COMMIT
            """);
    assertThat(Rules.outcomes(time, PACKET))
        .containsExactly("1/1 undetermined yes [1/1 drop mark 0x1] no [" + PASSES + "]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TTL --ttl-set 1", "TTL --ttl-dec 1"})
  void asksWhetherTheTtlIsUsedUp(String target) {
    String table = "*mangle\n-A %s -j " + target + "\nCOMMIT\n";
    assertThat(Rules.outcomes(Rules.machine(table.formatted("PREROUTING")), PACKET))
        .containsExactly("1/1 undetermined yes [" + PASSES + "] no [1/1 drop]");
    assertThat(Rules.outcomes(Rules.machine(table.formatted("FORWARD")), PACKET))
        .containsExactly(PASSES);
    Packet toTheNode = Packet.of(TCP, "203.0.113.5", "192.168.0.11", 80).from("eth0");
    assertThat(Rules.outcomes(Rules.machine(table.formatted("PREROUTING")), toTheNode))
        .containsExactly("1/1 local 203.0.113.5>192.168.0.11 80");
  }

  /// As counters of such rules said: a mark of 1 that is shifted by 2 is 4.
  @Test
  void marksThatAreShiftedAreOpen() {
    IptablesMachine machine =
        filter(
            "-j CONNMARK --set-mark 1",
            "-j CONNMARK --restore-mark --left-shift-mark 2",
            "-m mark --mark 4 -j DROP",
            "-j MARK --set-mark 0");
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 undetermined yes [1/1 drop] no [" + PASSES + "]");
  }

  /// What was said of a set before it was changed says nothing of it afterwards.
  @Test
  void asksASetAgainOnceARuleChangedIt() {
    String asked = "-m set ! --match-set untold src ";
    assertThat(
            Rules.outcomes(
                filter(asked + "-j SET --add-set untold src", asked + "-j DROP"), PACKET))
        .containsExactly(
            "1/1 undetermined yes [1/1 undetermined yes [1/1 drop] no ["
                + PASSES
                + "]] no ["
                + PASSES
                + "]");
  }

  /// As counters of such rules said: what is put into a list is put into its sets, and a list says
  /// what they say.
  @ParameterizedTest
  @CsvSource({
    "--del-set A src, LL, true",
    "--add-set LL src, A, true",
    "--add-set B src --del-set A src, A, true",
    "--add-set B src, A, false",
    "--add-set untold src, A, true"
  })
  void whatARuleChangedIsOpen(String change, String asked, boolean open) {
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(
                Family.IPV4,
                """
                *filter
                -A FORWARD -j SET %s
                -A FORWARD -m set --match-set %s src -j DROP
                COMMIT
                """
                    .formatted(change, asked)),
            Rules.NODE.withSets(
                Rules.sets(
                    """
                    create A hash:ip
                    add A 203.0.113.5
                    create B hash:ip
                    create LL list:set
                    add LL A
                    """)));
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly(open ? "1/1 undetermined yes [1/1 drop] no [" + PASSES + "]" : "1/1 drop");
  }

  /// A hash of the packet, and what the entry of a set says.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HMARK --hmark-tuple src,dst --hmark-mod 10 --hmark-offset 1000 --hmark-rnd 0xfeafcafe",
        "SET --map-set marks src --map-mark"
      })
  void marksThatATargetMakesAreOpen(String target) {
    IptablesMachine machine =
        filter(
            "-j " + target,
            "-m mark --mark 0 -j DROP",
            "-j MARK --set-mark 0",
            "-m mark --mark 1 -j DROP");
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 undetermined yes [1/1 drop] no [" + PASSES + "]");
  }

  @Test
  void setsOfMarksLeaveUnknownMarksOpen() {
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(
                Family.IPV4,
                """
                *filter
                -A FORWARD -j HMARK --hmark-tuple src --hmark-mod 2 --hmark-rnd 1
                -A FORWARD -m set --match-set marked src,src -j DROP
                COMMIT
                """),
            Rules.NODE.withSets(
                Rules.sets("create marked hash:ip,mark\nadd marked 203.0.113.5,1\n")));
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 undetermined yes [1/1 drop] no [" + PASSES + "]");
  }

  /// The kernel draws any port from 1024 to 65535 (`nf_nat_l4proto_unique_tuple`), and what the
  /// host sends to itself passes INPUT with it.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p tcp --sport 1024:30000",
        "-p tcp ! --sport 40000",
        "-p tcp --sport 40000 --tcp-flags SYN SYN",
        "-p tcp -m multiport --sports 40000",
        "-p tcp -m multiport ! --ports 40000,41000",
        "-p tcp -m set --match-set ports src"
      })
  void leavesOpenWhichPortIsDrawn(String match) {
    assertThat(Rules.outcomes(toItself("-j MASQUERADE --random-fully", match), TO_ITSELF))
        .containsExactly(
            "1/1 undetermined yes [1/1 drop snat masquerade] no ["
                + "1/1 local 192.168.0.11>10.244.1.1 53 snat masquerade] snat masquerade");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-p udp --sport 40000",
        "-p tcp --sport 40000 --dport 80",
        "-p tcp --sport 40000 ! --tcp-flags SYN SYN",
        "-p tcp -m multiport --dports 40000",
        "-p tcp -m multiport ! --ports 40000,53"
      })
  void knowsWhatDoesNotHoldWhicheverPortIsDrawn(String match) {
    assertThat(Rules.outcomes(toItself("-j MASQUERADE --random-fully", match), TO_ITSELF))
        .containsExactly("1/1 local 192.168.0.11>10.244.1.1 53 snat masquerade");
  }

  @Test
  void knowsThePortThatMasqueradingKeeps() {
    assertThat(Rules.outcomes(toItself("-j MASQUERADE", "-p tcp --sport 40000"), TO_ITSELF))
        .containsExactly("1/1 drop snat masquerade");
  }

  private static IptablesMachine toItself(String postrouting, String match) {
    return new IptablesMachine(
        Rules.parse(
            Family.IPV4,
            "*nat\n-A POSTROUTING %s\nCOMMIT\n*filter\n-A INPUT %s -j DROP\nCOMMIT\n"
                .formatted(postrouting, match)),
        Rules.NODE.withSets(
            Rules.sets("create ports bitmap:port range 0-65535\nadd ports 40000\n")));
  }
}
