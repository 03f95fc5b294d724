package dev.kproxy.iptables.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.net.Family;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Random rules, loaded into a network namespace of their own: iptables-save must print them as the
/// printer does. Skipped where this cannot be done, unless KPROXY_REQUIRE_KERNEL=1.
class KernelTest {
  private static final int RULES = 150;

  @TempDir Path folder;

  @BeforeAll
  static void needsKernel() throws IOException, InterruptedException {
    boolean usable =
        run("unshare -n sh -c 'iptables-save && ip6tables-save && ipset list && nfacct list'") == 0;
    if ("1".equals(System.getenv("KPROXY_REQUIRE_KERNEL"))) {
      assertThat(usable).as("iptables, ipset and nfacct in a network namespace").isTrue();
    }
    assumeTrue(usable, "no iptables, ipset and nfacct, or not root");
  }

  @ParameterizedTest
  @CsvSource({"IPV4,nft", "IPV4,legacy", "IPV6,nft", "IPV6,legacy"})
  void savesWhatThePrinterPrints(Family family, String variant)
      throws IOException, InterruptedException {
    long seed = Long.getLong("kproxy.seed", 1);
    for (String table : List.of("filter", "nat", "mangle", "raw")) {
      RandomRules random = new RandomRules(seed, family);
      List<Rule> rules = new ArrayList<>();
      for (int i = 0; i < RULES; i++) {
        rules.add(random.rule(table));
      }
      assertSaved(family, variant, table, rules, seed);
    }
  }

  private void assertSaved(Family family, String variant, String table, List<Rule> rules, long seed)
      throws IOException, InterruptedException {
    Ruleset ruleset =
        new Ruleset(
            family,
            List.of(
                new Table(
                    table,
                    List.of(
                        new Chain.Of(RandomRules.CHAIN, List.of()), new Chain.Of("X", rules)))));
    Path saved = folder.resolve("saved");
    for (Spelling spelling : List.of(Spelling.SAVE, Spelling.RESTORE)) {
      Path rulesFile = folder.resolve("rules");
      Files.writeString(rulesFile, IptablesPrinter.print(ruleset, spelling));
      String tool = (family == Family.IPV4 ? "iptables-" : "ip6tables-") + variant;
      String inet = family == Family.IPV4 ? "inet" : "inet6";
      int status =
          run(
              """
              unshare -n sh -e <<'END'
              ipset create %s hash:ip,port family %s
              ipset create %s hash:ip family %s
              nfacct add %s
              %s-restore < %s
              %s-save -t %s > %s
              END\
              """
                  .formatted(
                      RandomRules.SET,
                      inet,
                      RandomRules.IP_SET,
                      inet,
                      RandomRules.ACCOUNT,
                      tool,
                      rulesFile,
                      tool,
                      table,
                      saved));
      assertThat(status).as("seed %d, table %s, %s, %s", seed, table, tool, spelling).isZero();
      assertThat(rulesOf(Files.readString(saved)))
          .as("seed %d, table %s, %s, %s", seed, table, tool, spelling)
          .isEqualTo(rulesOf(IptablesPrinter.print(ruleset, Spelling.SAVE)));
    }
  }

  /// The legacy back end also saves the built-in chains.
  private static String rulesOf(String text) {
    return text.lines().filter(line -> line.startsWith("-A")).collect(Collectors.joining("\n"));
  }

  private static int run(String script) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    if (process.exitValue() != 0) {
      System.err.println(output);
    }
    return process.exitValue();
  }
}
