package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Walks through what the README shows to operators, in a network namespace.
class OperatorsWalkTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```console\n(# .*?)```");
  private static final Pattern COMMAND = Pattern.compile("(?m)^# (.*)\n((?:(?!# ).*\n)*)");
  private static final Pattern STAGE = Pattern.compile(" \\| (grep|tail -n) (\\S+)");

  @TempDir private Path state;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  @Test
  void showsWhatHappens() throws IOException {
    String readme = Files.readString(Case.root().resolve("README.md"));
    int commands = 0;
    try (Namespace namespace = Namespace.open()) {
      for (Matcher block = BLOCK.matcher(readme); block.find(); ) {
        for (Matcher shown = COMMAND.matcher(block.group(1)); shown.find(); commands++) {
          assertThat(output(namespace, shown.group(1)))
              .as(shown.group(1))
              .isEqualTo(shown.group(2).strip());
        }
      }
    }
    assertThat(commands).isGreaterThan(8);
  }

  private String output(Namespace namespace, String command) {
    if (!command.startsWith("./kproxy ")) {
      return namespace.sh(command);
    }
    String words = STAGE.matcher(command).replaceAll("").substring("./kproxy ".length());
    List<String> arguments = new ArrayList<>();
    for (String word : words.split(" ", -1)) {
      boolean file = word.startsWith("testdata/");
      arguments.add(file ? Case.root().resolve(word).toString() : word);
    }
    arguments.addAll(List.of("--state-dir", state.toString()));
    if (arguments.getFirst().equals("apply")) {
      arguments.addAll(List.of("--backend", "nft")); // whatever iptables stands for here
    }
    Kproxy.Result result = Kproxy.run(namespace, arguments);
    assertThat(result.exitCode()).as(command + ": " + result.err()).isIn(0, 1);
    List<String> lines = result.out().lines().toList();
    for (Matcher stage = STAGE.matcher(command); stage.find(); ) {
      String word = stage.group(2);
      lines =
          stage.group(1).equals("grep")
              ? lines.stream().filter(line -> line.contains(word)).toList()
              : lines.subList(lines.size() - Integer.parseInt(word), lines.size());
    }
    return String.join("\n", lines);
  }
}
