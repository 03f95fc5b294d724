package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.TCP;
import static dev.kproxy.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iproute.Interface;
import dev.kproxy.ipvs.IpvsParser;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Translation;
import dev.kproxy.simulate.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a node in IPVS mode does with packets; the numbers are those of the facts about netfilter
/// that the simulator holds to.
class IpvsFactsTest {
  /// The rules that kube-proxy makes for one cluster IP, as far as they concern it, with a cluster
  /// CIDR of 10.244.0.0/16.
  private static final String RULES =
      """
      *filter
      :INPUT ACCEPT [0:0]
      :FORWARD ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :KUBE-IPVS-FILTER - [0:0]
      :KUBE-IPVS-OUT-FILTER - [0:0]
      :KUBE-FORWARD - [0:0]
      -A INPUT -j KUBE-IPVS-FILTER
      -A FORWARD -j KUBE-FORWARD
      -A OUTPUT -j KUBE-IPVS-OUT-FILTER
      -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      -A KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN
      -A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT --reject-with icmp-port-unreachable
      COMMIT
      *nat
      :PREROUTING ACCEPT [0:0]
      :INPUT ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :POSTROUTING ACCEPT [0:0]
      :KUBE-MARK-MASQ - [0:0]
      :KUBE-POSTROUTING - [0:0]
      :KUBE-SERVICES - [0:0]
      -A PREROUTING -j KUBE-SERVICES
      -A OUTPUT -j KUBE-SERVICES
      -A POSTROUTING -j KUBE-POSTROUTING
      -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
      -A KUBE-POSTROUTING -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
      -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
      -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
      -A KUBE-POSTROUTING -j MASQUERADE --random-fully
      -A KUBE-SERVICES ! -s 10.244.0.0/16 -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
      -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
      COMMIT
      """;

  private static final String SETS =
      """
      create KUBE-CLUSTER-IP hash:ip,port family inet
      add KUBE-CLUSTER-IP 10.96.0.10,tcp:80
      create KUBE-IPVS-IPS hash:ip family inet
      add KUBE-IPVS-IPS 10.96.0.10
      create KUBE-LOOP-BACK hash:ip,port,ip family inet
      add KUBE-LOOP-BACK 10.244.1.4,tcp:8080,10.244.1.4
      """;

  private static final String TWO =
      """
      -A -t 10.96.0.10:80 -s rr
      -a -t 10.96.0.10:80 -r 10.244.1.4:8080 -m -w 1
      -a -t 10.96.0.10:80 -r 10.244.2.4:8080 -m -w 1
      """;

  private static final Packet FROM_POD = Packet.of(TCP, "10.244.1.9", "10.96.0.10", 80);

  private static final List<Interface> VIRTUAL =
      Rules.addresses(
          """
          9: kube-ipvs0    inet 10.96.0.10/32 scope global kube-ipvs0
          9: kube-ipvs0    inet6 fd00:96::10/128 scope global
          """);

  private static HostFacts node(String servers) {
    return Rules.NODE.withSets(Rules.sets(SETS)).withIpvs(parse(servers), VIRTUAL);
  }

  private static IpvsTable parse(String servers) {
    return IpvsParser.parse(servers, "servers", IpvsFactsTest::fail);
  }

  private static void fail(Diagnostic diagnostic) {
    throw new AssertionError(diagnostic.toString());
  }

  private static List<String> outcomes(String rules, HostFacts host, Packet packet) {
    return Rules.outcomes(new IptablesMachine(Rules.parse(Family.IPV4, rules), host), packet);
  }

  private static List<String> outcomes(HostFacts host, Packet packet) {
    return outcomes(RULES, host, packet);
  }

  private static List<String> path(HostFacts host, Packet packet) {
    return Rules.path(new IptablesMachine(Rules.parse(Family.IPV4, RULES), host), packet);
  }

  @Test
  void fact31RequestsAreScheduledAtInputAndLeaveByOutput() {
    assertThat(outcomes(node(TWO), FROM_POD))
        .containsExactly(
            "1/2 forward 10.244.1.9>10.244.1.4 8080 dnat 10.244.1.4:8080 long-run",
            "1/2 forward 10.244.1.9>10.244.2.4 8080 dnat 10.244.2.4:8080 long-run");
    String one = TWO.lines().limit(2).reduce("", (text, line) -> text + line + "\n");
    assertThat(path(node(one), FROM_POD))
        .containsExactly(
            "nat PREROUTING 1: jump KUBE-SERVICES",
            "nat KUBE-SERVICES 2: accept",
            "filter INPUT 1: jump KUBE-IPVS-FILTER",
            "filter KUBE-IPVS-FILTER 1: return",
            "after INPUT: IPVS TCP 10.96.0.10:80 rr to 10.244.1.4:8080",
            "filter OUTPUT 1: jump KUBE-IPVS-OUT-FILTER",
            "nat POSTROUTING 1: jump KUBE-POSTROUTING",
            "nat KUBE-POSTROUTING 2: return");
  }

  @Test
  void fact31FilterAtInputSeesTheVirtualAddressAtOutputTheRealOne() {
    String rules =
        """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD DROP [0:0]
        :OUTPUT ACCEPT [0:0]
        -A INPUT -d 10.244.0.0/16 -j DROP
        -A OUTPUT -d 10.244.1.4/32 -p tcp -m tcp --dport 8080 -j DROP
        -A OUTPUT -d 10.96.0.10/32 -j DROP
        COMMIT
        """;
    assertThat(outcomes(rules, node(TWO), FROM_POD))
        .containsExactly(
            "1/2 drop dnat 10.244.1.4:8080 long-run",
            "1/2 forward 10.244.1.9>10.244.2.4 8080 dnat 10.244.2.4:8080 long-run");
  }

  @Test
  void fact31PacketsToAnAddressThatNoInterfaceHasPassBy() {
    HostFacts without = Rules.NODE.withIpvs(parse(TWO), List.of());
    assertThat(outcomes("*filter\nCOMMIT\n", without, FROM_POD))
        .containsExactly("1/1 forward 10.244.1.9>10.96.0.10 80");
  }

  @Test
  void fact31MasqueradeNeedsConnectionTrackingOfIpvs() {
    Packet outside = Packet.of(TCP, "203.0.113.5", "10.96.0.10", 80);
    assertThat(outcomes(node(TWO), outside))
        .containsExactly(
            "1/2 forward 203.0.113.5>10.244.1.4 8080 dnat 10.244.1.4:8080 snat masquerade long-run",
            "1/2 forward 203.0.113.5>10.244.2.4 8080 dnat 10.244.2.4:8080 snat masquerade"
                + " long-run");
    assertThat(outcomes(node(TWO).withSysctl("net.ipv4.vs.conntrack", "0"), outside))
        .containsExactly(
            "1/2 forward 203.0.113.5>10.244.1.4 8080 mark 0x4000 dnat 10.244.1.4:8080 long-run",
            "1/2 forward 203.0.113.5>10.244.2.4 8080 mark 0x4000 dnat 10.244.2.4:8080 long-run");
  }

  @Test
  void fact31LocalClientsAreScheduledAtOutput() {
    Packet local = Packet.of(TCP, "192.168.0.11", "10.96.0.10", 80).local();
    assertThat(outcomes(node(TWO), local))
        .hasSize(2)
        .allMatch(it -> it.startsWith("1/2 forward"))
        .allMatch(it -> it.endsWith("snat masquerade long-run"));
  }

  @Test
  void fact31AServerOfThisHostGetsThePacketAtOnce() {
    String local =
        """
        -A -t 10.96.0.10:80 -s rr
        -a -t 10.96.0.10:80 -r 192.168.0.11:6443 -m
        """;
    assertThat(outcomes(node(local), FROM_POD))
        .containsExactly("1/1 local 10.244.1.9>192.168.0.11 6443 dnat 192.168.0.11:6443");
    Packet own = Packet.of(TCP, "10.244.1.1", "10.96.0.10", 80).local();
    assertThat(outcomes(node(local), own))
        .containsExactly("1/1 local 10.244.1.1>192.168.0.11 6443 dnat 192.168.0.11:6443");
  }

  @Test
  void fact31NothingLeavesFromALoopbackAddress() {
    Packet own = Packet.of(TCP, "127.0.0.1", "10.96.0.10", 80).local();
    assertThat(outcomes(node(TWO), own)).containsExactly("1/1 drop mark 0x4000 long-run");
  }

  @Test
  void fact31RepliesGetTheVirtualAddressBackAfterFilter() {
    Packet reply =
        Packet.of(Header.of(TCP, Ip.of("10.244.2.4"), 8080, Ip.of("10.244.1.9"), 40_000))
            .in(Packet.State.ESTABLISHED)
            .of(connection(true));
    String rules = RULES.replace("*filter\n", "*filter\n-A FORWARD -s 10.96.0.10/32 -j DROP\n");
    assertThat(outcomes(rules, node(TWO), reply))
        .containsExactly("1/1 forward 10.96.0.10>10.244.1.9 40000 dnat 10.244.2.4:8080");
  }

  @Test
  void fact31LaterPacketsGoToTheServerOfTheirConnection() {
    Packet later = FROM_POD.in(Packet.State.ESTABLISHED).of(connection(false));
    assertThat(outcomes(node(TWO), later))
        .containsExactly("1/1 forward 10.244.1.9>10.244.2.4 8080 dnat 10.244.2.4:8080");
  }

  private static Packet.Connection connection(boolean reply) {
    return new Packet.Connection(
        FROM_POD.header(),
        reply,
        Optional.of(new Translation.To(Ip.of("10.244.2.4"), 8080)),
        true,
        Optional.empty(),
        OptionalInt.empty());
  }

  @Test
  void fact31DnatIsNoStateOfSuchAConnection() {
    String rules =
        """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        -A OUTPUT -m conntrack --ctstate DNAT -j DROP
        -A OUTPUT -p tcp -m conntrack --ctorigdst 10.96.0.10 --ctorigdstport 80 --ctreplsrc 10.244.2.4 -j REJECT --reject-with tcp-reset
        COMMIT
        """;
    assertThat(outcomes(rules, node(TWO), FROM_POD))
        .containsExactly(
            "1/2 forward 10.244.1.9>10.244.1.4 8080 dnat 10.244.1.4:8080 long-run",
            "1/2 reject tcp-reset dnat 10.244.2.4:8080 long-run");
  }

  @Test
  void fact32WeightZeroTakesNoNewConnection() {
    String drained = TWO.replace("2.4:8080 -m -w 1", "2.4:8080 -m -w 0");
    assertThat(outcomes(node(drained), FROM_POD))
        .containsExactly("1/1 forward 10.244.1.9>10.244.1.4 8080 dnat 10.244.1.4:8080");
  }

  @Test
  void fact32WithoutAServerTheClientIsRefused() {
    String none = "-A -t 10.96.0.10:80 -s rr\n";
    assertThat(outcomes(node(none), FROM_POD)).containsExactly("1/1 reject icmp-port-unreachable");
    assertThat(outcomes(node(none), FROM_POD.local()))
        .containsExactly("1/1 reject icmp-port-unreachable");
    String six = "-A -t [fd00:96::10]:80 -s rr\n";
    assertThat(
            Rules.outcomes(
                new IptablesMachine(Rules.parse(Family.IPV6, "*filter\nCOMMIT\n"), node(six)),
                Packet.of(TCP, "fd00:10:244:1::9", "fd00:96::10", 80)))
        .containsExactly("1/1 reject icmp6-port-unreachable");
  }

  @Test
  void fact32PersistenceMakesItAMatterOfTheClient() {
    String sticky = TWO.replace("-s rr", "-s rr -p 10800");
    assertThat(outcomes(node(sticky), FROM_POD))
        .containsExactly(
            "1/2 forward 10.244.1.9>10.244.1.4 8080 dnat 10.244.1.4:8080 by-client",
            "1/2 forward 10.244.1.9>10.244.2.4 8080 dnat 10.244.2.4:8080 by-client");
  }

  @Test
  void fact32APersistentServerOfAllPortsKeepsThePort() {
    String all =
        """
        -A -t 10.96.0.10:0 -s rr -p
        -a -t 10.96.0.10:0 -r 10.244.2.4:0 -m
        """;
    assertThat(outcomes("*filter\nCOMMIT\n", node(all), FROM_POD))
        .containsExactly("1/1 forward 10.244.1.9>10.244.2.4 80 dnat 10.244.2.4:80");
    String marked =
        """
        -A -f 7 -s rr
        -a -f 7 -r 10.244.2.4:8080 -m
        """;
    assertThat(outcomes("*filter\nCOMMIT\n", node(marked), FROM_POD.marked(7)))
        .containsExactly("1/1 forward 10.244.1.9>10.244.2.4 8080 mark 0x7 dnat 10.244.2.4:8080");
    assertThat(
            outcomes(
                "*filter\nCOMMIT\n", node(marked.replace("-s rr", "-s rr -p")), FROM_POD.marked(7)))
        .containsExactly("1/1 forward 10.244.1.9>10.244.2.4 80 mark 0x7 dnat 10.244.2.4:80");
  }

  @Test
  void fact32DirectRoutingLeavesThePacketAsItIs() {
    String routed = TWO.replace("-m -w", "-g -w");
    assertThat(outcomes(node(routed), FROM_POD))
        .containsExactly("1/1 forward 10.244.1.9>10.96.0.10 80 long-run");
  }

  @Test
  void fact32WhatHappensInATunnelIsNotTraced() {
    String tunnelled = TWO.replace("-m -w", "-i -w");
    assertThat(outcomes(node(tunnelled), FROM_POD))
        .allMatch(it -> it.contains("undetermined yes [] no []"));
  }

  @Test
  void fact33AnAddressWithoutAPortOfThatNumberIsRefusedByFilter() {
    Packet other = Packet.of(TCP, "10.244.1.9", "10.96.0.10", 81);
    assertThat(outcomes(node(TWO), other)).containsExactly("1/1 reject icmp-port-unreachable");
    Packet udp = Packet.of(UDP, "10.244.1.9", "10.96.0.10", 80);
    assertThat(outcomes(node(TWO), udp)).containsExactly("1/1 reject icmp-port-unreachable");
  }

  @Test
  void fact33AClientThatIsTheServerIsMasqueraded() {
    Packet self = Packet.of(TCP, "10.244.1.4", "10.96.0.10", 80);
    assertThat(outcomes(node(TWO), self))
        .containsExactly(
            "1/2 forward 10.244.1.4>10.244.1.4 8080 dnat 10.244.1.4:8080 snat masquerade long-run",
            "1/2 forward 10.244.1.4>10.244.2.4 8080 dnat 10.244.2.4:8080 long-run");
  }

  /// Nothing but the filter is between a ping and the host: ip_vs lets it pass.
  @Test
  void fact33AClusterIpAnswersPingsWhereTheFilterLetsThem() {
    Packet ping =
        Packet.of(
            new Header(Ip.of("10.244.1.9"), Ip.of("10.96.0.10"), Transport.Icmp.ECHO_REQUEST));
    assertThat(outcomes("*filter\nCOMMIT\n", node(TWO), ping))
        .containsExactly("1/1 local 10.244.1.9>10.96.0.10");
    assertThat(outcomes(node(TWO), ping)).containsExactly("1/1 reject icmp-port-unreachable");
  }

  @Test
  void ipvsMatchesWhatIpvsHasHandled() {
    String rules =
        """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        -A INPUT -m ipvs --ipvs -j DROP
        -A OUTPUT -m ipvs --vaddr 10.96.0.10 --vport 80 -j DROP
        -A OUTPUT -m ipvs ! --ipvs -j DROP
        -A OUTPUT -p tcp -m ipvs --ipvs -j REJECT --reject-with tcp-reset
        COMMIT
        """;
    assertThat(outcomes(rules, node(TWO), FROM_POD)).allMatch(it -> it.contains("tcp-reset"));
  }

  @Test
  void saysThatItDoesNotKnowServersThatNobodyGave() {
    List<Interface> interfaces = new ArrayList<>(Rules.NODE.interfaces().orElseThrow());
    interfaces.addAll(VIRTUAL);
    HostFacts unknown = Rules.NODE.withInterfaces(interfaces).withSets(node(TWO).sets());
    assertThat(outcomes(unknown, FROM_POD)).containsExactly("1/1 undetermined yes [] no []");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TCP", "SCTP"})
  void anInvalidPacketMayBePartOfAConnectionOfIpvs(String name) {
    Protocol protocol = Protocol.parse(name).orElseThrow();
    String one =
        "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 10.244.2.4:80 -m\n"
            .replace("-t", protocol == TCP ? "-t" : "--sctp-service");
    Packet stray = Packet.of(protocol, "10.244.1.9", "10.96.0.10", 80).in(Packet.State.INVALID);
    assertThat(outcomes("*filter\nCOMMIT\n", node(one), stray))
        .containsExactly(
            "1/1 undetermined yes [1/1 forward 10.244.1.9>10.244.2.4 80 dnat 10.244.2.4:80]"
                + " no [1/1 local 10.244.1.9>10.96.0.10 80]");
  }

  @Test
  void asksWhereTheServerIsWhereNobodyToldTheAddresses() {
    HostFacts bare = HostFacts.UNKNOWN.withIpvs(parse(TWO), List.of());
    List<String> lines =
        outcomes("*filter\nCOMMIT\n", bare, Packet.of(TCP, "10.244.1.9", "10.96.0.10", 80));
    assertThat(lines).singleElement().asString().startsWith("1/1 undetermined yes [1/2");
    assertThat(lines.getFirst()).endsWith("no [1/1 forward 10.244.1.9>10.96.0.10 80]");
    HostFacts holder = HostFacts.UNKNOWN.withIpvs(parse(TWO), VIRTUAL);
    assertThat(outcomes("*filter\nCOMMIT\n", holder, FROM_POD))
        .containsExactly(
            "1/2 undetermined yes [1/1 local 10.244.1.9>10.244.1.4 8080 dnat 10.244.1.4:8080]"
                + " no [1/1 forward 10.244.1.9>10.244.1.4 8080 dnat 10.244.1.4:8080] long-run",
            "1/2 undetermined yes [1/1 local 10.244.1.9>10.244.2.4 8080 dnat 10.244.2.4:8080]"
                + " no [1/1 forward 10.244.1.9>10.244.2.4 8080 dnat 10.244.2.4:8080] long-run");
  }
}
