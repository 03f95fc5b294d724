package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs what the README shows, and compares.
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```console\n(.*?)```");
  private static final Pattern COMMAND = Pattern.compile("(?m)^\\$ (.*)\n((?:(?!\\$ ).*\n)*)");
  private static final Pattern STAGE = Pattern.compile(" \\| grep (\\S+)");

  /// A command and what stands below it.
  record Shown(String command, String output) {
    @Override
    public String toString() {
      return command;
    }
  }

  static Stream<Shown> commands() throws IOException {
    String readme = Files.readString(Case.root().resolve("README.md"));
    List<Shown> shown = new ArrayList<>();
    for (Matcher block = BLOCK.matcher(readme); block.find(); ) {
      for (Matcher command = COMMAND.matcher(block.group(1)); command.find(); ) {
        if (command.group(1).startsWith("./kproxy ")) {
          shown.add(new Shown(command.group(1), command.group(2)));
        }
      }
    }
    return shown.stream();
  }

  /// The commands run in the project's folder, as a reader would run them; a command without output
  /// is one whose output is too long to show.
  @ParameterizedTest
  @MethodSource("commands")
  void showsWhatCommandsPrint(Shown shown) {
    String words = STAGE.matcher(shown.command()).replaceAll("").substring("./kproxy ".length());
    boolean both = words.contains(" 2>&1");
    Kproxy.Result result = Kproxy.run(words.replace(" 2>&1", "").split(" ", -1));
    boolean isDifferent = words.startsWith("diff ");
    assertThat(result.exitCode()).as(result.err()).isEqualTo(isDifferent ? 1 : 0);
    String output = both ? result.err() + result.out() : result.out();
    for (Matcher stage = STAGE.matcher(shown.command()); stage.find(); ) {
      output = grep(stage.group(1), output);
    }
    if (shown.output().isEmpty()) {
      assertThat(output).isNotEmpty();
    } else {
      assertThat(output).isEqualTo(shown.output());
    }
  }

  private static String grep(String word, String text) {
    StringBuilder kept = new StringBuilder();
    text.lines().filter(line -> line.contains(word)).forEach(l -> kept.append(l).append('\n'));
    return kept.toString();
  }
}
