package dev.kproxy.manifest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Scalars mean what go-yaml and sigs.k8s.io/yaml make of them.
final class YamlScalarTest {
  static Stream<Object> rows() throws IOException {
    Path file = Path.of(System.getProperty("kproxy.root"), "testdata/yaml/scalars.jsonl");
    return Files.readAllLines(file).stream().map(Plain::parse);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void resolvesScalarsAsRecorded(Map<?, ?> row) {
    Found found = Found.objects(row.get("text") + "kind: K\napiVersion: v1\n");

    if (row.get("json") instanceof Map<?, ?> recorded) {
      Map<@Nullable Object, @Nullable Object> expected = new HashMap<>(recorded);
      expected.put("kind", "K");
      expected.put("apiVersion", "v1");
      assertThat(found.problems).as("%s", row).isEmpty();
      assertThat(found.plain()).as("%s", row).isEqualTo(List.of(expected));
    } else {
      assertThat(found.objects).as("%s", row).isEmpty();
      assertThat(found.problems).as("%s", row).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "!foo 80",
        "!!binary aGk=",
        "!!timestamp 2026-11-21",
        "!!java.net.URL [x]",
        "!!set {a}",
        "!!seq {a: 1}",
        "!!map [a]",
        "!<tag:example.com,2000:x> a"
      })
  void refusesTagsOutsideOfTheCoreSchema(String value) {
    Found found = Found.objects("kind: K\napiVersion: v1\na: " + value + "\n");

    assertThat(found.objects).isEmpty();
    assertThat(found.problems).hasSize(1);
    assertThat(found.problems.getFirst())
        .startsWith("f:3:4: error KP107: the tag ")
        .endsWith(" is not supported");
  }
}
