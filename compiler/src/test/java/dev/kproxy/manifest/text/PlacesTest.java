package dev.kproxy.manifest.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.manifest.text.Value.Field;
import dev.kproxy.manifest.text.Value.Mapping;
import dev.kproxy.manifest.text.Value.Scalar;
import dev.kproxy.manifest.text.Value.Sequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every value and every name knows its line and column in the file.
final class PlacesTest {
  @Test
  void knowsPlacesInYaml() {
    Found found =
        Found.objects(
            """
            # first
            kind: Service
            apiVersion:   v1
            spec:
              ports:
              - {port: 80, "name": 'h'}
              - port: 81
            ---
            kind: Node
            apiVersion: v1
            """);

    assertThat(places(found))
        .containsExactly(
            "object 2:1",
            "kind 2:1 at 2:7",
            "apiVersion 3:1 at 3:15",
            "spec 4:1 at 5:3",
            "ports 5:3 at 6:3",
            "object 6:5",
            "port 6:6 at 6:12",
            "name 6:16 at 6:24",
            "object 7:5",
            "port 7:5 at 7:11",
            "object 9:1",
            "kind 9:1 at 9:7",
            "apiVersion 10:1 at 10:13");
  }

  @Test
  void knowsPlacesInJson() {
    Found found =
        Found.objects(
            """
            {"kind": "Service",
              "apiVersion" : "v1",
              "spec": {"ports": [ {"port": 80, "on": true} ]}}
            {"kind":"Node","apiVersion":"v1"}
            ---
            {"kind":"Node","apiVersion":"v1"}
            """);

    assertThat(places(found))
        .startsWith(
            "object 1:1",
            "kind 1:2 at 1:10",
            "apiVersion 2:3 at 2:18",
            "spec 3:3 at 3:11",
            "ports 3:12 at 3:21",
            "object 3:23",
            "port 3:24 at 3:32",
            "on 3:36 at 3:42",
            "object 4:1",
            "kind 4:2 at 4:9",
            "apiVersion 4:16 at 4:29");
  }

  @Test
  void knowsPlacesBehindJsonThatTurnsIntoYaml() {
    Found found =
        Found.objects("{\"kind\":\"A\",\"apiVersion\":\"v1\"}\n---\nkind: B\napiVersion: v1\n");

    assertThat(places(found)).contains("object 1:1", "object 3:1", "apiVersion 4:1 at 4:13");
  }

  @Test
  void countsColumnsInCharactersOfYaml() {
    assertThat(places(Found.objects("kind: é\napiVersion: {é😀: x}\n"))).isEmpty();
    assertThat(Found.objects("kind: A\napiVersion: v1\nx: {é😀: x, y: @}\n").problems)
        .containsExactly("f:3:15: error KP103: nothing can begin with this character");
  }

  @Test
  void placesABlockAtItsFirstLine() {
    Found found = Found.objects("kind: A\napiVersion: v1\ndata:\n  c: |-\n      x\n      y\n");

    assertThat(places(found)).contains("c 4:3 at 5:7");
  }

  @Test
  void pointsIntoTheFileFromAConfigurationInABlock() {
    Found outer =
        Found.objects(
            """
            kind: ConfigMap
            apiVersion: v1
            data:
              config.conf: |
                kind: K
                apiVersion: v1
                mode: iptables
                mode: nftables
            """);
    Found inner = inside(outer);

    assertThat(places(inner))
        .containsExactly(
            "object 5:5", "kind 5:5 at 5:11", "apiVersion 6:5 at 6:17", "mode 8:5 at 8:11");
    assertThat(inner.problems)
        .containsExactly(
            "f:8:5: note KP407: \"mode\" stands twice in this mapping, first in line 7; this one"
                + " counts");
  }

  @Test
  void pointsAtTheStringOfAConfigurationInAString() {
    Found outer =
        Found.objects(
            "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\n"
                + "\"data\":{\"config.conf\":\"kind: K\\napiVersion: [\\n\"}}");

    assertThat(inside(outer).problems).hasSize(1);
    assertThat(inside(outer).problems.getFirst()).startsWith("f:2:23: error KP103: ");
  }

  private static Found inside(Found outer) {
    Mapping data = (Mapping) outer.objects.getFirst().get("data").orElseThrow();
    Found inner = new Found();
    DocumentReader.readConfiguration(data.fields().getFirst(), "f", inner);
    return inner;
  }

  private static List<String> places(Found found) {
    List<String> all = new ArrayList<>();
    found.objects.forEach(object -> places(object, all));
    return all;
  }

  private static void places(Value value, List<String> all) {
    switch (value) {
      case Mapping mapping -> {
        if (mapping.fields().stream().noneMatch(f -> f.name().equals("ports"))) {
          all.add("object " + mapping.line() + ":" + mapping.column());
        }
        for (Field field : mapping.fields()) {
          Value of = field.value();
          all.add(
              "%s %d:%d at %d:%d"
                  .formatted(field.name(), field.line(), field.column(), of.line(), of.column()));
          places(of, all);
        }
      }
      case Sequence list -> list.items().forEach(item -> places(item, all));
      case Scalar _ -> {}
    }
  }
}
