package dev.kproxy.manifest.read;

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
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a real API server said of one object (a row of `testdata/validation`), shown in reports by
/// its id.
record Recorded(String id, Value.Mapping json) {
  private static final Path TESTDATA = Path.of(System.getProperty("kproxy.root"), "testdata");

  /// Verdicts on unknown fields, and those that hang on the cluster: they may go either way.
  private static final Set<String> OPEN = Set.of("strict", "range", "state", "notfound");

  /// Complaints about spellings that older servers stored; these may go either way, too.
  private static final Pattern OLD_SPELLING =
      Pattern.compile("leading 0s|IPv4-mapped|bits set beyond the prefix|canonical form");

  /// All rows.
  static Stream<Recorded> rows() {
    return Stream.of("services", "endpointslices", "endpoints", "nodes")
        .flatMap(file -> lines("validation/" + file + ".jsonl"))
        .map(Recorded::object)
        .map(json -> new Recorded(text(json, "id"), json));
  }

  /// The rows whose verdict must be kproxy's.
  static Stream<Recorded> countedRows() {
    return rows().filter(Recorded::isCounted);
  }

  /// The ids of the rows that kproxy refuses although the server accepts them.
  static Set<String> exceptions() {
    return lines("validation-exceptions.txt")
        .filter(line -> !line.startsWith("#") && !line.startsWith("KubeProxyConfiguration/"))
        .map(line -> line.substring(0, line.indexOf('\t')))
        .collect(Collectors.toSet());
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

  private static String text(Value.Mapping mapping, String name) {
    return mapping.get(name).orElse(null) instanceof Value.Scalar s ? s.text() : "";
  }

  boolean accepted() {
    return text("accepted").equals("true");
  }

  Value.Mapping manifest() {
    return (Value.Mapping) json.get("manifest").orElseThrow();
  }

  String text(String field) {
    return text(json, field);
  }

  /// A part of each of the server's complaints: `field`, `reason` or `message`.
  Stream<String> causes(String part) {
    return json.get("causes").orElse(null) instanceof Value.Sequence causes
        ? causes.items().stream().map(cause -> text((Value.Mapping) cause, part))
        : Stream.empty();
  }

  /// The server takes an absent kind from the URL; a file must say it.
  private boolean isCounted() {
    if (accepted()) {
      return !text(manifest(), "kind").isEmpty() && !text(manifest(), "apiVersion").isEmpty();
    }
    return !OPEN.contains(text("class")) && !isOldSpelling();
  }

  private boolean isOldSpelling() {
    List<String> messages = causes("message").toList();
    return !messages.isEmpty()
        && messages.stream().allMatch(message -> OLD_SPELLING.matcher(message).find());
  }

  @Override
  public String toString() {
    return id;
  }
}
