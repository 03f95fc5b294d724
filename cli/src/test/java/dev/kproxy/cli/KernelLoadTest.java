package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Loads the save style of every case into the kernel, in a network namespace that ends with the
/// loading process, and reads it back.
class KernelLoadTest {
  /// Loads `nfacct.restore` and both rule files of a folder where they are there, and prints the
  /// rules.
  private static final String SCRIPT =
      """
      cd "$1"
      if [ -f nfacct.restore ]; then nfacct restore < nfacct.restore; fi
      for family in iptables ip6tables; do
        if [ -f $family.rules ]; then
          "$family-$2-restore" < $family.rules
          "$family-$2-save" > $family.saved
        fi
      done
      """;

  @TempDir private Path directory;

  @BeforeAll
  static void needsRootAndTheTools() {
    boolean able =
        "root".equals(System.getProperty("user.name"))
            && Stream.of("iptables-nft-save", "iptables-legacy-save", "nfacct")
                .allMatch(tool -> Files.isExecutable(Path.of("/usr/sbin", tool)));
    if (!"1".equals(System.getenv("KPROXY_REQUIRE_KERNEL"))) {
      assumeTrue(able, "needs root, iptables and nfacct");
    }
  }

  static Stream<Arguments> cases() {
    return Case.iptables()
        .flatMap(c -> Stream.of("nft", "legacy").map(variant -> Arguments.of(c, variant)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void loadsAndReadsBackTheSame(Case recorded, String variant)
      throws IOException, InterruptedException {
    Kproxy.Result compiled = Kproxy.run(recorded.compile("-d", directory.toString()));
    assertThat(compiled.exitCode()).as(compiled.err()).isZero();

    load(variant);

    for (String family : List.of("iptables", "ip6tables")) {
      Path rules = directory.resolve(family + ".rules");
      if (Files.exists(rules)) {
        String saved = Files.readString(directory.resolve(family + ".saved"));
        assertThat(tables(saved)).isEqualTo(tables(Files.readString(rules)));
      }
    }
  }

  /// A large cluster, most of whose rules have no comments before.
  @Test
  void loadsAnnotatedRules() throws IOException, InterruptedException {
    Case large =
        Case.iptables().filter(it -> it.toString().equals("33-large-cluster")).findFirst().get();
    assertThat(Kproxy.run(large.compile("-d", directory.toString())).exitCode()).isZero();
    Path rules = directory.resolve("iptables.rules");
    Kproxy.Result annotated = Kproxy.runWithInput(Files.readAllBytes(rules), "annotate");
    assertThat(annotated.out()).contains(" -> ").isNotEqualTo(Files.readString(rules));
    Files.writeString(rules, annotated.out());

    load("nft");

    assertThat(tables(Files.readString(directory.resolve("iptables.saved"))))
        .isEqualTo(tables(annotated.out()));
  }

  private void load(String variant) throws IOException, InterruptedException {
    Process load =
        new ProcessBuilder(
                "unshare", "--net", "sh", "-e", "-c", SCRIPT, "sh", directory.toString(), variant)
            .redirectErrorStream(true)
            .start();
    String talk = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(load.waitFor()).as(talk).isZero();
  }

  /// The text of each table, without comments and counters; in which order tables come is the
  /// tool's choice.
  static Map<String, String> tables(String text) {
    Map<String, String> tables = new TreeMap<>();
    List<String> table = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (!line.startsWith("#")) {
        table.add(line.startsWith(":") ? line.replaceAll("\\[\\d+:\\d+]$", "[0:0]") : line);
      }
      if (line.equals("COMMIT")) {
        tables.put(table.getFirst(), String.join("\n", table));
        table.clear();
      }
    }
    return tables;
  }
}
