package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.SCTP;
import static dev.kproxy.net.Protocol.TCP;
import static dev.kproxy.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Facts 26 to 30 and 33: what matches ask.
class MatchFactsTest {
  private static final Packet PACKET = Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80).from("eth0");

  private static final String SETS =
      """
      create VIPS hash:ip,port family inet hashsize 1024 maxelem 65536
      add VIPS 10.96.0.10,tcp:80
      add VIPS 10.96.0.11,53
      create PORTS bitmap:port range 0-65535
      add PORTS 30080
      create MARKS hash:ip,mark markmask 0x0000ff00
      add MARKS 203.0.113.5,0x1200
      create NETS hash:net family inet
      add NETS 203.0.113.0/24
      add NETS 203.0.113.0/28 nomatch
      add NETS 203.0.113.5
      create NETNET hash:net,net family inet
      add NETNET 203.0.113.0/24,10.0.0.0/8
      add NETNET 203.0.113.0/24,10.244.1.0/24 nomatch
      create NETPORTNET hash:net,port,net family inet
      add NETPORTNET 203.0.0.0/16,tcp:80,10.244.0.0/16
      create LOOP hash:ip,port,ip family inet
      add LOOP 10.244.1.5,tcp:80,10.244.1.5
      create MACS hash:ip,mac
      add MACS 203.0.113.5,02:00:00:00:00:01
      create ALL list:set size 8
      add ALL PORTS
      add ALL NETS
      """;

  private static final HostFacts HOST = Rules.NODE.withSets(Rules.sets(SETS));

  private static boolean holds(String match, Packet packet) {
    Family family = packet.header().family();
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(family, "*mangle\n-A FORWARD " + match + " -j DROP\nCOMMIT\n"), HOST);
    List<String> outcomes = Rules.outcomes(machine, packet);
    assertThat(outcomes).hasSize(1);
    assertThat(outcomes.get(0)).doesNotContain("undetermined");
    return outcomes.get(0).startsWith("1/1 drop");
  }

  private static boolean isOpen(String match, Packet packet) {
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(Family.IPV4, "*mangle\n-A FORWARD " + match + " -j DROP\nCOMMIT\n"), HOST);
    return Rules.outcomes(machine, packet).get(0).startsWith("1/1 undetermined yes [1/1 drop] no");
  }

  @ParameterizedTest
  @CsvSource({
    "LOCAL, 192.168.0.11, true",
    "LOCAL, 10.244.1.1, true",
    "LOCAL, 127.9.9.9, true",
    "LOCAL, 192.168.0.255, false",
    "BROADCAST, 192.168.0.255, true",
    "BROADCAST, 255.255.255.255, true",
    "LOCAL, 10.244.1.5, false",
    "UNICAST, 10.244.1.5, true",
    "MULTICAST, 224.0.0.1, true",
    "'BROADCAST,LOCAL', 192.168.0.11, true",
    "ANYCAST, 192.168.0.11, false"
  })
  void fact26AddressesHaveTypes(String types, String address, boolean holds) {
    IptablesMachine machine =
        Rules.machine(
            "*raw\n-A PREROUTING -m addrtype --dst-type "
                + types
                + " -j DROP\n-A PREROUTING -j TRACE\nCOMMIT\n");
    Packet packet = Packet.of(TCP, "203.0.113.5", address, 80).from("eth0");
    String first = Rules.step(machine.trace(packet).outcomes().get(0).path().get(0));
    assertThat(first).isEqualTo("raw PREROUTING " + (holds ? "1: drop" : "2: TRACE"));
  }

  @Test
  void fact26TheTypeMayBeAskedOfAnInterface() {
    String rules =
        "*raw\n-A PREROUTING -m addrtype --dst-type LOCAL --limit-iface-in -j DROP\nCOMMIT\n";
    Packet packet = Packet.of(TCP, "203.0.113.5", "192.168.0.11", 80);
    assertThat(Rules.outcomes(Rules.machine(rules), packet.from("eth0")))
        .containsExactly("1/1 drop");
    assertThat(Rules.outcomes(Rules.machine(rules), packet.from("cni0")))
        .containsExactly("1/1 local 203.0.113.5>192.168.0.11 80");
  }

  @ParameterizedTest
  @CsvSource({
    "'VIPS dst,dst', 10.96.0.10, 80, true",
    "'VIPS dst,dst', 10.96.0.10, 81, false",
    "'VIPS dst,dst', 10.96.0.11, 53, true",
    "'VIPS dst,src', 10.96.0.11, 53, false",
    "VIPS dst, 10.96.0.10, 80, false",
    "PORTS dst, 10.96.0.10, 30080, true",
    "PORTS src, 10.96.0.10, 30080, false",
    "'NETNET src,dst', 10.1.1.1, 80, true",
    "'NETNET src,dst', 10.244.1.5, 80, false",
    "'NETPORTNET src,dst,dst', 10.244.1.5, 80, true",
    "'NETPORTNET src,dst,dst', 10.245.1.5, 80, false",
    "ALL src, 10.244.1.5, 80, true",
    "ALL dst, 10.244.1.5, 80, false",
    "ALL dst, 10.244.1.5, 30080, true"
  })
  void fact27SetsAreAskedByTheirDimensions(
      String set, String destination, int port, boolean holds) {
    Packet packet = Packet.of(TCP, "203.0.113.5", destination, port).from("eth0");
    assertThat(holds("-m set --match-set " + set, packet)).isEqualTo(holds);
    assertThat(holds("-m set ! --match-set " + set, packet)).isEqualTo(!holds);
  }

  @Test
  void fact27TheProtocolIsPartOfThePort() {
    assertThat(
            holds("-m set --match-set VIPS dst,dst", Packet.of(UDP, "10.1.1.1", "10.96.0.10", 80)))
        .isFalse();
    assertThat(holds("-m set --match-set PORTS dst", Packet.of(UDP, "10.1.1.1", "10.1.1.2", 30080)))
        .isTrue();
    assertThat(
            holds("-m set --match-set PORTS dst", Packet.of(SCTP, "10.1.1.1", "10.1.1.2", 30080)))
        .isFalse();
  }

  @Test
  void fact27TheNarrowestNetworkDecides() {
    Packet narrow = Packet.of(TCP, "203.0.113.5", "10.1.1.1", 80);
    Packet taken = Packet.of(TCP, "203.0.113.6", "10.1.1.1", 80);
    Packet wide = Packet.of(TCP, "203.0.113.77", "10.1.1.1", 80);
    assertThat(holds("-m set --match-set NETS src", narrow)).isTrue();
    assertThat(holds("-m set --match-set NETS src", taken)).isFalse();
    assertThat(holds("-m set --match-set NETS src", wide)).isTrue();
    assertThat(holds("-m set --match-set NETS src --return-nomatch", taken)).isTrue();
    assertThat(holds("-m set --match-set NETS src --return-nomatch", wide)).isFalse();
  }

  @Test
  void fact27MarksAndFamiliesCount() {
    assertThat(holds("-m set --match-set MARKS src,src", PACKET.marked(0x1234))).isTrue();
    assertThat(holds("-m set --match-set MARKS src,src", PACKET.marked(0x1334))).isFalse();
    assertThat(
            holds("-m set --match-set NETS src", Packet.of(TCP, "2001:db8::5", "2001:db8::6", 80)))
        .isFalse();
  }

  @Test
  void fact27WhatASetDoesNotShowIsOpen() {
    assertThat(isOpen("-m set --match-set MACS src,src", PACKET)).isTrue();
    assertThat(isOpen("-m set --match-set UNHEARD src", PACKET)).isTrue();
    assertThat(isOpen("-m set --match-set NETS src --packets-gt 5", PACKET)).isTrue();
    assertThat(holds("-m set --match-set MACS dst,src", PACKET)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'-p tcp -m multiport --dports 1,70:90', true",
    "'-p tcp -m multiport --sports 1,70:90', false",
    "'-p tcp -m multiport --ports 40000,1', true",
    "'-p tcp -m multiport ! --dports 80', false",
    "'-m conntrack --ctstate RELATED,NEW', true",
    "'-m conntrack ! --ctstate RELATED,NEW', false",
    "'-m state --state NEW', true",
    "'-i eth+', true",
    "'-i eth', false",
    "'! -i cni+', true",
    "'-i +', true",
    "'-p tcp -m tcp --sport 40000 --dport 80:90', true",
    "'-p tcp -m tcp ! --dport 80', false",
    "'-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', true",
    "'-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN', false",
    "'-p tcp -m tcp --tcp-flags ALL ACK', false",
    "'-p udp -m udp --dport 80', false",
    "'! -p udp', true",
    "'-m iprange --src-range 203.0.113.1-203.0.113.5', true",
    "'-m iprange --src-range 203.0.113.1-203.0.113.5 ! --dst-range 10.0.0.0-10.255.255.255', false"
  })
  void fact28PortsStatesAndInterfaces(String match, boolean holds) {
    assertThat(holds(match, PACKET)).isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource({
    "8, true",
    "any, true",
    "3/1, false",
    "port-unreachable, false",
    "! --icmp-type 3, true"
  })
  void fact28IcmpHasTypesAndCodes(String type, boolean holds) {
    Packet packet =
        Packet.of(
            new Header(Ip.of("203.0.113.5"), Ip.of("10.244.1.5"), Transport.Icmp.ECHO_REQUEST));
    String option = type.startsWith("!") ? type : "--icmp-type " + type;
    assertThat(holds("-p icmp -m icmp " + option, packet)).isEqualTo(holds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-m physdev --physdev-in veth0",
        "-m rpfilter",
        "-m mac --mac-source 02:00:00:00:00:01",
        "-m socket",
        "-m length --length 40",
        "-m ttl --ttl-eq 64",
        "-m dscp --dscp 0x01",
        "-m policy --dir in --pol none",
        "-m pkttype --pkt-type unicast",
        "-m u32 --u32 0x0=0x0",
        "-m string --string x --algo bm",
        "-m bpf --bytecode \"1,6 0 0 0\"",
        "-m unheard --of it"
      })
  void fact29WhatAPacketDoesNotShowIsOpen(String match) {
    assertThat(isOpen(match, PACKET)).isTrue();
  }

  /// As hosts ask for an address.
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 255.255.255.255, true",
    "0.0.0.0, 224.0.0.1, true",
    "0.0.0.0, 239.1.2.3, false",
    "0.0.0.0, 10.244.1.255, false",
    "10.244.1.5, 255.255.255.255, false",
    "::, ff02::1:2, true",
    "::, fd00::11, true",
    "fe80::5, ff02::1:2, false"
  })
  void fact29ASourceOfNobodyNeedsNoWayBack(String source, String destination, boolean holds) {
    Packet packet = Packet.of(UDP, source, destination, 67).from("eth0");
    assertThat(marked("-m rpfilter", packet)).isEqualTo(holds ? "yes" : "open");
    assertThat(marked("-m rpfilter --invert", packet)).isEqualTo(holds ? "no" : "open");
  }

  private static String marked(String match, Packet packet) {
    String rules = "*raw\n-A PREROUTING " + match + " -j MARK --set-mark 1\nCOMMIT\n";
    Outcome outcome =
        new IptablesMachine(Rules.parse(packet.header().family(), rules), HOST)
            .trace(packet)
            .outcomes()
            .getFirst();
    boolean isOpen =
        outcome.verdict() instanceof Verdict.Undetermined verdict && verdict.at().isPresent();
    return isOpen ? "open" : outcome.mark() == 1 ? "yes" : "no";
  }

  @Test
  void fact29MartiansAreDroppedAfterPrerouting() {
    IptablesMachine machine =
        Rules.machine(
            """
            *nat
            -A PREROUTING -d 10.96.0.10/32 -j DNAT --to-destination 127.0.0.1
            COMMIT
            """);
    Packet packet = Packet.of(TCP, "203.0.113.5", "10.96.0.10", 80).from("eth0");
    assertThat(Rules.outcomes(machine, packet))
        .containsExactly("1/1 local 203.0.113.5>127.0.0.1 80 dnat 127.0.0.1:80");
    IptablesMachine strict =
        new IptablesMachine(
            Rules.parse(
                Family.IPV4,
                """
                *nat
                -A PREROUTING -d 10.96.0.10/32 -j DNAT --to-destination 127.0.0.1
                COMMIT
                """),
            Rules.NODE.withSysctl("net.ipv4.conf.all.route_localnet", "0"));
    assertThat(Rules.path(strict, packet))
        .containsExactly(
            "nat PREROUTING 1: DNAT to 127.0.0.1:80",
            "after PREROUTING: martian destination 127.0.0.1, route_localnet is 0");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "192.168.0.11", "10.96.0.10", 80)))
        .containsExactly("1/1 drop dnat 127.0.0.1:80");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-m limit --limit 3/min",
        "-m hashlimit --hashlimit-upto 5/sec --hashlimit-burst 5 --hashlimit-name x",
        "-m connlimit --connlimit-above 5",
        "-m quota --quota 1000"
      })
  void fact30WhatDependsOnEarlierPacketsHasBothBounds(String match) {
    assertThat(isOpen(match, PACKET)).isTrue();
  }

  @Test
  void fact30OnlyPacketsOfTheHostHaveAnOwner() {
    assertThat(holds("-m owner --uid-owner 0", PACKET)).isFalse();
    assertThat(holds("-m owner ! --uid-owner 0", PACKET)).isTrue();
    IptablesMachine machine =
        Rules.machine("*filter\n-A OUTPUT -m owner --uid-owner 0 -j DROP\nCOMMIT\n");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "192.168.0.11", "10.244.1.5", 80).local()))
        .containsExactly(
            "1/1 undetermined yes [1/1 drop] no [1/1 forward 192.168.0.11>10.244.1.5 80]");
  }

  @ParameterizedTest
  @CsvSource({"uid-owner 1337", "gid-owner 1337", "socket-exists"})
  void fact30APacketOfTheHostHasAnOwnerOrNot(String option) {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            -A OUTPUT -m owner ! --%1$s -j ACCEPT
            -A OUTPUT -m owner --%1$s -j ACCEPT
            -A OUTPUT -j DROP
            COMMIT
            """
                .formatted(option));
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "192.168.0.11", "10.244.1.5", 80).local()))
        .containsExactly("1/1 forward 192.168.0.11>10.244.1.5 80");
  }

  @Test
  void fact30OfTwoThingsAskedOfAnOwnerEitherMayNotHold() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            -A OUTPUT -m owner --uid-owner 0 --gid-owner 0 -j ACCEPT
            -A OUTPUT -m owner --uid-owner 0 -j REJECT
            -A OUTPUT -j DROP
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "192.168.0.11", "10.244.1.5", 80).local()))
        .containsExactly(
            "1/1 undetermined yes [1/1 forward 192.168.0.11>10.244.1.5 80]"
                + " no [1/1 undetermined yes [1/1 reject icmp-port-unreachable] no [1/1 drop]]");
  }

  @Test
  void fact30WithoutASocketNoControlGroupHoldsNorItsContrary() {
    assertThat(holds("-m cgroup --cgroup 7", PACKET)).isFalse();
    assertThat(holds("-m cgroup ! --cgroup 7", PACKET)).isFalse();
    assertThat(holds("-m cgroup ! --path kubepods", PACKET)).isFalse();
    IptablesMachine machine =
        Rules.machine("*filter\n-A INPUT -m cgroup ! --cgroup 7 -j DROP\nCOMMIT\n");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "10.244.1.5", "192.168.0.11", 80)))
        .containsExactly(
            "1/1 undetermined yes [1/1 drop] no [1/1 local 10.244.1.5>192.168.0.11 80]");
  }

  @Test
  void fact33SetsOfIpvsModeMarkAndAccept() {
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(
                Family.IPV4,
                """
                *nat
                :KUBE-SERVICES - [0:0]
                :KUBE-MARK-MASQ - [0:0]
                :KUBE-POSTROUTING - [0:0]
                -A PREROUTING -j KUBE-SERVICES
                -A POSTROUTING -j KUBE-POSTROUTING
                -A KUBE-SERVICES ! -s 10.244.0.0/16 -m set --match-set VIPS dst,dst -j KUBE-MARK-MASQ
                -A KUBE-SERVICES -m set --match-set VIPS dst,dst -j ACCEPT
                -A KUBE-SERVICES -j MARK --set-mark 0x1
                -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
                -A KUBE-POSTROUTING -m set --match-set LOOP dst,dst,src -j MASQUERADE
                COMMIT
                """),
            HOST);
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "203.0.113.5", "10.96.0.10", 80)))
        .containsExactly("1/1 forward 203.0.113.5>10.96.0.10 80 mark 0x4000");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "10.244.1.5", "10.244.1.5", 80)))
        .containsExactly("1/1 forward 10.244.1.5>10.244.1.5 80 mark 0x1 snat masquerade");
  }
}
