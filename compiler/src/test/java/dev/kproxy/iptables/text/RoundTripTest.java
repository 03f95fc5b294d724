package dev.kproxy.iptables.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kproxy.TestFiles;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The law of the language: `print(parse(x)) = x`, but for lines that begin with `#`.
class RoundTripTest {
  @Test
  void holdsForEveryRecordedCase() throws IOException {
    assertThat(holdsBelow(TestFiles.testdata("cases"))).isGreaterThan(0);
  }

  @Test
  void holdsForEveryRecordingBesideTheProject() throws IOException {
    Optional<Path> conformance = TestFiles.recordings("conformance");
    assumeTrue(conformance.isPresent(), "no recordings beside the project");
    assertThat(holdsBelow(conformance.get().resolve("iptables"))).isGreaterThan(500);
    assertThat(holdsBelow(conformance.get().resolve("ipvs"))).isGreaterThan(150);
  }

  private static int holdsBelow(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files =
          all.filter(it -> it.getFileName().toString().matches("ip6?tables\\.(rules|restore)"))
              .toList();
    }
    for (Path file : files) {
      String text = Files.readString(file);
      boolean restore = file.toString().endsWith(".restore");
      assertThat(reprint(file, text, restore ? Spelling.RESTORE : Spelling.SAVE))
          .as("%s", file)
          .isEqualTo(withoutComments(text));
    }
    return files.size();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hosts/k8s/calico-fv-cali-iptables-dump.txt",
        "hosts/iptables_semantics/parser_test.ip6tables-save"
      })
  void holdsForDumpsOfHosts(String path) throws IOException {
    Path file = TestFiles.testdata(path);
    String text = Files.readString(file);
    assertThat(reprint(file, text, Spelling.SAVE)).isEqualTo(withoutComments(text));
  }

  @Test
  void addsTheAnswerThatSomebodyCutFromADump() throws IOException {
    Path file = TestFiles.testdata("hosts/k8s/calico-fv-iptables-dump.txt");
    String text = Files.readString(file);
    String asSaved =
        text.replace(
            "-A cali-old-chain -j REJECT\n",
            "-A cali-old-chain -j REJECT --reject-with icmp-port-unreachable\n");
    assertThat(reprint(file, text, Spelling.SAVE)).isEqualTo(withoutComments(asSaved));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k8s/gke-2016-after-services.iptables-save",
        "k8s/gke-2016-before-services.iptables-save",
        "k8s/kubeadm-1.29-flannel-2024.iptables-save",
        "k8s/transcribed/ipvs-stale-corrupt-dnat-2022.filter.iptables-save",
        "k8s/transcribed/k3s-2022-legacy-counters.iptables-save",
        "k8s/transcribed/weave-kubeadm-1.11-2018.iptables-save",
        "iptables_semantics/synology.iptables-save"
      })
  void holdsForDumpsBesideTheProject(String path) throws IOException {
    Optional<Path> file = TestFiles.recordings("dumps/" + path);
    assumeTrue(file.isPresent(), "no dumps beside the project");
    String text = Files.readString(file.get());
    Spelling spelling = text.contains("\n[") ? Spelling.SAVE_COUNTERS : Spelling.SAVE;
    assertThat(reprint(file.get(), text, spelling)).isEqualTo(withoutComments(text));
  }

  @Test
  void readsTheListingOfOneTable() throws IOException {
    Optional<Path> file =
        TestFiles.recordings("dumps/k8s/transcribed/centos-2018-recent-affinity.nat-S");
    assumeTrue(file.isPresent(), "no dumps beside the project");
    List<Diagnostic> diagnostics = new ArrayList<>();
    Optional<Ruleset> ruleset =
        IptablesParser.parseTable(
            Family.IPV4, "nat", Files.readString(file.get()), "nat-S", diagnostics::add);
    assertThat(diagnostics).isEmpty();
    assertThat(ruleset.orElseThrow().table("nat").orElseThrow().chain("KUBE-SERVICES")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BadIPs-01",
        "OverallIPTablesRules-01",
        "SyncProxyRulesRepeated-01",
        "SyncProxyRulesRepeated-02",
        "SyncProxyRulesRepeated-03",
        "SyncProxyRulesRepeated-04",
        "SyncProxyRulesRepeated-05",
        "SyncProxyRulesRepeated-06",
        "SyncProxyRulesRepeated-07",
        "SyncProxyRulesRepeated-08",
        "SyncProxyRulesRepeated-09"
      })
  void readsWhatTheTestsOfKubeProxyExpect(String name) throws IOException {
    Path file = TestFiles.testdata("hosts/k8s/kube-proxy-golden/iptables-Test" + name + ".rules");
    assertThat(parse(file, Files.readString(file)).tables()).hasSize(2);
  }

  /// The dumps that iptables-restore refuses, too, and texts that are no dumps; with what is said
  /// of them first.
  @ParameterizedTest
  @CsvSource({
    "hosts/iptables_semantics/parser_test.iptables-save, 12:55: error KP601",
    "hosts/k8s/kube-proxy-golden/iptables-TestTracePacket-01.rules, 11:42: error KP601"
  })
  void refusesDumpsThatNoToolReads(String path, String diagnostic) throws IOException {
    assertRefused(TestFiles.testdata(path), diagnostic);
  }

  @ParameterizedTest
  @CsvSource({
    "k8s/minik8s-2023-service-fragment.rules, 1:1: error KP601",
    "k8s/minikube-2020-iptables-mode.iptables-L-nv-nat, 1:1: error KP602",
    "k8s/minikube-2020-ipvs/iptables-L-nv-nat.txt, 1:1: error KP602",
    "k8s/transcribed/centos-2018-recent-affinity.nat-S, 1:1: error KP602",
    "k8s/transcribed/ipvs-stale-corrupt-dnat-2022.nat.iptables-save, 52:122: error KP604"
  })
  void refusesOtherDumpsBesideTheProject(String path, String diagnostic) throws IOException {
    Optional<Path> file = TestFiles.recordings("dumps/" + path);
    assumeTrue(file.isPresent(), "no dumps beside the project");
    assertRefused(file.get(), diagnostic);
  }

  private static void assertRefused(Path file, String diagnostic) throws IOException {
    List<String> diagnostics = new ArrayList<>();
    Optional<Ruleset> ruleset =
        IptablesParser.parse(
            Family.IPV4, Files.readString(file), "f", it -> diagnostics.add(it.toString()));
    assertThat(ruleset).isEmpty();
    assertThat(diagnostics.getFirst()).startsWith("f:" + diagnostic);
  }

  /// Both spellings lead back to the same rule, whatever the rule.
  @ParameterizedTest
  @EnumSource(Family.class)
  void leadsBackToTheSameRule(Family family) {
    long seed = Long.getLong("kproxy.seed", 1);
    RandomRules rules = new RandomRules(seed, family);
    for (int i = 0; i < 2000; i++) {
      Rule rule = rules.rule(List.of("filter", "nat", "mangle", "raw").get(i % 4));
      for (Spelling spelling : Spelling.values()) {
        String line = IptablesPrinter.print(family, "X", rule, spelling);
        assertThat(parseRule(family, line)).as("seed %d: %s", seed, line).isEqualTo(rule);
      }
    }
  }

  private static Rule parseRule(Family family, String line) {
    String text = "*filter\n:X - [0:0]\n:" + RandomRules.CHAIN + " - [0:0]\n" + line + "\nCOMMIT\n";
    List<Diagnostic> diagnostics = new ArrayList<>();
    Optional<Ruleset> ruleset = IptablesParser.parse(family, text, "random", diagnostics::add);
    assertThat(diagnostics).as(line).isEmpty();
    Rule parsed = ruleset.orElseThrow().tables().getFirst().chains().getFirst().rules().getFirst();
    return new Rule(parsed.matches(), parsed.action());
  }

  @Test
  void keepsTheOrderOfInterleavedChains() {
    String text =
        """
        *nat
        :B - [0:0]
        :A - [0:0]
        -A A -j B
        -A B -j ACCEPT
        -A B -j DROP
        -A A -j RETURN
        COMMIT
        """;
    Ruleset ruleset = parse(Path.of("x"), text);
    assertThat(ruleset.tables().getFirst().runs())
        .containsExactly(new Table.Run("A", 1), new Table.Run("B", 2), new Table.Run("A", 1));
    assertThat(IptablesPrinter.print(ruleset, Spelling.RESTORE)).isEqualTo(text);
  }

  @Test
  void remembersTheLinesOfRules() {
    Ruleset ruleset =
        parse(
            Path.of("x"),
            """
            # comment
            *filter
            :INPUT ACCEPT [0:0]

            -A INPUT -j ACCEPT
            -A INPUT -s 10.0.0.1,10.0.0.2 -j DROP
            COMMIT
            """);
    Chain input = ruleset.tables().getFirst().chains().getFirst();
    assertThat(input.rules()).extracting(Rule::line).containsExactly(5, 6, 6);
    assertThat(input.rules().getFirst()).isEqualTo(new Rule(List.of(), new Action.Accept()));
  }

  private static String reprint(Path file, String text, Spelling spelling) {
    return IptablesPrinter.print(parse(file, text), spelling);
  }

  private static Ruleset parse(Path file, String text) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    String name = file.getFileName().toString();
    Family family = name.contains("ip6tables") ? Family.IPV6 : Family.IPV4;
    Optional<Ruleset> ruleset = IptablesParser.parse(family, text, name, diagnostics::add);
    assertThat(diagnostics).as("%s", file).isEmpty();
    return ruleset.orElseThrow();
  }

  private static String withoutComments(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .map(line -> line + "\n")
        .collect(Collectors.joining());
  }
}
