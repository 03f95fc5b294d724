package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.Namespace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Applies every recorded case in a network namespace of its own, beside rules of others: it reads
/// back as recorded, and uninstalling leaves what was there before.
class ApplyCasesTest {
  /// Rules of somebody else, in a chain of their own and in built-in ones.
  private static final String STRANGER =
      """
      for tool in iptables-VARIANT ip6tables-VARIANT; do
        $tool -A INPUT -p tcp --dport 22 -j ACCEPT
        $tool -t nat -N DOCKER
        $tool -t nat -A DOCKER -p tcp --dport 80 -j RETURN
        $tool -t nat -A PREROUTING -j DOCKER
      done
      """;

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  /// One case in a dozen; `-Dkproxy.apply.cases=all` takes all of them, which takes minutes.
  static Stream<Arguments> cases() {
    List<Case> cases = Case.iptables().toList();
    boolean all = System.getProperty("kproxy.apply.cases", "").equals("all");
    return IntStream.range(0, cases.size())
        .filter(i -> all || i % 12 == 0)
        .mapToObj(cases::get)
        .flatMap(c -> Stream.of("nft", "legacy").map(variant -> Arguments.of(c, variant)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsBackAsRecordedAndGoesWithoutTrace(Case recorded, String variant) throws IOException {
    String rules = directory.resolve("rules").toString();
    String style = recorded.toString().length() % 2 == 0 ? "save" : "restore";
    Kproxy.Result compiled = Kproxy.run(recorded.compile("-d", rules, "--style", style));
    assertThat(compiled.exitCode()).as(compiled.err()).isZero();
    String node = recorded.settings().getOrDefault("node", List.of("")).getFirst();

    try (Namespace empty = Namespace.open()) {
      done(run(empty, "apply", rules, "--node", node, "--backend", variant));
      assertThat(empty.tables(variant)).isEqualTo(expected(recorded));
    }
    try (Namespace shared = Namespace.open()) {
      shared.sh(STRANGER.replace("VARIANT", variant));
      Map<String, String> before = shared.tables(variant);
      done(run(shared, "apply", rules, "--node", node, "--backend", variant));
      assertThat(run(shared, "status").exitCode()).isZero();
      assertThat(shared.sh("iptables-" + variant + "-save"))
          .contains("-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT", "-A PREROUTING -j DOCKER");
      done(run(shared, "uninstall"));
      assertThat(shared.tables(variant)).isEqualTo(before);
      assertThat(shared.sh("nfacct list")).isEmpty();
    }
  }

  private Kproxy.Result run(Namespace namespace, String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    arguments.addAll(List.of("--state-dir", directory.resolve("state").toString()));
    return Kproxy.run(namespace, arguments);
  }

  private static void done(Kproxy.Result result) {
    assertThat(result.exitCode()).as(result.err()).isZero();
  }

  private static Map<String, String> expected(Case recorded) {
    Map<String, String> tables = new TreeMap<>();
    for (String family : List.of("4", "6")) {
      recorded
          .expected(family.equals("4") ? "iptables.rules" : "ip6tables.rules")
          .ifPresent(
              text ->
                  Namespace.split(text)
                      .forEach((table, lines) -> tables.put("IPv" + family + table, lines)));
    }
    return tables;
  }
}
