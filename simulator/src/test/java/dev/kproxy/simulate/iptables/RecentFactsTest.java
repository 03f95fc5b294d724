package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.TCP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iproute.RecentList;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Trace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Facts 19 and 20: session affinity.
class RecentFactsTest {
  private static final String AFFINITY =
      """
      *nat
      :SVC - [0:0]
      :SEP-1 - [0:0]
      :SEP-2 - [0:0]
      -A PREROUTING -d 10.96.0.10/32 -j SVC
      -A SVC -m recent --rcheck --seconds 10800 --reap --name SEP-1 --mask 255.255.255.255 --rsource -j SEP-1
      -A SVC -m recent --rcheck --seconds 10800 --reap --name SEP-2 --mask 255.255.255.255 --rsource -j SEP-2
      -A SVC -m statistic --mode random --probability 0.50000000000 -j SEP-1
      -A SVC -j SEP-2
      -A SEP-1 -p tcp -m recent --set --name SEP-1 --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.1.5:80
      -A SEP-2 -p tcp -m recent --set --name SEP-2 --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.1.6:80
      COMMIT
      """;

  private static final IptablesMachine MACHINE = Rules.machine(AFFINITY);
  private static final Packet PACKET = Packet.of(TCP, "203.0.113.5", "10.96.0.10", 80);
  private static final String FIRST = " forward 203.0.113.5>10.244.1.5 80 dnat 10.244.1.5:80";
  private static final String SECOND = " forward 203.0.113.5>10.244.1.6 80 dnat 10.244.1.6:80";

  @Test
  void fact20AClientOnNoListIsDrawn() {
    Trace trace = MACHINE.trace(PACKET);
    assertThat(Rules.lines(trace)).containsExactly("1/2" + FIRST, "1/2" + SECOND);
    assertThat(trace.affinity())
        .extracting(
            entry -> entry.list() + " " + entry.seconds() + " " + entry.dnat().orElseThrow())
        .containsExactly("SEP-1 10800 10.244.1.5:80", "SEP-2 10800 10.244.1.6:80");
  }

  /// What is found old counts as not found, and where that is asked for it is renewed
  /// (`recent_mt`).
  @Test
  void fact19WhatIsOldIsRenewedWhereItIsAskedForTheContrary() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            -A FORWARD -m recent ! --update --seconds 1 --name X --rsource
            -A FORWARD -m recent --rcheck --seconds 1 --name X --rsource -j DROP
            COMMIT
            """);
    Packet packet = Packet.of(TCP, "203.0.113.5", "10.244.1.5", 80);
    assertThat(Rules.outcomes(machine, packet.on(Map.of("X", 2)))).containsExactly("1/1 drop");
    assertThat(Rules.outcomes(machine, packet))
        .containsExactly("1/1 forward 203.0.113.5>10.244.1.5 80");
  }

  @Test
  void fact19AClientOnAListGoesThereUntilItsTimeIsOver() {
    assertThat(Rules.outcomes(MACHINE, PACKET.on(Map.of("SEP-2", 5))))
        .containsExactly("1/1" + SECOND);
    assertThat(Rules.outcomes(MACHINE, PACKET.on(Map.of("SEP-2", 10800))))
        .containsExactly("1/1" + SECOND);
    assertThat(Rules.outcomes(MACHINE, PACKET.on(Map.of("SEP-2", 10801))))
        .containsExactly("1/2" + FIRST, "1/2" + SECOND);
    assertThat(Rules.outcomes(MACHINE, PACKET.on(Map.of("SEP-1", 100, "SEP-2", 5))))
        .containsExactly("1/1" + FIRST);
  }

  @Test
  void fact19SetPutsOnTheListAndRemoveTakesOff() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            -A FORWARD -m recent --update --name L --rsource -j MARK --or-mark 1
            -A FORWARD -m recent --remove --name L --rsource -j MARK --or-mark 2
            -A FORWARD -m recent --set --name L --rsource -j MARK --or-mark 4
            -A FORWARD -m recent ! --rcheck --name L --rdest -j MARK --or-mark 8
            -A FORWARD -m recent --rcheck --seconds 1 --name L --rsource -j MARK --or-mark 16
            -A FORWARD -m recent --remove --name L --rsource -j MARK --or-mark 32
            -A FORWARD -m recent --rcheck --name L --rsource -j MARK --or-mark 64
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.96.0.10 80 mark 0x3c");
  }

  /// Which match of a rule is asked first counts where one of them keeps a memory.
  @Test
  void fact19AListIsChangedOnlyWhereTheMatchesBeforeHold() {
    IptablesMachine machine =
        Rules.machine(
            """
            *filter
            -A FORWARD -p tcp -m tcp --dport 81 -m recent --set --name A --rsource
            -A FORWARD -p tcp -m recent --set --name B --rsource -m tcp --dport 81
            -A FORWARD -m recent --rcheck --name A --rsource -j MARK --or-mark 1
            -A FORWARD -m recent --rcheck --name B --rsource -j MARK --or-mark 2
            COMMIT
            """);
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.96.0.10 80 mark 0x2");
  }

  /// Whichever of its rules made a list, all of them look up by its mask.
  @Test
  void fact19OfSeveralMasksOneIsThatOfTheList() {
    String rules =
        """
        *filter
        -A FORWARD -m recent --set --name L --mask 255.255.255.0 --rsource
        -A FORWARD -m recent ! --rcheck --name L --mask %s --rsource -j DROP
        COMMIT
        """;
    String passes = "1/1 forward 203.0.113.5>10.96.0.10 80";
    assertThat(Rules.outcomes(Rules.machine(rules.formatted("255.255.255.0")), PACKET))
        .containsExactly(passes);
    assertThat(Rules.outcomes(Rules.machine(rules.formatted("255.255.255.255")), PACKET))
        .containsExactly("1/1 undetermined yes [1/1 drop] no [" + passes + "]");
  }

  @Test
  void fact20AListOfTheHostDoesNotTellHowOldItsEntriesAre() {
    RecentList list =
        new RecentList(
            List.of(new RecentList.Entry(Ip.of("203.0.113.5"), 64, 100L, List.of(90L, 100L))));
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(Family.IPV4, AFFINITY), Rules.NODE.withRecent("SEP-2", list));
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly(
            "1/1 undetermined yes [1/1" + SECOND + "] no [1/2" + FIRST + ", 1/2" + SECOND + "]");
    assertThat(Rules.outcomes(machine, Packet.of(TCP, "203.0.113.6", "10.96.0.10", 80))).hasSize(2);
  }

  @Test
  void fact19AnEntryWithoutATimeIsOfAnyAge() {
    RecentList list =
        new RecentList(
            List.of(new RecentList.Entry(Ip.of("203.0.113.5"), 64, 100L, List.of(90L, 100L))));
    IptablesMachine machine =
        new IptablesMachine(
            Rules.parse(
                Family.IPV4,
                """
                *filter
                -A FORWARD -m recent --rcheck --name L --rsource -j MARK --or-mark 1
                -A FORWARD -m recent --rcheck --hitcount 2 --name L --rsource -j MARK --or-mark 2
                -A FORWARD -m recent --rcheck --hitcount 3 --name L --rsource -j MARK --or-mark 4
                -A FORWARD -m recent --update --seconds 60 --hitcount 3 --name L --rsource -j DROP
                -A FORWARD -m recent ! --rcheck --seconds 60 --hitcount 3 --name L --rsource -j MARK --or-mark 8
                COMMIT
                """),
            Rules.NODE.withRecent("L", list));
    assertThat(Rules.outcomes(machine, PACKET))
        .containsExactly("1/1 forward 203.0.113.5>10.96.0.10 80 mark 0xb");
  }
}
