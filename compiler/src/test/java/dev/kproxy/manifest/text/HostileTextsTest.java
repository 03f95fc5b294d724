package dev.kproxy.manifest.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whatever a text holds, the answer is short, has a place, and comes soon.
@Timeout(10)
final class HostileTextsTest {
  private static final String GOOD = "kind: Service\napiVersion: v1\nname: shop\n";
  private static final String BOMB =
      "a: &a [x,x,x,x,x,x,x,x,x]\n"
          + IntStream.range(1, 13)
              .mapToObj(
                  n ->
                      "%c: &%c [%s]\n"
                          .formatted('a' + n, 'a' + n, nine("*" + (char) ('a' + n - 1))))
              .collect(Collectors.joining());

  private static String nine(String word) {
    return String.join(",", java.util.Collections.nCopies(9, word));
  }

  private static void refuses(byte[] text, String problem) {
    Found found = Found.objects(text);
    assertThat(found.problems).hasSize(1);
    assertThat(found.problems.getFirst()).startsWith(problem).hasSizeLessThan(300);
  }

  private static void refuses(String text, String problem) {
    refuses(text.getBytes(StandardCharsets.UTF_8), problem);
  }

  @Test
  void refusesWhatIsNoText() {
    byte[] all = new byte[256 * 64];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    refuses(all, "f:1:1: error KP104: control character U+0000 is not allowed");
    refuses(new byte[] {0x1F, (byte) 0x8B, 8}, "f:1:1: error KP104: control character U+001F");
    refuses(GOOD.replace("sh", "sh\0"), "f:3:9: error KP104: control character U+0000");
    refuses("{\"kind\": \"a\0b\"}", "f:1:12: error KP104: control character U+0000");
  }

  @Test
  void refusesOtherEncodings() {
    refuses(
        GOOD.replace("shop", "café").getBytes(StandardCharsets.ISO_8859_1),
        "f:3:10: error KP104: byte 0xE9 here is not UTF-8");
    refuses(GOOD.getBytes(StandardCharsets.UTF_16), "f:1:1: error KP104: the text is UTF-16");
    refuses(
        ("\uFEFF" + GOOD).getBytes(StandardCharsets.UTF_16LE), "f:1:1: error KP104: the text is");
    refuses(
        "{\"kind\": 1}".getBytes(StandardCharsets.UTF_16LE),
        "f:1:2: error KP104: control character U+0000 is not allowed");
    refuses(new byte[] {'a', ':', ' ', (byte) 0xC0, (byte) 0x80}, "f:1:4: error KP104: byte 0xC0");
    refuses(
        new byte[] {'a', ':', (byte) 0xED, (byte) 0xA0, (byte) 0x80}, "f:1:3: error KP104: byte");
    refuses(new byte[] {'a', ':', (byte) 0xF0, (byte) 0x9F}, "f:1:3: error KP104: byte 0xF0");
    refuses(
        "{\"kind\": \"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1),
        "f:1:11: error KP104: byte 0xE9 here is not UTF-8");
  }

  @Test
  void readsByteOrderMarksAndWindowsLineEnds() {
    assertThat(Found.objects("\uFEFF" + GOOD).plain()).isEqualTo(Found.objects(GOOD).plain());
    String two = GOOD + "---\n" + GOOD;
    assertThat(Found.objects(two.replace("\n", "\r\n")).plain())
        .isEqualTo(Found.objects(two).plain())
        .hasSize(2);
  }

  @Test
  void refusesBrokenSyntaxWhereItBreaks() {
    refuses("kind: a\nmetadata:\n\tname: web\n", "f:3:1: error KP103: a tab may not indent");
    refuses("a:\n  b: 1\n   c: 2\n", "f:3:5: error KP103: a colon is one too many here");
    refuses("a: \"htt", "f:1:8: error KP103: the text ends within a quoted string");
    refuses("a: \"\\u", "f:1:7: error KP103: not YAML");
    refuses("{\"kind\": \"Service\", \"spec\": {", "f:1:30: error KP103: ");
    assertThat(Found.objects("// a comment\n{\"kind\": 1}").problems.getFirst())
        .startsWith("f:1:1: error KP109: is a string");
    refuses("{{- if .Values.on }}\nkind: Service\n{{- end }}\n", "f:1:2: error KP103: ");
    refuses("just some text\n", "f:1:1: error KP109: is a string, not an object");
    refuses("- a\n- b\n", "f:1:1: error KP109: is a list, not an object");
  }

  @Test
  void knowsTemplates() {
    String hint = "; this looks like a template, to be rendered first (helm template)";
    String brackets = "a list or mapping cannot be the name of a field" + hint;
    refuses("{{- if .Values.on }}\nkind: A\n{{- end }}\n", "f:1:2: error KP103: " + brackets);
    refuses(GOOD + "name: {{ include \"app\" . }}\n", "f:4:8: error KP103: " + brackets);
    refuses(
        GOOD + "{% if metrics %}\nport: 1\n{% endif %}\n",
        "f:4:2: error KP103: nothing can begin with this character" + hint);
    refuses(
        GOOD + "labels:\n  {{- toYaml .Values.labels | nindent 2 }}\n  app: web\n",
        "f:5:4: error KP103: " + brackets);
    assertThat(Found.objects("{{- if on }}\n---\n{{ x }}\n---\n{{ y }}\n").problems).hasSize(1);
    assertThat(Found.objects(GOOD + "{a: {b: 1}}: 2\n").problems)
        .containsExactly("f:4:1: error KP103: a list or mapping cannot be the name of a field");
  }

  @Test
  void refusesWhatFollowsAnObject() {
    Found json = Found.objects("{\"kind\":\"A\",\"apiVersion\":\"v1\"} trailing garbage }");
    assertThat(json.objects).hasSize(1);
    assertThat(json.problems).hasSize(1);
    assertThat(json.problems.getFirst()).startsWith("f:1:3");

    refuses(
        "---\n{kind: A, apiVersion: v1}\n{kind: B, apiVersion: v1}\n",
        "f:3:1: error KP103: something follows");
  }

  @Test
  void refusesKeysThatStandTwice() {
    refuses(
        "kind: A\napiVersion: v1\nspec: {port: 80, port: 443}\n",
        "f:3:18: error KP105: \"port\" stands twice in this mapping, first in line 3");
    refuses(
        "{\"kind\":\"A\",\"apiVersion\":\"v1\",\n\"port\":80,\n\"port\":443}",
        "f:3:1: error KP105: \"port\" stands twice in this mapping, first in line 2");
    String many =
        IntStream.range(0, 50).mapToObj(i -> "k" + i + ": 1\n").collect(Collectors.joining());
    refuses(GOOD + many + "k7: 2\n", "f:54:1: error KP105: \"k7\" stands twice");
  }

  @Test
  void mergesOverrideWhatStandsBeforeThemAsInGoYaml() {
    Found found =
        Found.objects(
            """
            kind: A
            apiVersion: v1
            x: &x {a: 1, b: 1}
            z: {a: 2, <<: *x, b: 2}
            """);
    assertThat(found.problems).isEmpty();
    assertThat(found.plain().getFirst())
        .asString()
        .contains("z={a=Literal[text=1], b=Literal[text=2]}");
  }

  @Test
  void refusesAliasesThatLeadNowhereOrForEver() {
    refuses("kind: *nope\n", "f:1:7: error KP106: no anchor \"nope\" before this alias");
    refuses("a: &m\n  b: *m\n", "f:2:6: error KP106: the anchor \"m\" contains itself");
    refuses("a: &m\n  <<: *m\n", "f:2:7: error KP106: the anchor \"m\" contains itself");
  }

  @Test
  void doesNotLetAliasesReachOverDocuments() {
    Found found = Found.objects("kind: A\napiVersion: &v v1\n---\nkind: B\napiVersion: *v\n");
    assertThat(found.objects).hasSize(1);
    assertThat(found.problems)
        .containsExactly("f:5:13: error KP106: no anchor \"v\" before this alias");
  }

  @Test
  void refusesAliasesThatExpandWithoutEnd() {
    refuses(BOMB, "f:4:17: error KP106: the aliases");
    String merges =
        "x0: &x0 {a: 1}\n"
            + IntStream.range(1, 12)
                .mapToObj(n -> "x%d: &x%d {<<: [%s]}\n".formatted(n, n, nine("*x" + (n - 1))))
                .collect(Collectors.joining());
    refuses(merges, "f:");
    refuses(GOOD + "annotations:\n" + BOMB.indent(4), "f:");
  }

  @Test
  void refusesDeepNestingWithoutOverflow() {
    String deep = "[".repeat(20_000) + "]".repeat(20_000);
    refuses("a: " + deep, "f:1:259: error KP108: nested deeper than 256 levels");
    refuses("{\"a\":".repeat(20_000) + "1" + "}".repeat(20_000), "f:1:1281: error KP108: nested");
    String blocks =
        IntStream.range(0, 3000)
            .mapToObj(n -> " ".repeat(n) + "a:\n")
            .collect(Collectors.joining());
    refuses(blocks, "f:257:257: error KP108: nested deeper than 256 levels");
    String good = GOOD + "a: " + "[".repeat(255) + "]".repeat(255);
    assertThat(Found.objects(good).objects).hasSize(1);
  }

  @Test
  void refusesEndlessScalars() {
    refuses("? " + "k".repeat(200_000) + "\n: 1\n", "f:1:1: error KP109: kind: is missing");
    String long8 = "A".repeat(8 << 20);
    refuses(GOOD + "x: " + long8 + "\n", "f:4:");
    assertThat(Found.objects(GOOD + "x: " + long8).problems.getFirst())
        .contains("error KP108: more than 2 MiB");
    refuses("{\"kind\": \"" + long8 + "\"}", "f:1:");
    refuses("{\"kind\": " + "1".repeat(5000) + "}", "f:1:");
    assertThat(Found.objects(GOOD + "x: " + "1".repeat(2_000_000)).objects).hasSize(1);
  }

  @Test
  void readsManyEmptyDocumentsInLinearTime() {
    assertThat(Found.objects("---\n".repeat(100_000) + GOOD).objects).hasSize(1);
    assertThat(Found.objects("---\n\n".repeat(100_000) + GOOD).objects).hasSize(1);
  }

  @Test
  void listsOnlyTheFirstOfManyProblems() {
    Found found = Found.objects("---\na: [\n".repeat(5_000));
    assertThat(found.problems).hasSize(21);
    assertThat(found.problems.getLast())
        .isEqualTo("f:43:1: error KP108: from here on, errors of this file are not listed");
  }

  @Test
  void readsOnBehindABrokenDocument() {
    Found found = Found.objects(GOOD + "---\na: b: c\n---\n" + GOOD + "--- x\n---\n" + GOOD);
    assertThat(found.objects).hasSize(3);
    assertThat(found.problems)
        .containsExactly(
            "f:5:5: error KP103: a colon is one too many here, or the indentation is wrong",
            "f:10:5: error KP103: only a comment may follow the separator --- in its line");
  }

  @Test
  void readsATextThatBeginsAsJsonAndIsYaml() {
    String json = "{\"kind\":\"A\",\"apiVersion\":\"v1\",\"n\":%s%s}";
    assertThat(Found.objects(json.formatted("80.0", "")).plain().toString()).contains("80.0");
    assertThat(Found.objects(json.formatted("80.0", ",")).plain().toString())
        .doesNotContain("80.0");
    assertThat(Found.objects("---\n" + json.formatted("80.0", "")).plain().toString())
        .doesNotContain("80.0");
    String list =
        "{\"kind\":\"L\",\"apiVersion\":\"v1\",\"items\":[" + json.formatted("1", "") + ",],}";
    assertThat(Found.objects(list).objects).hasSize(1);
    assertThat(Found.objects(list).problems).isEmpty();
  }

  @Test
  void takesTheFirstDocumentOfAConfiguration() {
    Found found = Found.configuration("%YAML 1.1\n---\n" + GOOD + "---\n} broken\n");
    assertThat(found.objects).hasSize(1);
    assertThat(found.problems).isEmpty();

    assertThat(Found.configuration("").problems).containsExactly("f:1:1: error KP109: is empty");
    assertThat(Found.configuration("---\n---\n" + GOOD).problems)
        .containsExactly("f:1:1: error KP109: is empty");
    assertThat(Found.configuration(GOOD + "name: last\n").plain().toString()).contains("last");
  }
}
