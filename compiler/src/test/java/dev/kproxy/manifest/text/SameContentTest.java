package dev.kproxy.manifest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random trees, written as JSON, as YAML in blocks and as YAML in flows, read back the same.
final class SameContentTest {
  private static final List<String> WORDS =
      List.of(
          "",
          "a",
          "yes",
          "null",
          "010",
          "1e3",
          "a: b",
          " x ",
          "#",
          "- x",
          "é",
          "😀",
          "'",
          "\"",
          "\\",
          "a\nb",
          "\t",
          "10.0.0.1",
          "fd00::1",
          "<<",
          "=",
          "~",
          "{",
          "2026-01-01",
          "---",
          "\u2028");

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsBackWhatWasWritten(long seed) {
    Random random = new Random(seed);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("kind", "K");
    tree.put("apiVersion", "v1");
    tree.put("spec", tree(random, 5));

    StringBuilder json = new StringBuilder();
    flow(tree, json);
    StringBuilder block = new StringBuilder();
    block(tree, 0, block);

    assertThat(Found.objects(json.toString()).plain())
        .as("JSON, seed %d", seed)
        .isEqualTo(List.of(tree));
    assertThat(Found.objects("# YAML\n" + json).plain())
        .as("flow, seed %d", seed)
        .isEqualTo(List.of(tree));
    assertThat(Found.objects(block.toString()).plain())
        .as("block, seed %d", seed)
        .isEqualTo(List.of(tree));
  }

  private static @Nullable Object tree(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 4 : 7)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> new Plain.Literal(Long.toString(random.nextLong() >> random.nextInt(64)));
      case 3 -> word(random);
      case 4 -> {
        List<@Nullable Object> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          items.add(tree(random, depth - 1));
        }
        yield items;
      }
      default -> {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        for (int i = random.nextInt(20); i > 0; i--) {
          fields.put(word(random) + i, tree(random, depth - 1));
        }
        yield fields;
      }
    };
  }

  private static String word(Random random) {
    String word = WORDS.get(random.nextInt(WORDS.size()));
    return random.nextBoolean() ? word : word + WORDS.get(random.nextInt(WORDS.size()));
  }

  private static void flow(@Nullable Object value, StringBuilder out) {
    switch (value) {
      case null -> out.append("null");
      case Map<?, ?> map -> {
        out.append('{');
        map.forEach(
            (name, field) -> {
              quote(String.valueOf(name), out);
              out.append(": ");
              flow(field, out);
              out.append(", ");
            });
        close(out, '}');
      }
      case List<?> list -> {
        out.append('[');
        for (Object item : list) {
          flow(item, out);
          out.append(", ");
        }
        close(out, ']');
      }
      case Plain.Literal number -> out.append(number.text());
      case String string -> quote(string, out);
      default -> out.append(value);
    }
  }

  private static void close(StringBuilder out, char bracket) {
    if (out.charAt(out.length() - 1) == ' ') {
      out.setLength(out.length() - 2);
    }
    out.append(bracket);
  }

  private static void block(@Nullable Object value, int indent, StringBuilder out) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      map.forEach(
          (name, field) -> {
            out.append('\n').repeat(' ', indent);
            quote(String.valueOf(name), out);
            out.append(": ");
            block(field, indent + 2, out);
          });
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      for (Object item : list) {
        out.append('\n').repeat(' ', indent).append("- ");
        block(item, indent + 2, out);
      }
    } else if (value instanceof String string && string.matches("[a-z]\\n[a-z]")) {
      out.append("|-\n")
          .repeat(' ', indent)
          .append(string.replace("\n", "\n" + " ".repeat(indent)));
    } else {
      flow(value, out);
    }
  }

  private static void quote(String string, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        case '\u2028' -> out.append("\\u2028");
        default -> out.append(c);
      }
    }
    out.append('"');
  }
}
