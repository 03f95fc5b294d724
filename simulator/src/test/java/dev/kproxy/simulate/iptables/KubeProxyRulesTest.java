package dev.kproxy.simulate.iptables;

import static dev.kproxy.net.Protocol.TCP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.simulate.Packet;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The rules of one Service with three endpoints, as kube-proxy writes them.
class KubeProxyRulesTest {
  private static final String RULES =
      """
      *mangle
      :PREROUTING ACCEPT [0:0]
      COMMIT
      *nat
      :PREROUTING ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :POSTROUTING ACCEPT [0:0]
      :KUBE-MARK-MASQ - [0:0]
      :KUBE-POSTROUTING - [0:0]
      :KUBE-SERVICES - [0:0]
      :KUBE-SVC-A - [0:0]
      :KUBE-SEP-1 - [0:0]
      :KUBE-SEP-2 - [0:0]
      :KUBE-SEP-3 - [0:0]
      -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
      -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
      -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
      -A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
      -A KUBE-POSTROUTING -j MASQUERADE --random-fully
      -A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A
      -A KUBE-SVC-A ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
      -A KUBE-SVC-A -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-1
      -A KUBE-SVC-A -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-2
      -A KUBE-SVC-A -j KUBE-SEP-3
      -A KUBE-SEP-1 -s 10.244.1.5/32 -j KUBE-MARK-MASQ
      -A KUBE-SEP-1 -p tcp -m tcp -j DNAT --to-destination 10.244.1.5:8080
      -A KUBE-SEP-2 -s 10.244.2.5/32 -j KUBE-MARK-MASQ
      -A KUBE-SEP-2 -p tcp -m tcp -j DNAT --to-destination 10.244.2.5:8080
      -A KUBE-SEP-3 -s 10.244.3.5/32 -j KUBE-MARK-MASQ
      -A KUBE-SEP-3 -p tcp -m tcp -j DNAT --to-destination 10.244.3.5:8080
      COMMIT
      *filter
      :INPUT ACCEPT [0:0]
      :FORWARD ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      COMMIT
      """;

  private static final IptablesMachine MACHINE = Rules.machine(RULES);

  @Test
  void sharesPodsConnectionsAmongEndpoints() {
    Packet packet = Packet.of(TCP, "10.244.1.9", "10.96.0.10", 80).from("cni0");
    assertThat(Rules.outcomes(MACHINE, packet))
        .containsExactly(
            "715827883/2147483648 forward 10.244.1.9>10.244.1.5 8080 dnat 10.244.1.5:8080",
            "1431655765/4294967296 forward 10.244.1.9>10.244.2.5 8080 dnat 10.244.2.5:8080",
            "1431655765/4294967296 forward 10.244.1.9>10.244.3.5 8080 dnat 10.244.3.5:8080");
  }

  @Test
  void masqueradesWhatComesFromOutside() {
    Packet packet = Packet.of(TCP, "203.0.113.5", "10.96.0.10", 80).from("eth0");
    assertThat(Rules.outcomes(MACHINE, packet).get(0))
        .isEqualTo(
            "715827883/2147483648 forward 203.0.113.5>10.244.1.5 8080 dnat 10.244.1.5:8080"
                + " snat masquerade");
  }

  @Test
  void tellsTheWay() {
    Packet packet = Packet.of(TCP, "203.0.113.5", "10.96.0.10", 80).from("eth0");
    List<String> path =
        MACHINE.trace(packet).outcomes().get(0).path().stream().map(Rules::step).toList();
    assertThat(path)
        .containsExactly(
            "nat PREROUTING 1: jump KUBE-SERVICES",
            "nat KUBE-SERVICES 1: jump KUBE-SVC-A",
            "nat KUBE-SVC-A 1: jump KUBE-MARK-MASQ",
            "nat KUBE-MARK-MASQ 1: mark 0x4000",
            "nat KUBE-SVC-A 2: jump KUBE-SEP-1",
            "nat KUBE-SEP-1 2: DNAT to 10.244.1.5:8080",
            "nat POSTROUTING 1: jump KUBE-POSTROUTING",
            "nat KUBE-POSTROUTING 2: mark 0x0",
            "nat KUBE-POSTROUTING 3: masquerade");
  }
}
