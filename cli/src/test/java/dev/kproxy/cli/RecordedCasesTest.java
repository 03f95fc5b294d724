package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds compiled rules against what the real kube-proxy 1.36.2 programmed. The recordings stand in
/// the order that kproxy prints, so that texts are compared byte for byte.
class RecordedCasesTest {
  static Stream<Case> cases() {
    return Case.iptables();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void printsWhatIptablesSavePrintedAfterwards(Case recorded) {
    holds(recorded, "save", "iptables", "iptables.rules");
    holds(recorded, "save", "ip6tables", "ip6tables.rules");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void printsWhatKubeProxyFedToIptablesRestore(Case recorded) {
    holds(recorded, "restore", "iptables", "iptables.restore");
    holds(recorded, "restore", "ip6tables", "ip6tables.restore");
  }

  private static void holds(Case recorded, String style, String artifact, String file) {
    recorded
        .expected(file)
        .ifPresent(
            expected -> {
              Kproxy.Result result =
                  Kproxy.run(recorded.compile("--style", style, "--emit", artifact));
              assertThat(result.exitCode()).as(result.err()).isZero();
              assertThat(result.out()).isEqualTo(expected);
            });
  }

  /// kube-proxy does not write a setting that is right already, so more may be printed than
  /// recorded.
  @ParameterizedTest
  @MethodSource("cases")
  void printsTheSettingsThatKubeProxyWrote(Case recorded) {
    Kproxy.Result result = Kproxy.run(recorded.compile("--emit", "sysctl", "--cpus", "2"));
    List<String> written = recorded.expected("sysctl.txt").orElseThrow().lines().toList();
    assertThat(result.out().lines()).containsAll(written);
  }
}
