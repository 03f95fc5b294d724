package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Chains;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.net.Family;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AnnotateTest {
  static Stream<Path> rules() {
    return Case.iptables()
        .flatMap(
            recorded ->
                Stream.of("iptables.rules", "ip6tables.rules")
                    .map(file -> recorded.folder().resolve("expected").resolve(file)))
        .filter(Files::exists);
  }

  private static String annotate(String rules, String... arguments) {
    String[] all =
        Stream.concat(Stream.of("annotate"), Stream.of(arguments)).toArray(String[]::new);
    Kproxy.Result result = Kproxy.runWithInput(rules.getBytes(StandardCharsets.UTF_8), all);
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out();
  }

  /// The rules without what only people read.
  private static List<Table> withoutComments(Family family, String text) {
    Ruleset rules =
        IptablesParser.parse(family, text, "rules", said -> assertThat(said).isNull())
            .orElseThrow();
    return rules.tables().stream()
        .map(
            table ->
                new Table(
                    table.name(),
                    Chains.of(table.chains().stream().map(AnnotateTest::withoutComments).toList()),
                    table.runs()))
        .toList();
  }

  private static Chain withoutComments(Chain chain) {
    return new Chain.Of(
        chain.name(),
        chain.policy(),
        chain.counters(),
        chain.rules().stream()
            .map(
                rule ->
                    new Rule(
                        rule.matches().stream()
                            .filter(match -> !(match instanceof Match.Comment))
                            .toList(),
                        rule.action(),
                        rule.counters(),
                        rule.line()))
            .toList());
  }

  @ParameterizedTest
  @MethodSource("rules")
  void changesNothingButComments(Path file) throws IOException {
    String rules = Files.readString(file);
    Family family =
        String.valueOf(file.getFileName()).startsWith("ip6") ? Family.IPV6 : Family.IPV4;

    String annotated = annotate(rules);

    assertThat(withoutComments(family, annotated)).isEqualTo(withoutComments(family, rules));
    assertThat(annotated.lines().map(AnnotateTest::withoutComment))
        .containsExactlyElementsOf(rules.lines().map(AnnotateTest::withoutComment).toList());
    assertThat(annotated.lines().filter(line -> line.contains("-j KUBE-SEP-")))
        .allMatch(line -> line.contains("--comment"));
    assertThat(annotate(annotated)).as("a second time").isEqualTo(annotated);
  }

  private static String withoutComment(String line) {
    return line.replaceFirst(" -m comment --comment (\"[^\"]*\"|\\S+)", "");
  }

  /// A large cluster, in which kube-proxy leaves comments out.
  @Test
  void namesEndpointsAsKubeProxyDoesInSmallClusters() throws IOException {
    Case large =
        Case.iptables().filter(it -> it.toString().equals("33-large-cluster")).findFirst().get();
    String rules = large.expected("iptables.rules").orElseThrow();
    assertThat(rules).doesNotContain(" -> ");

    String annotated = annotate(rules);

    assertThat(annotated)
        .containsPattern(
            "-A KUBE-SVC-\\w+ -m comment --comment \"[a-z0-9-]+/[a-z0-9:-]+ -> [0-9.]+:\\d+\" -m"
                + " statistic --mode random --probability 0\\.\\d+ -j KUBE-SEP-\\w+")
        .containsPattern(
            "-A KUBE-SEP-\\w+ -s [0-9.]+/32 -m comment --comment \"[a-z0-9-]+/[a-z0-9:-]+\" -j"
                + " KUBE-MARK-MASQ");
  }

  @Test
  void keepsCountersCarriageReturnsStrangeBytesAndWhatItDoesNotKnow() {
    String rules =
        """
        # a comment – of the file
        *nat
        :KUBE-SERVICES - [1:2]
        :KUBE-SVC-XPGD46QRK7WJZT7O - [0:0]
        :KUBE-SEP-SXIVWICOYRO3J4NJ - [0:0]
        [5:60] -A KUBE-SERVICES -d 10.0.0.1/32 -m comment --comment "ns1/svc1:p80 – \\"cluster\\" IP" -j KUBE-SVC-XPGD46QRK7WJZT7O
        -A KUBE-SERVICES -d 10.0.0.2/32 -j MARK --set-xmark 0x4000/0x4000
        [7:80] -A KUBE-SVC-XPGD46QRK7WJZT7O -j KUBE-SEP-SXIVWICOYRO3J4NJ\r
        -A KUBE-SEP-SXIVWICOYRO3J4NJ
        -A KUBE-SEP-SXIVWICOYRO3J4NJ -p tcp -m tcp -j DNAT --to-destination 10.180.0.1:80
        COMMIT
        """;

    assertThat(annotate(rules))
        .isEqualTo(
            rules
                .replace(
                    "WJZT7O -j KUBE-SEP",
                    "WJZT7O -m comment --comment \"ns1/svc1:p80 -> 10.180.0.1:80\" -j KUBE-SEP")
                .replace(
                    "J4NJ\n-A KUBE-SEP-SXIVWICOYRO3J4NJ -p tcp -m tcp",
                    "J4NJ -m comment --comment \"ns1/svc1:p80\"\n-A KUBE-SEP-SXIVWICOYRO3J4NJ -p"
                        + " tcp -m comment --comment \"ns1/svc1:p80\" -m tcp"));
  }

  @Test
  void takesNamesFromManifests() {
    String rules =
        """
        *nat
        :KUBE-SVC-G4UYIH746YNNDBV2 - [0:0]
        :OTHER - [0:0]
        -A OTHER -j KUBE-SVC-G4UYIH746YNNDBV2
        -A OTHER -j RETURN
        COMMIT
        """;
    String manifest = Case.root().resolve("testdata/examples/mysql-service.yaml").toString();

    assertThat(annotate(rules, "-f", manifest))
        .contains("-A OTHER -m comment --comment \"default/mysql-service\" -j KUBE-SVC-")
        .contains("-A OTHER -j RETURN");
  }

  @Test
  void refusesWhatIsNoRules() {
    Kproxy.Result result =
        Kproxy.runWithInput("*nat\n-A\n".getBytes(StandardCharsets.UTF_8), "annotate");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("-:2:1: error KP601");
  }
}
