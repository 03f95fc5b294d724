package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.TCP;
import static dev.kproxy.net.Protocol.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.simulate.Packet;
import org.junit.jupiter.api.Test;

/// Facts 1 to 4: which rules a packet meets, and in which order.
class HookFactsTest {
  private static final IptablesMachine EVERYWHERE =
      Rules.machine(
          """
          *filter
          -A INPUT
          -A FORWARD
          -A OUTPUT
          COMMIT
          *security
          -A INPUT
          -A FORWARD
          -A OUTPUT
          COMMIT
          *nat
          -A PREROUTING
          -A INPUT
          -A OUTPUT
          -A POSTROUTING
          COMMIT
          *mangle
          -A PREROUTING
          -A INPUT
          -A FORWARD
          -A OUTPUT
          -A POSTROUTING
          COMMIT
          *raw
          -A PREROUTING
          -A OUTPUT
          COMMIT
          """);

  @Test
  void fact01TablesOfAHookComeByTheirPriority() {
    Packet packet = Packet.of(TCP, "203.0.113.5", "192.168.0.11", 22).from("eth0");
    assertThat(Rules.path(EVERYWHERE, packet))
        .containsExactly(
            "raw PREROUTING 1: count",
            "mangle PREROUTING 1: count",
            "nat PREROUTING 1: count",
            "mangle INPUT 1: count",
            "filter INPUT 1: count",
            "security INPUT 1: count",
            "nat INPUT 1: count");
  }

  @Test
  void fact02ForwardedPacketsPassForwardAndPostrouting() {
    Packet packet = Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80).from("eth0");
    assertThat(Rules.path(EVERYWHERE, packet))
        .containsExactly(
            "raw PREROUTING 1: count",
            "mangle PREROUTING 1: count",
            "nat PREROUTING 1: count",
            "mangle FORWARD 1: count",
            "filter FORWARD 1: count",
            "security FORWARD 1: count",
            "mangle POSTROUTING 1: count",
            "nat POSTROUTING 1: count");
  }

  @Test
  void fact02ADestinationThatChangesInOutputIsRoutedAgain() {
    IptablesMachine machine =
        Rules.machine(
            """
            *nat
            -A OUTPUT -d 10.96.0.1/32 -j DNAT --to-destination 192.168.0.11
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "192.168.0.11", "10.96.0.1", 443).local()))
        .containsExactly("1/1 local 192.168.0.11>192.168.0.11 443 dnat 192.168.0.11:443");
  }

  @Test
  void fact03AcceptEndsItsTableOnlyAndDropEndsAll() {
    IptablesMachine machine =
        Rules.machine(
            """
            *mangle
            -A FORWARD -p tcp -j ACCEPT
            -A FORWARD -j DROP
            COMMIT
            *filter
            -A FORWARD -d 10.244.1.5/32 -j DROP
            COMMIT
            *security
            -A FORWARD -d 10.244.1.5/32 -j ACCEPT
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80)))
        .containsExactly("1/1 drop");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "203.0.113.5", "10.244.1.6", 80)))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.6 80");
  }

  @Test
  void fact04PacketsOfTheHostItselfSkipPrerouting() {
    Packet packet = Packet.of(UDP, "192.168.0.11", "10.244.1.5", 53).local();
    assertThat(Rules.path(EVERYWHERE, packet))
        .containsExactly(
            "raw OUTPUT 1: count",
            "mangle OUTPUT 1: count",
            "nat OUTPUT 1: count",
            "filter OUTPUT 1: count",
            "security OUTPUT 1: count",
            "mangle POSTROUTING 1: count",
            "nat POSTROUTING 1: count");
  }

  @Test
  void fact04LoopbackPassesTwiceAndIsTranslatedOnce() {
    Packet packet = Packet.of(UDP, "127.0.0.1", "127.0.0.1", 53).local();
    assertThat(Rules.path(EVERYWHERE, packet))
        .containsExactly(
            "raw OUTPUT 1: count",
            "mangle OUTPUT 1: count",
            "nat OUTPUT 1: count",
            "filter OUTPUT 1: count",
            "security OUTPUT 1: count",
            "mangle POSTROUTING 1: count",
            "nat POSTROUTING 1: count",
            "raw PREROUTING 1: count",
            "mangle PREROUTING 1: count",
            "mangle INPUT 1: count",
            "filter INPUT 1: count",
            "security INPUT 1: count");
  }
}
