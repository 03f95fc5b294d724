package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.compile.ipvs.IpvsCompiler;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.iptables.text.IptablesPrinter;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.net.Family;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What kube-proxy feeds to iptables-restore in mode ipvs, with the jumps that it makes one by one.
class IpvsCompletedTest {
  static Stream<Case> cases() {
    return Case.ipvs();
  }

  private static List<String> jumps(String rules) {
    return rules
        .lines()
        .filter(line -> line.matches("-A (PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) .*"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hasTheJumpsThatWereRecorded(Case recorded) {
    String restored = recorded.expected("iptables.restore").orElse("*filter\nCOMMIT\n");
    Ruleset parsed =
        IptablesParser.parse(Family.IPV4, restored, "iptables.restore", _ -> {}).orElseThrow();
    String completed = IptablesPrinter.print(IpvsCompiler.completed(parsed), Spelling.SAVE);
    assertThat(jumps(completed))
        .isNotEmpty()
        .isEqualTo(jumps(recorded.expected("iptables.rules").orElse(completed)));
  }
}
