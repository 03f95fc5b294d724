package dev.kproxy.manifest.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.net.Diagnostic;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Lists are opened: each item is an object of its own, handed on as soon as it was read.
final class ListsTest {
  @ParameterizedTest
  @CsvSource({
    "ServiceList, Service",
    "EndpointSliceList, EndpointSlice",
    "NodeList, Node",
    "Odd, Odd"
  })
  void givesItemsWithoutKindTheListsKind(String list, String item) {
    String kindFirst = "kind: %s\napiVersion: v9\nitems: [{a: 1}]\n".formatted(list);
    String kindLast =
        "{\"apiVersion\":\"v9\",\"items\":[{\"a\":1}],\"kind\":\"%s\"}".formatted(list);

    assertThat(Found.objects(kindFirst).plain())
        .isEqualTo(Found.objects(kindLast).plain())
        .hasSize(1)
        .first()
        .asString()
        .contains("kind=" + item, "apiVersion=v9");
  }

  @Test
  void leavesItemsWithAnApiVersionAloneAsKubectlDoes() {
    Found found =
        Found.objects("kind: ServiceList\napiVersion: v1\nitems:\n- apiVersion: v1\n  a: 1\n");

    assertThat(found.problems)
        .containsExactly(
            "f:4:3: error KP109: kind: is missing: every object says its kind and apiVersion");
  }

  @Test
  void keepsTheOrderOfItemsWhoseKindComesBeforeThem() {
    Found found =
        Found.objects(
            """
            kind: ServiceList
            apiVersion: v1
            items: [{i: 1}, {kind: Node, apiVersion: v1, i: 2}, {i: 3}]
            """);

    assertThat(found.objects)
        .extracting(o -> ((Value.Scalar) o.get("i").orElseThrow()).text())
        .containsExactly("1", "2", "3");
  }

  @Test
  void opensListsInListsEachWithItsOwnKind() {
    Found found =
        Found.objects(
            """
            apiVersion: v1
            items:
            - {a: 1}
            - {apiVersion: v2, kind: NodeList, items: [{b: 1}]}
            kind: ServiceList
            """);

    assertThat(found.problems).isEmpty();
    assertThat(found.objects)
        .extracting(o -> ((Value.Scalar) o.get("kind").orElseThrow()).text())
        .containsExactly("Node", "Service");
  }

  @Test
  void opensListsWhoseItemsAreAnAlias() {
    Found found =
        Found.objects(
            "x: &x [{kind: Node, apiVersion: v1}]\nkind: List\napiVersion: v1\nitems: *x\n");

    assertThat(found.problems).isEmpty();
    assertThat(found.objects).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          items: [null]       | f:3:9: error KP109: items[0]: is null, not an object with kind and apiVersion
          items: [[]]         | f:3:9: error KP109: items[0]: is a list, not an object with kind and apiVersion
          items: {a: 1}       | f:3:8: error KP207: items: must be a list
          items: 7            | f:3:8: error KP207: items: must be a list
          items: [{kind: []}] | f:3:16: error KP207: kind: must be a string
          """)
  void complainsOfItemsThatAreNone(String items, String problem) {
    Found found = Found.objects("kind: List\napiVersion: v1\n" + items + "\n");

    assertThat(found.objects).isEmpty();
    assertThat(found.problems).containsExactly(problem);
  }

  @Test
  void complainsOfAListWithoutKind() {
    assertThat(Found.objects("apiVersion: v1\nitems: [{kind: A, apiVersion: b}]\n").problems)
        .containsExactly(
            "f:1:1: error KP109: kind: is missing: every object says its kind and apiVersion");
  }

  @Test
  void opensNoListInAConfiguration() {
    assertThat(Found.configuration("kind: List\napiVersion: v1\nitems: []\n").objects).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void handsOnTheFirstItemBeforeTheTextEnds(boolean json) throws IOException {
    String head = json ? "{\"apiVersion\":\"v1\",\"items\":[" : "apiVersion: v1\nitems:\n";
    String item =
        json ? "{\"kind\":\"A\",\"apiVersion\":\"v1\"},\n" : "- {kind: A, apiVersion: v1}\n";
    String tail = json ? "{}],\"kind\":\"AList\"}" : "kind: List\n";
    // more than is kept for a second try of JSON as YAML
    byte[] text = (head + item.repeat(200_000) + tail).getBytes(StandardCharsets.UTF_8);
    AtomicBoolean ended = new AtomicBoolean();
    InputStream in =
        new ByteArrayInputStream(text) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            int count = super.read(target, offset, length);
            ended.set(count < 0 || available() == 0);
            return count;
          }
        };
    AtomicBoolean early = new AtomicBoolean();
    Found found =
        new Found() {
          @Override
          public void object(Value.Mapping object) {
            early.compareAndSet(false, objects.isEmpty() && !ended.get());
            super.object(object);
          }

          @Override
          public void problem(Diagnostic problem) {
            throw new AssertionError(problem.toString());
          }
        };

    DocumentReader.readObjects(in, "f", found);

    assertThat(early).isTrue();
    assertThat(found.objects).hasSize(json ? 200_001 : 200_000);
  }
}
