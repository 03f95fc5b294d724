package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds compiled rules against what the real kube-proxy 1.36.2 programmed. The recordings stand in
/// the order that kproxy prints, so that texts are compared byte for byte.
class RecordedCasesTest {
  static Stream<Case> cases() {
    return Case.all();
  }

  static Stream<Case> ipvsCases() {
    return Case.ipvs();
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
            expected ->
                assertThat(emitted(recorded, artifact, "--style", style)).isEqualTo(expected));
  }

  private static String emitted(Case recorded, String artifact, String... more) {
    List<String> arguments = new ArrayList<>(recorded.compile("--emit", artifact));
    arguments.addAll(List.of(more));
    Kproxy.Result result = Kproxy.run(arguments);
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out();
  }

  @ParameterizedTest
  @MethodSource("ipvsCases")
  void printsTheSetsThatIpsetSavedAfterwards(Case recorded) {
    assertThat(emitted(recorded, "ipset")).isEqualTo(recorded.expected("ipset.restore").get());
  }

  @ParameterizedTest
  @MethodSource("ipvsCases")
  void printsTheVirtualServersThatIpvsadmSavedAfterwards(Case recorded) {
    assertThat(emitted(recorded, "ipvsadm").replaceFirst("\\A--set .*\n", ""))
        .isEqualTo(recorded.expected("ipvsadm.restore").get());
  }

  /// Where nothing sets time-outs, the kernel's own were recorded.
  @ParameterizedTest
  @MethodSource("ipvsCases")
  void setsTheTimeoutsThatIpvsadmListedAfterwards(Case recorded) {
    Matcher set =
        Pattern.compile("\\A--set (\\d+) (\\d+) (\\d+)\n").matcher(emitted(recorded, "ipvsadm"));
    List<String> kernel = List.of("900", "120", "300");
    List<String> timeouts = new ArrayList<>();
    boolean given = set.find();
    for (int i = 0; i < kernel.size(); i++) {
      boolean own = given && !set.group(i + 1).equals("0");
      timeouts.add(own ? set.group(i + 1) : kernel.get(i));
    }
    assertThat("Timeout (tcp tcpfin udp): " + String.join(" ", timeouts))
        .isEqualTo(recorded.expected("ipvs-timeouts.txt").get().strip());
  }

  @ParameterizedTest
  @MethodSource("ipvsCases")
  void givesTheInterfaceTheAddressesThatItHadAfterwards(Case recorded) {
    List<String> lines = emitted(recorded, "ip").lines().toList();
    assertThat(lines).first().isEqualTo("link add kube-ipvs0 type dummy");
    assertThat(
            lines.stream()
                .skip(1)
                .map(line -> line.replaceAll("addr replace (\\S+) dev kube-ipvs0", "$1")))
        .isEqualTo(
            recorded
                .expected("kube-ipvs0.txt")
                .get()
                .lines()
                .map(line -> line.replaceAll("inet6? ", ""))
                .toList());
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
