package dev.kproxy.manifest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The recorded texts give the recorded objects, and an error where kubectl gives one.
final class KubectlTextsTest {
  /// What kubectl takes without a word and kproxy refuses: tags that are not the core schema's, and
  /// keys that stand twice.
  private static final Set<String> REFUSED =
      Set.of(
          "tag binary",
          "unknown tag",
          "duplicate key",
          "duplicate top key",
          "boolean key",
          "JSON with duplicate key");

  /// Where kubectl fails as a whole and kproxy has handed objects on: it reads a document before it
  /// looks for the end of it, it goes on behind a broken one, and it opens a list in a list.
  private static final Set<String> READ_ON =
      Set.of(
          "separator with content", "four dashes", "directive", "directive 1.2", "List in a List");

  static Stream<Map<?, ?>> rows() throws IOException {
    Path file = Path.of(System.getProperty("kproxy.root"), "testdata/yaml/kubectl.jsonl");
    return Files.readAllLines(file).stream().map(line -> (Map<?, ?>) row(line));
  }

  private static @Nullable Object row(String line) {
    return Plain.parse(line);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void readsWhatKubectlReads(Map<?, ?> row) {
    Object note = row.get("note");
    Found found = Found.objects(String.valueOf(row.get("text")));

    if (REFUSED.contains(note)) {
      assertThat(found.problems).as("%s", note).hasSize(1);
    } else if (READ_ON.contains(note)) {
      assertThat(found.objects).as("%s", note).hasSize(1);
    } else {
      assertThat(found.plain()).as("%s", note).isEqualTo(row.get("objects"));
      assertThat(found.problems).as("%s", note).hasSize(row.containsKey("error") ? 1 : 0);
    }
  }
}
