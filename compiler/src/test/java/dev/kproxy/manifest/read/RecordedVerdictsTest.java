package dev.kproxy.manifest.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.manifest.text.DocumentReader;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Diagnostic;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a real API server said of objects, one a row (`testdata/validation`): its verdicts are
/// kproxy's, but for the rows of `testdata/validation-exceptions.txt`, where kproxy is stricter.
class RecordedVerdictsTest {
  private static final Path TESTDATA = Path.of(System.getProperty("kproxy.root"), "testdata");

  /// Verdicts on unknown fields, and those that hang on the cluster: they may go either way.
  private static final Set<String> OPEN = Set.of("strict", "range", "state", "notfound");

  /// Complaints about spellings that older servers stored; these may go either way, too.
  private static final Pattern OLD_SPELLING =
      Pattern.compile("leading 0s|IPv4-mapped|bits set beyond the prefix|canonical form");

  /// One recorded object, shown in reports by its id.
  record Row(String id, Value.Mapping json) {
    boolean accepted() {
      return text("accepted").equals("true");
    }

    Value.Mapping manifest() {
      return (Value.Mapping) json.get("manifest").orElseThrow();
    }

    String text(String field) {
      return RecordedVerdictsTest.text(json, field);
    }

    @Override
    public String toString() {
      return id;
    }
  }

  static Stream<Row> rows() {
    return Stream.of("services", "endpointslices", "endpoints", "nodes")
        .flatMap(file -> lines("validation/" + file + ".jsonl"))
        .map(RecordedVerdictsTest::object)
        .map(json -> new Row(text(json, "id"), json));
  }

  static Stream<Row> countedRows() {
    return rows().filter(RecordedVerdictsTest::isCounted);
  }

  private static Stream<String> lines(String file) {
    try {
      return Files.readAllLines(TESTDATA.resolve(file)).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A row is no object of Kubernetes; it is made to look like one for the reader.
  private static Value.Mapping object(String row) {
    String json = "{\"kind\": \"Row\", \"apiVersion\": \"v1\", " + row.substring(1);
    List<Value.Mapping> objects = new ArrayList<>();
    DocumentReader.Sink sink =
        new DocumentReader.Sink() {
          @Override
          public void object(Value.Mapping object) {
            objects.add(object);
          }

          @Override
          public void problem(Diagnostic problem) {
            throw new AssertionError(problem.toString());
          }
        };
    try {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      DocumentReader.readConfiguration(new ByteArrayInputStream(bytes), "row", sink);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return objects.getFirst();
  }

  static String text(Value.Mapping mapping, String name) {
    return mapping.get(name).orElse(null) instanceof Value.Scalar s ? s.text() : "";
  }

  /// The server takes an absent kind from the URL; a file must say it.
  private static boolean isCounted(Row row) {
    if (row.accepted()) {
      return !text(row.manifest(), "kind").isEmpty()
          && !text(row.manifest(), "apiVersion").isEmpty();
    }
    return !OPEN.contains(row.text("class")) && !isOldSpelling(row);
  }

  private static boolean isOldSpelling(Row row) {
    List<String> messages = causes(row, "message").toList();
    return !messages.isEmpty()
        && messages.stream().allMatch(message -> OLD_SPELLING.matcher(message).find());
  }

  private static Stream<String> causes(Row row, String field) {
    return row.json().get("causes").orElse(null) instanceof Value.Sequence causes
        ? causes.items().stream().map(cause -> text((Value.Mapping) cause, field))
        : Stream.empty();
  }

  private static Set<String> exceptions() {
    return lines("validation-exceptions.txt")
        .filter(line -> !line.startsWith("#") && !line.startsWith("KubeProxyConfiguration/"))
        .map(line -> line.substring(0, line.indexOf('\t')))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("countedRows")
  void agreesWithTheApiServer(Row row) {
    List<String> errors = Input.of(row.manifest()).errors();
    if (row.accepted() && !exceptions().contains(row.id())) {
      assertThat(errors).isEmpty();
    } else {
      assertThat(errors).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("validatedRows")
  void namesAFieldThatTheApiServerNames(Row row) {
    List<String> named =
        Input.of(row.manifest()).diagnostics().stream().map(Diagnostic::field).toList();
    List<String> recorded =
        Stream.concat(causes(row, "field"), Stream.of(row.text("field"))).toList();
    assertThat(named).anyMatch(field -> recorded.stream().anyMatch(r -> isSame(field, r)));
  }

  static Stream<Row> validatedRows() {
    return countedRows().filter(row -> row.text("class").equals("validation"));
  }

  /// The server spells `spec.LoadBalancerSourceRanges`, and complains of the second of two fields
  /// that hold the same, or of the whole where a part is wrong.
  private static boolean isSame(String field, String recorded) {
    String ours = field.toLowerCase(Locale.ROOT);
    String theirs = recorded.toLowerCase(Locale.ROOT);
    return ours.startsWith(theirs) || theirs.startsWith(ours);
  }

  @Test
  void exceptsOnlyRowsThatTheApiServerAccepts() {
    Set<String> accepted =
        countedRows().filter(Row::accepted).map(Row::id).collect(Collectors.toSet());
    assertThat(accepted).containsAll(exceptions());
  }
}
