package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.TCP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.simulate.Packet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Facts 21 to 25: marks, chains, targets.
class ChainFactsTest {
  private static final Packet PACKET = Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80).from("eth0");

  private static IptablesMachine mangle(String... rules) {
    return Rules.machine(
        "*mangle\n-A FORWARD " + String.join("\n-A FORWARD ", rules) + "\nCOMMIT\n");
  }

  @ParameterizedTest
  @CsvSource({
    "--set-xmark 0x4000/0x4000, 0xffff",
    "--set-xmark 0x4000/0x0, 0xbfff",
    "--set-xmark 0x10000/0xff, 0x1ff00",
    "--set-mark 0x10000/0xff, 0x1ff00",
    "--set-mark 0x1/0xffffffff, 0x1",
    "--set-mark 0x102/0x1, 0xfffe",
    "--and-mark 0xff, 0xff",
    "--or-mark 0x10000, 0x1ffff",
    "--xor-mark 0x1ffff, 0x10000"
  })
  void fact21MarksAreMaskedAndExclusivelyOred(String option, String mark) {
    assertThat(Rules.outcomes(mangle("-j MARK " + option), PACKET.marked(0xffff)))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 80 mark " + mark);
  }

  @ParameterizedTest
  @CsvSource({
    "--mark 0x5, true",
    "--mark 0x5/0xff, true",
    "--mark 0x1/0x1, true",
    "--mark 0x5/0x1, false",
    "! --mark 0x5/0x1, true",
    "--mark 0x4, false"
  })
  void fact21AMarkIsComparedInTheBitsOfTheMask(String option, boolean holds) {
    String line = " 203.0.113.5>10.244.1.5 80 mark 0x5";
    assertThat(Rules.outcomes(mangle("-m mark " + option + " -j DROP"), PACKET.marked(5)))
        .containsExactly(holds ? "1/1 drop mark 0x5" : "1/1 forward" + line);
  }

  @Test
  void fact21MarksAreSavedInTheConnectionAndRestored() {
    IptablesMachine machine =
        mangle(
            "-j CONNMARK --save-mark --nfmask 0xf --ctmask 0xff",
            "-j MARK --set-mark 0x100",
            "-m connmark --mark 0x5/0xff -j CONNMARK --set-xmark 0x30/0x30",
            "-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff");
    assertThat(Rules.outcomes(machine, PACKET.marked(0x75)))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 80 mark 0x135");
  }

  @Test
  void fact22AChainEndsAfterItsCall() {
    IptablesMachine machine =
        Rules.machine(
            """
            *mangle
            :A - [0:0]
            :B - [0:0]
            -A FORWARD -j A
            -A FORWARD -j MARK --or-mark 1
            -A A -j B
            -A A -j MARK --or-mark 2
            -A A -j RETURN
            -A A -j MARK --or-mark 4
            -A B -j MARK --or-mark 8
            COMMIT
            """);
    assertThat(Rules.path(machine, PACKET))
        .containsExactly(
            "mangle FORWARD 1: jump A",
            "mangle A 1: jump B",
            "mangle B 1: mark 0x8",
            "mangle A 2: mark 0xa",
            "mangle A 3: return",
            "mangle FORWARD 2: mark 0xb");
  }

  @Test
  void fact22ReturnInABuiltInChainIsItsPolicy() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            :FORWARD DROP [0:0]
            -A FORWARD -i eth0 -j RETURN
            -A FORWARD -j ACCEPT
            COMMIT
            """);
    assertThat(Rules.path(machine, PACKET))
        .containsExactly("filter FORWARD 1: return", "filter FORWARD policy: drop");
    assertThat(Rules.outcomes(machine, PACKET)).containsExactly("1/1 drop");
    assertThat(Rules.outcomes(machine, PACKET.from("cni0")))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 80");
  }

  @Test
  void fact22GotoReturnsToTheCallersCaller() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            :FORWARD DROP [0:0]
            :A - [0:0]
            :B - [0:0]
            -A FORWARD -j A
            -A FORWARD -s 203.0.113.5/32 -g B
            -A FORWARD -j ACCEPT
            -A A -g B
            -A A -j ACCEPT
            -A B -m mark --mark 1
            COMMIT
            """);
    assertThat(Rules.path(machine, PACKET))
        .containsExactly(
            "filter FORWARD 1: jump A",
            "filter A 1: goto B",
            "filter FORWARD 2: goto B",
            "filter FORWARD policy: drop");
  }

  @Test
  void fact23OnlyVerdictsAndTranslationsEndATable() {
    IptablesMachine machine =
        mangle(
            "-j LOG",
            "-j NFLOG",
            "-j CLASSIFY --set-class 1:1",
            "-j CHECKSUM --checksum-fill",
            "-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
            "-j DSCP --set-dscp 0x01",
            "-j TOS --set-tos 0x10/0x3f",
            "-j TTL --ttl-set 3",
            "-j SET --add-set X src",
            "-j TRACE",
            "-j AUDIT --type accept",
            "-m comment --comment counts",
            "-j ACCEPT",
            "-j DROP");
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 80");
    assertThat(Rules.path(machine, PACKET)).hasSize(13).endsWith("mangle FORWARD 13: accept");
  }

  @Test
  void fact23RejectSaysHow() {
    assertThat(Rules.outcomes(Rules.machine("*filter\n-A FORWARD -j REJECT\nCOMMIT\n"), PACKET))
        .containsExactly("1/1 reject icmp-port-unreachable");
    assertThat(
            Rules.outcomes(
                Rules.machine6("*filter\n-A FORWARD -j REJECT\nCOMMIT\n"),
                Packet.of(TCP, "2001:db8::5", "fd00:10:244:1::5", 80)))
        .containsExactly("1/1 reject icmp6-port-unreachable");
    assertThat(
            Rules.outcomes(
                Rules.machine(
                    "*filter\n-A FORWARD -p tcp -j REJECT --reject-with tcp-reset\nCOMMIT\n"),
                PACKET))
        .containsExactly("1/1 reject tcp-reset");
  }

  @Test
  void fact24ALoopIsNotFollowed() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            :A - [0:0]
            :B - [0:0]
            -A FORWARD -j A
            -A A -g B
            -A B -j A
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, PACKET)).containsExactly("1/1 undetermined yes [] no []");
  }

  @Test
  void fact24CallsMayBeAsDeepAsThereAreChains() {
    int depth = 100_000;
    StringBuilder rules = new StringBuilder("*filter\n");
    for (int i = 0; i < depth; i++) {
      rules.append(":C").append(i).append(" - [0:0]\n");
    }
    rules.append("-A FORWARD -j C0\n-A FORWARD -j DROP\n");
    for (int i = 0; i < depth - 1; i++) {
      rules.append("-A C").append(i).append(" -j C").append(i + 1).append('\n');
    }
    IptablesMachine machine =
        Rules.machine(
            rules
                .append("-A C99999 -m statistic --mode random --probability 0.5\nCOMMIT\n")
                .toString());
    assertThat(Rules.outcomes(machine, PACKET)).containsExactly("1/1 drop");
  }

  /// Connection tracking puts fragments together first, so that none is ever seen.
  @Test
  void fact25FragmentsAreNotSeen() {
    assertThat(Rules.path(mangle("-f -j DROP", "! -f -j ACCEPT"), PACKET))
        .containsExactly("mangle FORWARD 2: accept");
  }
}
