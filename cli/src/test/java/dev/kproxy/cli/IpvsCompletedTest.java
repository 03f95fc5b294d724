package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.compile.ipvs.IpvsCompiler;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.iptables.text.IptablesPrinter;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.net.Family;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What kube-proxy feeds to iptables-restore in mode ipvs, with the jumps that it makes one by one.
class IpvsCompletedTest {
  static Stream<Case> cases() {
    return Case.ipvs();
  }

  private static String completed(Family family, String restored) {
    Ruleset parsed = IptablesParser.parse(family, restored, "restored", _ -> {}).orElseThrow();
    return IptablesPrinter.print(IpvsCompiler.completed(parsed), Spelling.SAVE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isWhatIptablesSavePrintedAfterwards(Case recorded) {
    assertThat(completed(Family.IPV4, recorded.expected("iptables.restore").orElseThrow()))
        .isEqualTo(recorded.expected("iptables.rules").orElseThrow());
    recorded
        .expected("ip6tables.restore")
        .ifPresent(
            restored ->
                assertThat(completed(Family.IPV6, restored))
                    .isEqualTo(recorded.expected("ip6tables.rules").orElseThrow()));
  }

  /// iptables-save prints the numbers of protocols, where 17 comes before 6, and kube-proxy writes
  /// names.
  @Test
  void isInTheOrderOfWhatIptablesSavePrints() {
    String saved = compiled("save");

    assertThat(saved.lines().filter(line -> line.contains("--vproto")))
        .containsExactly(
            "-A KUBE-IPVS-OUT-FILTER -s 198.51.100.9/32 -m ipvs --vproto 17 --vaddr 198.51.100.9"
                + " --vport 53 -j DROP",
            "-A KUBE-IPVS-OUT-FILTER -s 198.51.100.9/32 -m ipvs --vproto 6 --vaddr 198.51.100.9"
                + " --vport 53 -j DROP");
    assertThat(completed(Family.IPV4, compiled("restore"))).isEqualTo(saved);
  }

  private static String compiled(String style) {
    String manifest =
        """
        apiVersion: v1
        kind: Service
        metadata:
          name: dns
        spec:
          type: LoadBalancer
          clusterIP: 10.96.0.9
          ports:
            - {name: tcp, port: 53, nodePort: 30053, protocol: TCP}
            - {name: udp, port: 53, nodePort: 30053, protocol: UDP}
          loadBalancerSourceRanges: [203.0.113.0/24]
        status:
          loadBalancer:
            ingress:
              - ip: 198.51.100.9
        """;
    return Kproxy.runWithInput(
            manifest.getBytes(StandardCharsets.UTF_8),
            ("compile -f - --mode ipvs --node-ip 192.168.0.11 --emit iptables --style " + style)
                .split(" ", -1))
        .out();
  }
}
