package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WhoisTest {
  private static final Pattern DECLARED = Pattern.compile("(?m)^(?::|create )(\\S+)");
  private static final String MYSQL =
      Case.root().resolve("testdata/examples/mysql-service.yaml").toString();

  static Stream<Case> cases() {
    return Case.iptables();
  }

  private static Set<String> declared(Case recorded, String... files) {
    Set<String> names = new TreeSet<>();
    for (String file : files) {
      Matcher name = DECLARED.matcher(recorded.expected(file).orElse(""));
      while (name.find()) {
        names.add(name.group(1));
      }
    }
    return names;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void namesEveryChainFromManifests(Case recorded) {
    List<String> arguments = new ArrayList<>(recorded.compile());
    arguments.set(0, "whois");
    arguments.addAll(declared(recorded, "iptables.rules", "ip6tables.rules"));

    Kproxy.Result result = Kproxy.run(arguments);

    assertThat(result.err()).doesNotContain("unknown");
    assertThat(result.exitCode()).isZero();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void namesEveryChainFromTheCommentsOfTheRules(Case recorded) {
    for (String tool : List.of("iptables", "ip6tables")) {
      Path rules = recorded.folder().resolve("expected").resolve(tool + ".rules");
      if (Files.exists(rules)) {
        List<String> arguments = new ArrayList<>(List.of("whois", "--" + tool, rules.toString()));
        arguments.addAll(declared(recorded, tool + ".rules"));

        Kproxy.Result result = Kproxy.run(arguments);

        assertThat(result.err()).doesNotContain("unknown");
        assertThat(result.exitCode()).isZero();
      }
    }
  }

  @Test
  void namesEveryChainAndSetOfIpvsMode() throws IOException {
    Path cases = Case.shared().resolve("conformance/ipvs");
    Assumptions.assumeTrue(Files.isDirectory(cases), "the recordings are not at hand");
    Set<String> names = new TreeSet<>();
    try (Stream<Path> folders = Files.list(cases)) {
      for (Path folder : folders.toList()) {
        Case recorded = Case.read(folder);
        names.addAll(
            declared(recorded, "iptables.rules", "ip6tables.rules", "ipset.restore", "ipset.save"));
      }
    }
    assertThat(names).contains("KUBE-6-LOAD-BALANCER-SOURCE-CID", "KUBE-IPVS-FILTER");

    Kproxy.Result result =
        Kproxy.run(Stream.concat(Stream.of("whois"), names.stream()).toArray(String[]::new));

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
  }

  /// The hashes are those of `published walk-throughs and of kube-proxy's own tests; a port without
  /// a name was once hashed with a colon behind the name.
  @ParameterizedTest
  @CsvSource({
    "KUBE-SVC-XPGD46QRK7WJZT7O, ns1/svc1:p80 (tcp): spreads traffic over the endpoints of the"
        + " cluster",
    "KUBE-XLB-XPGD46QRK7WJZT7O, ns1/svc1:p80 (tcp): spreads external traffic over the endpoints of"
        + " this node (up to 1.23)",
    "KUBE-SEP-SXIVWICOYRO3J4NJ, ns1/svc1:p80 (tcp) -> 10.180.0.1:80: sends traffic to this"
        + " endpoint",
    "KUBE-SVC-GNZBNJ2PO5MGZ6GT, ns2/svc2:p80 (tcp): spreads traffic over the endpoints of the"
        + " cluster"
  })
  void knowsHashesFromComments(String name, String meaning) {
    String rules =
        """
        *nat
        :KUBE-SERVICES - [0:0]
        :KUBE-SVC-XPGD46QRK7WJZT7O - [0:0]
        :KUBE-SEP-SXIVWICOYRO3J4NJ - [0:0]
        -A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 cluster IP" -j KUBE-SVC-XPGD46QRK7WJZT7O
        -A KUBE-SERVICES -m comment --comment "ns2/svc2:p80 has no endpoints" -j RETURN
        -A KUBE-SVC-XPGD46QRK7WJZT7O -j KUBE-SEP-SXIVWICOYRO3J4NJ
        -A KUBE-SEP-SXIVWICOYRO3J4NJ -p tcp -m tcp -j DNAT --to-destination 10.180.0.1:80
        COMMIT
        """;

    Kproxy.Result result =
        Kproxy.runWithInput(
            rules.getBytes(StandardCharsets.UTF_8), "whois", name, "--iptables", "-");

    assertThat(result.out()).isEqualTo(name + "  " + meaning + "\n");
  }

  /// `default/kubernetes:` and `tcp`: what kube-proxy hashed for an unnamed port before 1.16.
  @Test
  void knowsPortsWithoutANameInTheSpellingOfOldReleases() {
    String rules =
        """
        *nat
        :KUBE-SVC-4N57TFCL4MD7ZTDA - [0:0]
        -A KUBE-SVC-4N57TFCL4MD7ZTDA -m comment --comment "default/nginx:" -j RETURN
        COMMIT
        """;

    Kproxy.Result result =
        Kproxy.runWithInput(
            rules.getBytes(StandardCharsets.UTF_8),
            "whois",
            "KUBE-SVC-4N57TFCL4MD7ZTDA",
            "--iptables",
            "-");

    assertThat(result.out()).startsWith("KUBE-SVC-4N57TFCL4MD7ZTDA  default/nginx (tcp): ");
  }

  @Test
  void saysWhatTheFilterOfIpvsModeDropsOfTheNodesOwnTraffic() {
    assertThat(Kproxy.run("whois", "KUBE-IPVS-OUT-FILTER").out())
        .isEqualTo(
            "KUBE-IPVS-OUT-FILTER  drops the node's own traffic to load balancers from other source"
                + " ranges, in ipvs mode\n");
  }

  @Test
  void saysWhatIsUnknown() {
    Kproxy.Result result =
        Kproxy.run("whois", "KUBE-SVC-AAAAAAAAAAAAAAAA", "KUBE-MARK-MASQ", "-f", MYSQL);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .isEqualTo("KUBE-MARK-MASQ  marks packets that are to be masqueraded\n");
    assertThat(result.err()).isEqualTo("unknown: KUBE-SVC-AAAAAAAAAAAAAAAA\n");
  }

  @Test
  void refusesOptionsThatSayNothingWithoutManifests() {
    Kproxy.Result result = Kproxy.run("whois", "KUBE-MARK-MASQ", "--cpus", "4");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo("error KP302: --cpus: says nothing without manifests, which -f names\n");
  }

  @Test
  void refusesHashesWithoutAnythingToFindThemIn() {
    Kproxy.Result result = Kproxy.run("whois", "KUBE-SVC-AAAAAAAAAAAAAAAA");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("KP102", "KUBE-SVC-AAAAAAAAAAAAAAAA");
  }
}
