package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.TCP;
import static dev.kproxy.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Transport;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Facts 5 to 12: connections and their translations.
class ConnectionFactsTest {
  private static final IptablesMachine DNAT =
      Rules.machine(
          """
          *nat
          -A PREROUTING -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.1.5:8080
          -A PREROUTING -d 10.96.0.10/32 -j DNAT --to-destination 10.244.1.6
          -A POSTROUTING -d 10.244.1.5/32 -j MASQUERADE
          COMMIT
          *filter
          -A FORWARD -m conntrack --ctstate INVALID -j DROP
          COMMIT
          """);

  private static final Packet PACKET = Packet.of(TCP, "203.0.113.5", "10.96.0.10", 80);

  private static final Packet ERROR =
      Packet.of(new Header(Ip.of("203.0.113.5"), Ip.of("10.244.1.5"), new Transport.Icmp(3, 3)))
          .in(Packet.State.RELATED);

  private static Packet.Connection connection(boolean reply) {
    return new Packet.Connection(
        PACKET.header(),
        reply,
        Optional.of(new Translation.To(Ip.of("10.244.9.9"), 9090)),
        false,
        Optional.of(new Translation.To(Ip.of("192.168.0.11"), 1234)),
        OptionalInt.of(7));
  }

  @Test
  void fact05RulesOfNatSeeTheFirstPacketOnly() {
    assertThat(Rules.outcomes(DNAT, PACKET.in(Packet.State.ESTABLISHED).of(connection(false))))
        .containsExactly(
            "1/1 forward 192.168.0.11>10.244.9.9 9090 dnat 10.244.9.9:9090 snat 192.168.0.11:1234");
  }

  /// The tables of nat are not asked for a later packet, so that it has no mark of theirs
  /// (`nf_nat_inet_fn`); whether it is masqueraded was decided by the first one's.
  @Test
  void fact05AMarkOfNatIsThatOfTheFirstPacket() {
    IptablesMachine machine =
        Rules.machine(
            """
            *nat
            -A PREROUTING -j MARK --set-xmark 0x4000/0x4000
            -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE
            COMMIT
            *filter
            -A FORWARD -m mark --mark 0x4000/0x4000 -j REJECT
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 reject icmp-port-unreachable mark 0x4000");
    assertThat(Rules.outcomes(machine, PACKET.in(Packet.State.ESTABLISHED).marked(1)))
        .containsExactly("1/1 forward 203.0.113.5>10.96.0.10 80 mark 0x1 snat masquerade");
  }

  /// What other tables do to a mark, they did to that of the first packet, too.
  @ParameterizedTest
  @CsvSource({"--set-xmark 0x0/0x4000, 0x1 dnat", "--set-xmark 0x2/0x2, 0x3 dnat snat"})
  void fact05AMarkOfOtherTablesIsThatOfEachPacket(String change, String end) {
    IptablesMachine machine =
        Rules.machine(
            """
            *nat
            -A PREROUTING -j MARK --set-xmark 0x4000/0x4000
            -A PREROUTING -p tcp -j DNAT --to-destination 10.244.1.5:8080
            -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE
            COMMIT
            *mangle
            -A FORWARD -j MARK %s
            COMMIT
            """
                .formatted(change));
    String line = Rules.outcomes(machine, PACKET.in(Packet.State.ESTABLISHED).marked(1)).getFirst();
    assertThat(line.replaceAll("1/1 forward \\S+ 8080 mark | (10\\.\\S+|masquerade)", ""))
        .isEqualTo(end);
  }

  /// A source among those to choose from stays (`nf_in_range` in `get_unique_tuple`), unless the
  /// port is to be drawn.
  @ParameterizedTest
  @CsvSource({
    "203.0.113.1-203.0.113.9, EXACT, 203.0.113.5",
    "203.0.113.1-203.0.113.9 --persistent, EXACT, 203.0.113.5",
    "203.0.113.5-203.0.113.9:39999-40001, EXACT, 203.0.113.5",
    "203.0.113.1-203.0.113.9 --random, BY_CLIENT, ",
    "203.0.113.1-203.0.113.9:1000-2000, BY_CLIENT, ",
    "203.0.113.6-203.0.113.9, BY_CLIENT, "
  })
  void fact09ASourceWithinTheRangeStays(String range, Share share, @Nullable String source) {
    IptablesMachine machine =
        Rules.machine("*nat\n-A POSTROUTING -p tcp -j SNAT --to-source " + range + "\nCOMMIT\n");
    Outcome outcome = machine.trace(PACKET).outcomes().getFirst();
    assertThat(outcome.share()).isEqualTo(share);
    if (source != null) {
      assertThat(outcome.packet().source()).isEqualTo(Ip.of(source));
    }
  }

  /// As counters of such rules said: a template's addresses, ports and protocol are zero.
  @ParameterizedTest
  @CsvSource({
    "--ctorigsrc 203.0.113.5, false",
    "--ctorigsrc 0.0.0.0, true",
    "! --ctorigdst 10.96.0.10, true",
    "--ctproto 6, false",
    "--ctorigdstport 80, false",
    "--ctstate NEW, true"
  })
  void fact11ATemplateHasNoAddresses(String asked, boolean holds) {
    IptablesMachine machine =
        Rules.machine(
            "*raw\n-A PREROUTING -j CT --zone 5\n-A PREROUTING -m conntrack %s -j DROP\nCOMMIT\n"
                .formatted(asked));
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly(holds ? "1/1 drop" : "1/1 forward 203.0.113.5>10.96.0.10 80");
  }

  @Test
  void fact05RepliesAreTranslatedBack() {
    Header reply = Header.of(TCP, Ip.of("10.244.9.9"), 9090, Ip.of("192.168.0.11"), 1234);
    Packet packet = Packet.of(reply).in(Packet.State.ESTABLISHED).of(connection(true));
    assertThat(Rules.outcomes(DNAT, packet))
        .containsExactly(
            "1/1 forward 10.96.0.10>203.0.113.5 40000 dnat 10.244.9.9:9090 snat 192.168.0.11:1234");
  }

  @Test
  void fact05AnEstablishedConnectionOfWhichNothingIsKnownMetTheSameRules() {
    assertThat(Rules.outcomes(DNAT, PACKET.in(Packet.State.ESTABLISHED)))
        .containsExactly(
            "1/1 forward 203.0.113.5>10.244.1.5 8080 dnat 10.244.1.5:8080 snat masquerade");
    assertThat(DNAT.trace(PACKET.in(Packet.State.ESTABLISHED)).notes())
        .containsExactly("the connection is taken for one whose first packet met the same rules");
  }

  /// What is asked is known as soon as the tables of nat have decided it.
  @ParameterizedTest
  @CsvSource({
    "mangle PREROUTING, --ctstate DNAT, undetermined",
    "mangle PREROUTING, ! --ctstate DNAT, undetermined",
    "mangle PREROUTING, '--ctstate ESTABLISHED,DNAT', drop",
    "mangle PREROUTING, --ctreplsrc 10.244.1.5, undetermined",
    "mangle PREROUTING, --ctreplsrcport 8080, undetermined",
    "mangle PREROUTING, --ctorigdst 10.96.0.10 --ctorigdstport 80, drop",
    "filter FORWARD, --ctstate DNAT, drop",
    "filter FORWARD, --ctreplsrc 10.244.1.5 --ctreplsrcport 8080, drop",
    "filter FORWARD, --ctstate SNAT, undetermined",
    "filter FORWARD, --ctrepldst 192.168.0.11, undetermined",
    "filter FORWARD, --ctrepldstport 40000, undetermined",
    "filter FORWARD, ! --ctstate DNAT, forward",
  })
  void fact10TheTranslationsOfAnEstablishedConnectionStoodBeforeItsPacketCame(
      String place, String asked, String outcome) {
    String[] words = place.split(" ", -1);
    IptablesMachine machine =
        Rules.machine(
            """
            *%s
            -A %s -m conntrack %s -j DROP
            COMMIT
            *nat
            -A PREROUTING -m conntrack --ctstate DNAT,SNAT,ESTABLISHED -j ACCEPT
            -A PREROUTING -p tcp -d 10.96.0.10/32 -j DNAT --to-destination 10.244.1.5:8080
            -A POSTROUTING -d 10.244.1.5/32 -j MASQUERADE
            COMMIT
            """
                .formatted(words[0], words[1], asked));
    Packet packet = PACKET.in(Packet.State.ESTABLISHED);
    assertThat(Rules.outcomes(machine, packet).getFirst()).startsWith("1/1 " + outcome);
    assertThat(Rules.outcomes(machine, packet.of(connection(false))).getFirst())
        .doesNotContain("undetermined");
  }

  @Test
  void fact05AnIcmpErrorIsTranslatedAsItsConnectionOfWhichNothingIsKnown() {
    Header header =
        new Header(Ip.of("203.0.113.5"), Ip.of("192.168.0.11"), new Transport.Icmp(3, 3));
    Packet error = Packet.of(header).in(Packet.State.RELATED);
    assertThat(Rules.outcomes(DNAT, error)).containsExactly("1/1 local 203.0.113.5>192.168.0.11");
    assertThat(DNAT.trace(error).notes())
        .containsExactly("the connection that the ICMP error is of is taken for one without NAT");
    assertThat(DNAT.trace(PACKET.in(Packet.State.RELATED)).notes()).isEmpty();
  }

  /// Nobody told whether the echo request was translated.
  @Test
  void fact05AnIcmpAnswerIsAReplyAndAsksNoRulesOfNat() {
    IptablesMachine machine =
        Rules.machine(
            """
            *nat
            -A PREROUTING -d 192.168.0.11/32 -j DNAT --to-destination 10.244.3.9
            -A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE
            COMMIT
            *filter
            -A FORWARD -m conntrack --ctdir ORIGINAL -j DROP
            -A FORWARD -m conntrack --ctstate ESTABLISHED --ctorigsrc 192.168.0.1 --ctorigdst 10.244.3.7 -j ACCEPT
            -A FORWARD -j DROP
            COMMIT
            """);
    Packet out = answer("10.244.3.7", "192.168.0.1", new Transport.Icmp(0, 0));
    assertThat(Rules.outcomes(machine, out)).containsExactly("1/1 forward 10.244.3.7>192.168.0.1");
    assertThat(Rules.outcomes(machine, answer("8.8.8.8", "192.168.0.11", new Transport.Icmp(0, 0))))
        .containsExactly("1/1 local 8.8.8.8>192.168.0.11");
    assertThat(machine.trace(out).notes())
        .containsExactly("the connection that the ICMP answer is of is taken for one without NAT");
  }

  @ParameterizedTest
  @CsvSource({"0, true", "8, false", "14, true", "16, true", "18, true"})
  void fact05AnswersOfIcmpAreReplies(int type, boolean reply) {
    IptablesMachine machine =
        Rules.machine("*filter\n-A FORWARD -m conntrack --ctdir REPLY -j DROP\nCOMMIT\n");
    Packet packet = answer("203.0.113.5", "10.244.1.5", new Transport.Icmp(type, 0));
    assertThat(Rules.outcomes(machine, packet))
        .containsExactly(reply ? "1/1 drop" : "1/1 forward 203.0.113.5>10.244.1.5");
  }

  @ParameterizedTest
  @CsvSource({"128, false", "129, true", "140, true"})
  void fact05AnswersOfIcmpv6AreReplies(int type, boolean reply) {
    IptablesMachine machine =
        Rules.machine6("*filter\n-A FORWARD -m conntrack --ctdir REPLY -j DROP\nCOMMIT\n");
    Packet packet = answer("2001:db8::5", "2001:db8::6", new Transport.Icmp6(type, 0));
    assertThat(Rules.outcomes(machine, packet))
        .containsExactly(reply ? "1/1 drop" : "1/1 forward 2001:db8::5>2001:db8::6");
  }

  @Test
  void fact05AnAnswerOfTheHostLeavesByOneInterface() {
    IptablesMachine machine =
        Rules.machine(
            """
            *mangle
            -A OUTPUT -o eth0 -j MARK --set-mark 1
            -A POSTROUTING -o eth0 -m mark --mark 0 -j DROP
            -A POSTROUTING ! -o eth0 -m mark --mark 1 -j DROP
            COMMIT
            """);
    Packet packet = answer("192.168.0.11", "203.0.113.5", new Transport.Icmp(0, 0)).local();
    assertThat(Rules.outcomes(machine, packet))
        .containsExactly(
            "1/1 undetermined yes [1/1 forward 192.168.0.11>203.0.113.5 mark 0x1]"
                + " no [1/1 forward 192.168.0.11>203.0.113.5]");
  }

  private static Packet answer(String source, String destination, Transport transport) {
    return Packet.of(new Header(Ip.of(source), Ip.of(destination), transport))
        .in(Packet.State.ESTABLISHED);
  }

  @Test
  void fact05InvalidAndUntrackedPacketsAreNotTranslated() {
    assertThat(Rules.outcomes(DNAT, PACKET.in(Packet.State.INVALID))).containsExactly("1/1 drop");
    assertThat(Rules.outcomes(DNAT, PACKET.in(Packet.State.UNTRACKED)))
        .containsExactly("1/1 forward 203.0.113.5>10.96.0.10 80");
  }

  @Test
  void fact06WithoutARuleThereIsNoTranslation() {
    IptablesMachine machine =
        Rules.machine(
            """
            *nat
            -A OUTPUT -j RETURN
            -A OUTPUT -j DNAT --to-destination 10.244.1.5
            -A PREROUTING -j DNAT --to-destination 10.244.1.6
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, Packet.of(UDP, "192.168.0.11", "127.0.0.1", 53).local()))
        .containsExactly("1/1 local 192.168.0.11>127.0.0.1 53");
  }

  @Test
  void fact07TheFirstDnatDecides() {
    assertThat(Rules.outcomes(DNAT, PACKET))
        .containsExactly(
            "1/1 forward 203.0.113.5>10.244.1.5 8080 dnat 10.244.1.5:8080 snat masquerade");
    assertThat(Rules.outcomes(DNAT, Packet.of(TCP, "203.0.113.5", "10.96.0.10", 81)))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.6 81 dnat 10.244.1.6:81");
  }

  @Test
  void fact07TargetsOfNatStandAtTheirHooksOnly() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            -A FORWARD -j DNAT --to-destination 10.244.1.5
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly(
            "1/1 undetermined yes [1/1 forward 203.0.113.5>10.96.0.10 80] no [1/1 drop]");
  }

  @Test
  void fact08ARangeOfPortsBeginsWithItsFirst() {
    assertThat(Rules.outcomes(dnat("10.244.1.5:1000-1003"), PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 1000 dnat 10.244.1.5:1000");
    assertThat(Rules.outcomes(dnat("10.244.1.5:79-90"), PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 80 dnat 10.244.1.5:80");
    assertThat(Rules.outcomes(dnat("10.244.1.5:1000-1099/70"), PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 1010 dnat 10.244.1.5:1010");
  }

  @Test
  void fact08ARandomPortIsADrawOf16Bits() {
    assertThat(Rules.outcomes(dnat("10.244.1.5:1000-1002 --random"), PACKET))
        .containsExactly(
            "10923/32768 forward 203.0.113.5>10.244.1.5 1000 dnat 10.244.1.5:1000",
            "21845/65536 forward 203.0.113.5>10.244.1.5 1001 dnat 10.244.1.5:1001",
            "21845/65536 forward 203.0.113.5>10.244.1.5 1002 dnat 10.244.1.5:1002");
  }

  /// The addresses are those that a kernel chose for these clients.
  @Test
  void fact08AHashOfTheClientPicksTheAddress() {
    IptablesMachine machine = dnat("10.244.1.16-10.244.1.47");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "203.0.113.5", "198.51.100.1", 80)))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.45 80 dnat 10.244.1.45:80 by-client");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "203.0.113.6", "198.51.100.77", 81)))
        .containsExactly("1/1 forward 203.0.113.6>10.244.1.36 81 dnat 10.244.1.36:81 by-client");
  }

  @Test
  void fact09MasqueradeTakesTheAddressOfTheInterface() {
    Packet packet = Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80).from("eth0").leavingBy("cni0");
    assertThat(Rules.outcomes(DNAT, packet))
        .containsExactly("1/1 forward 10.244.1.1>10.244.1.5 80 snat masquerade");
  }

  @ParameterizedTest
  @CsvSource({"'', 40000", "1234, 1234", "1000-2000, 40000", "30000-50000, 40000"})
  void fact09MasqueradeTakesAPortThatIsTheOnlyOne(String ports, int port) {
    String option = ports.isEmpty() ? "" : " --to-ports " + ports;
    IptablesMachine machine =
        Rules.machine("*nat\n-A POSTROUTING -p tcp -j MASQUERADE" + option + "\nCOMMIT\n");
    for (Packet packet : List.of(PACKET, PACKET.from("eth0").leavingBy("cni0"))) {
      assertThat(machine.trace(packet).outcomes())
          .extracting(outcome -> outcome.packet().sourcePort())
          .containsExactly(port);
    }
  }

  @Test
  void fact09AMarkOfPreroutingIsSeenInPostrouting() {
    IptablesMachine machine =
        Rules.machine(
            """
            *nat
            -A PREROUTING -j MARK --set-xmark 0x4000/0x4000
            -A POSTROUTING -m mark --mark 0x4000/0x4000 -j MASQUERADE
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.96.0.10 80 mark 0x4000 snat masquerade");
  }

  @ParameterizedTest
  @CsvSource({"500-600, true", "500, false", "30000-50000, false", "500-600 --random, true"})
  void fact09APortThatSnatDrawsIsNotTheOneShown(String ports, boolean drawn) {
    IptablesMachine machine =
        Rules.machine(
            "*nat\n-A POSTROUTING -p tcp -j SNAT --to-source 192.168.0.11:" + ports + "\nCOMMIT\n");
    String note = "the port that SNAT draws is not known: the source is shown with the one before";
    assertThat(machine.trace(PACKET).notes()).isEqualTo(drawn ? List.of(note) : List.of());
  }

  @Test
  void fact10DnatIsAStateOfTheConnection() {
    IptablesMachine machine =
        Rules.machine(
            """
            *nat
            -A OUTPUT -d 10.96.0.10/32 -j DNAT --to-destination 127.0.0.1
            COMMIT
            *filter
            :KUBE-FIREWALL - [0:0]
            -A INPUT -j KUBE-FIREWALL
            -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "203.0.113.5", "127.0.0.1", 80).from("eth0")))
        .containsExactly("1/1 drop");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "192.168.0.11", "10.96.0.10", 80).local()))
        .containsExactly("1/1 local 192.168.0.11>127.0.0.1 80 dnat 127.0.0.1:80");
  }

  /// The error answers a packet of the connection, which need not have had a reply, and need not be
  /// an expected one.
  @ParameterizedTest
  @CsvSource({
    "--ctstatus CONFIRMED, 1/1 drop",
    "! --ctstatus CONFIRMED, %s",
    "--ctstatus NONE, %s",
    "--ctstatus EXPECTED, 1/1 undetermined yes [1/1 drop] no [%s]",
    "--ctstatus SEEN_REPLY, 1/1 undetermined yes [1/1 drop] no [%s]",
    "--ctstatus ASSURED, 1/1 undetermined yes [1/1 drop] no [%s]"
  })
  void fact10AnIcmpErrorHasTheStatusOfItsConnection(String match, String outcome) {
    IptablesMachine machine =
        Rules.machine("*filter\n-A FORWARD -m conntrack " + match + " -j DROP\nCOMMIT\n");
    assertThat(Rules.outcomes(machine, ERROR))
        .containsExactly(outcome.replace("%s", "1/1 forward 203.0.113.5>10.244.1.5"));
  }

  /// The packet that it answers may be of any protocol, ICMP among them, and of either direction.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--ctproto 1",
        "! --ctproto 17",
        "--ctorigsrc 10.244.1.5",
        "--ctrepldst 203.0.113.5",
        "--ctorigdstport 80",
        "--ctdir ORIGINAL",
        "--ctproto 17 --ctdir REPLY"
      })
  void fact10WhatAnIcmpErrorAnswersIsOpen(String match) {
    IptablesMachine machine =
        Rules.machine("*filter\n-A FORWARD -m conntrack " + match + " -j DROP\nCOMMIT\n");
    assertThat(Rules.outcomes(machine, ERROR))
        .containsExactly("1/1 undetermined yes [1/1 drop] no [1/1 forward 203.0.113.5>10.244.1.5]");
  }

  /// ICMP has its number where others have a source port, and type and code for a destination port.
  @ParameterizedTest
  @CsvSource({
    "8, 0, --ctorigdstport 2048, drop",
    "8, 1, --ctorigdstport 2049, drop",
    "8, 0, --ctorigdstport 80, forward",
    "8, 0, ! --ctorigdstport 80, drop",
    "8, 0, --ctrepldstport 0, drop",
    "13, 0, --ctrepldstport 3584, drop",
    "8, 0, --ctrepldstport 2048, forward",
    "8, 0, --ctorigsrcport 77, undetermined",
    "8, 0, ! --ctreplsrcport 77, undetermined",
  })
  void fact10TypeAndCodeOfIcmpAreAskedAsAPort(int type, int code, String asked, String outcome) {
    IptablesMachine machine =
        Rules.machine("*filter\n-A FORWARD -m conntrack " + asked + " -j DROP\nCOMMIT\n");
    Packet packet =
        Packet.of(
            new Header(Ip.of("203.0.113.5"), Ip.of("10.244.1.5"), new Transport.Icmp(type, code)));
    assertThat(Rules.outcomes(machine, packet).getFirst()).startsWith("1/1 " + outcome);
  }

  @Test
  void fact10AnIcmpErrorFlowsInOneDirectionOnly() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            -A FORWARD -m conntrack --ctdir ORIGINAL -j REJECT
            -A FORWARD -m conntrack --ctdir REPLY -j DROP
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, ERROR))
        .containsExactly("1/1 undetermined yes [1/1 reject icmp-port-unreachable] no [1/1 drop]");
  }

  @Test
  void fact10ThatNotAllIsSoLeavesOpenWhatIs() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            -A FORWARD -m conntrack --ctproto 17 --ctdir REPLY -j REJECT
            -A FORWARD -m conntrack --ctdir REPLY -j DROP
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, ERROR))
        .containsExactly(
            "1/1 undetermined yes [1/1 reject icmp-port-unreachable] no"
                + " [1/1 undetermined yes [1/1 drop] no [1/1 forward 203.0.113.5>10.244.1.5]]");
  }

  @Test
  void fact10AConnectionIsConfirmedWhenItComesBackByTheLoopbackInterface() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            -A OUTPUT -m conntrack --ctstatus CONFIRMED -j REJECT
            -A INPUT -m conntrack --ctstatus CONFIRMED -j DROP
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "192.168.0.11", "127.0.0.1", 80).local()))
        .containsExactly("1/1 drop");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "10.244.1.5", "192.168.0.11", 80)))
        .containsExactly("1/1 local 10.244.1.5>192.168.0.11 80");
  }

  @Test
  void fact11WhatIsNotTrackedIsNotTranslated() {
    for (String target : new String[] {"NOTRACK", "CT --notrack"}) {
      IptablesMachine machine =
          Rules.machine(
              """
              *raw
              -A PREROUTING -d 10.96.0.10/32 -j %s
              COMMIT
              *nat
              -A PREROUTING -j DNAT --to-destination 10.244.1.5
              COMMIT
              *filter
              -A FORWARD -m conntrack --ctstate UNTRACKED -j ACCEPT
              -A FORWARD -j DROP
              COMMIT
              """
                  .formatted(target));
      assertThat(Rules.outcomes(machine, PACKET))
          .containsExactly("1/1 forward 203.0.113.5>10.96.0.10 80");
    }
  }

  /// A template that `-j CT` gave is kept.
  @ParameterizedTest
  @CsvSource({
    "CT --zone 5, CT --notrack, NEW",
    "CT --ctevents new, NOTRACK, NEW",
    "CT, CT --notrack, NEW",
    "CT --notrack, CT --zone 5, UNTRACKED"
  })
  void fact11TheFirstOfSeveralTargetsDecidesWhatIsTracked(String one, String other, String state) {
    IptablesMachine machine =
        Rules.machine(
            """
            *raw
            -A PREROUTING -j %s
            -A PREROUTING -m conntrack --ctstate %s -j MARK --or-mark 1
            -A PREROUTING -j %s
            -A PREROUTING -m conntrack --ctstatus CONFIRMED -j MARK --or-mark 2
            COMMIT
            *filter
            -A FORWARD -m conntrack --ctstate %s -j ACCEPT
            -A FORWARD -j DROP
            COMMIT
            """
                .formatted(one, state, other, state));
    String mark = state.equals("NEW") ? "0x3" : "0x1";
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.96.0.10 80 mark " + mark);
  }

  @Test
  void fact12ZonesAndHelpersChangeNothingForOnePacket() {
    IptablesMachine machine =
        Rules.machine(
            """
            *raw
            -A PREROUTING -j CT --zone 5
            -A PREROUTING -p tcp -j CT --helper ftp
            COMMIT
            *filter
            -A FORWARD -m conntrack --ctstate NEW --ctdir ORIGINAL -j ACCEPT
            -A FORWARD -j DROP
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.96.0.10 80");
  }

  private static IptablesMachine dnat(String to) {
    return Rules.machine(
        "*nat\n-A PREROUTING -p tcp -j DNAT --to-destination " + to + "\nCOMMIT\n");
  }
}
