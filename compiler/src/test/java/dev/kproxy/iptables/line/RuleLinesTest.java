package dev.kproxy.iptables.line;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.TestFiles;
import dev.kproxy.iptables.Rule;
import dev.kproxy.net.Family;
import dev.kproxy.net.SyntaxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A line makes the same rules, or has the same fault, alone and among others: alone it is always
/// read in full, among others it may be recognised.
class RuleLinesTest {
  private static final Set<String> CHAINS = Set.of("DNAT", "DROP", "X", "KUBE-MARK-MASQ");

  /// Words at which a line is wrong, or means something else, where they take another's place.
  private static final List<String> ODD =
      List.of(
          "!",
          "-",
          "--",
          "\"\"",
          "\"-f\"",
          "-f",
          "-s",
          "-d",
          "-j",
          "-g",
          "-p",
          "-c 1 2",
          "-m tcp",
          "-m udp",
          "-m frob --frob",
          "--dport",
          "--dports",
          "--destination-port",
          "--comment",
          "--name",
          "--to-destination",
          "--log-prefix",
          "\"-s 192.0.2.9/32\"",
          "--jump",
          "DNAT",
          "DROP",
          "X",
          "FROB",
          "LOG --log-prefix",
          "010",
          "65536",
          "0",
          "443",
          "80:90",
          ":",
          "/",
          "10.0.0.1",
          "10.0.0.1/33",
          "10.0.0.1/032",
          "10.0.0.01/32",
          "256.1.1.1",
          "1.2.3",
          "1.2.3.4,5.6.7.8",
          "1.2.3.4/255.0.0.255",
          "fd00::1",
          "fd00::1/128",
          "::ffff:1.2.3.4",
          "[fd00::1]:80",
          "[fd00::1:80",
          "1.2.3.4:0",
          "1.2.3.4:080",
          "1.2.3.4:80-90",
          "1.2.3.4-1.2.3.5:80",
          "\"a\\\"b\"",
          "\"a b\"",
          "\"ä\"",
          "\"-s\"",
          "a\"b c\"d",
          "\t",
          "\u0001",
          "'",
          "tcp",
          "udp",
          "17",
          "all",
          "--set",
          "--rcheck",
          "\"unclosed");

  @ParameterizedTest
  @EnumSource(Family.class)
  void saysTheSameOfALineAloneAndAmongOthers(Family family) throws IOException {
    List<String> given = lines(family);
    long seed = Long.getLong("kproxy.seed", 1);
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>(given);
    for (int i = 0; i < 20_000; i++) {
      lines.add(changed(given, random));
    }
    String text = String.join("\n", lines);
    RuleLines together = new RuleLines(family, text.getBytes(StandardCharsets.UTF_8));
    assertThat(together.count()).isEqualTo(lines.size());
    for (int i = 1; i <= lines.size(); i++) {
      String line = lines.get(i - 1);
      boolean chains = random.nextBoolean();
      RuleLines alone = new RuleLines(family, line.getBytes(StandardCharsets.UTF_8));
      assertThat(said(together, i, chains))
          .as("seed %d, chains %s: %s", seed, chains, line)
          .isEqualTo(said(alone, 1, chains));
    }
  }

  /// What is read of a line, and made of it; or why not.
  private static String said(RuleLines lines, int line, boolean chains) {
    try {
      int count = lines.check(line, name -> chains && CHAINS.contains(name));
      List<Rule> rules = lines.rules(line);
      assertThat(rules).hasSize(count).allMatch(rule -> rule.line() == line);
      String shown = rules.toString().replace("line=" + line, "line=1");
      return lines.chainOf(line).text() + " " + shown + " " + lines.callee(line);
    } catch (SyntaxException e) {
      return e.code() + " " + e.column() + " " + e.getMessage();
    }
  }

  /// Rules that kube-proxy and others have written, with counters and without.
  private static List<String> lines(Family family) throws IOException {
    String name = family == Family.IPV4 ? "iptables.rules" : "ip6tables.rules";
    try (Stream<Path> files = Files.walk(TestFiles.testdata(""))) {
      return files
          .filter(
              file ->
                  file.getFileName().toString().equals(name)
                      || (family == Family.IPV4 && file.toString().contains("hosts/")))
          .filter(Files::isRegularFile)
          .flatMap(RuleLinesTest::read)
          .map(line -> line.startsWith("-A") && line.hashCode() % 5 == 0 ? "[7:8] " + line : line)
          .filter(line -> line.startsWith("-A ") || line.startsWith("["))
          .distinct()
          .toList();
    }
  }

  private static Stream<String> read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A line in which words were replaced by those of another, left out or put in.
  private static String changed(List<String> lines, Random random) {
    List<String> words = words(pick(lines, random));
    List<String> others = words(pick(lines, random));
    for (int changes = random.nextInt(3); changes >= 0; changes--) {
      int at = 1 + random.nextInt(words.size());
      String word = random.nextBoolean() ? pick(others, random) : pick(ODD, random);
      switch (random.nextInt(4)) {
        case 0 -> words.add(at, word);
        case 1 -> words.remove(at - 1);
        default -> words.set(at - 1, word);
      }
      if (words.isEmpty()) {
        words.add("-A");
      }
    }
    return String.join(" ", words);
  }

  private static List<String> words(String line) {
    return new ArrayList<>(Arrays.asList(line.split(" ", -1)));
  }

  private static String pick(List<String> words, Random random) {
    return words.get(random.nextInt(words.size()));
  }

  /// Each has something that follows the value of its slot although it is not of the slot.
  @Test
  void isNotMisledByWhatLooksLikeASlot() throws SyntaxException {
    assertAlike(
        "-A X -p tcp -m tcp --destination-port 80 -m multiport --dport 80",
        "-A X -p tcp -m tcp --destination-port 80 -m multiport --dport 443");
    assertAlike(
        "-A X -m comment --comm \"a\" -m frob --comment \"a\"",
        "-A X -m comment --comm \"a\" -m frob --comment \"b\"");
    assertAlike(
        "-A X -s 1.2.3.4/32 -j LOG --log-prefix \"-s 1.2.3.4/32\"",
        "-A X -s 1.2.3.4/32 -j LOG --log-prefix \"-s 5.6.7.8/32\"");
    assertAlike("-A X -m frob --name a -j Y", "-A X -m frob --name b -j Z");
  }

  private static void assertAlike(String... lines) {
    for (int i = 0; i < 2; i++) {
      List<String> all = new ArrayList<>();
      for (int k = 0; k < 3; k++) {
        all.addAll(List.of(lines));
      }
      RuleLines together = lines(String.join("\n", all));
      for (int line = 1; line <= all.size(); line++) {
        assertThat(said(together, line, false)).isEqualTo(said(lines(all.get(line - 1)), 1, false));
      }
    }
  }

  private static RuleLines lines(String text) {
    return new RuleLines(Family.IPV4, text.getBytes(StandardCharsets.UTF_8));
  }

  /// A name that a target has is that of a chain where there is one.
  @Test
  void asksEachTimeWhetherThereIsAChain() throws SyntaxException {
    String line = "-A X -p tcp -j DNAT";
    String other = "-A X -p tcp -m tcp -j DNAT --to-destination 10.0.0.1:80";
    RuleLines lines = lines(String.join("\n", other, other, other, line, line));
    assertThat(lines.check(1, _ -> false)).isEqualTo(1);
    assertThat(lines.check(2, _ -> false)).isEqualTo(1);
    assertThat(said(lines, 3, true)).isEqualTo(said(lines(other), 1, true)).contains("belongs to");
    assertThat(said(lines, 4, false)).contains("needs --to-destination");
    assertThat(said(lines, 5, true)).contains("Jump[chain=DNAT]").contains("Optional[DNAT]");
    assertThat(lines.rules(1)).isEqualTo(lines.rules(2)).asString().contains("Dnat[");
  }
}
