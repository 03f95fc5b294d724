package dev.kproxy.manifest.read;

import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.text.DocumentReader;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Cluster input as it was read: the records, and what was said.
record Input(Manifests manifests, List<Diagnostic> diagnostics) {
  /// Reads a text of any number of documents, in a file named `in.yaml`.
  static Input of(String text) {
    return of(text, "in.yaml");
  }

  /// Reads a text of any number of documents.
  static Input of(String text, String file) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    ManifestReader reader = new ManifestReader(diagnostics::add);
    read(text, file, reader);
    return new Input(reader.finish(), diagnostics);
  }

  /// Reads one object.
  static Input of(Value.Mapping object) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    ManifestReader reader = new ManifestReader(diagnostics::add);
    reader.accept(object, "in.json");
    return new Input(reader.finish(), diagnostics);
  }

  private static void read(String text, String file, ManifestReader reader) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      DocumentReader.readObjects(new ByteArrayInputStream(bytes), file, reader.in(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<String> errors() {
    return lines(Severity.ERROR);
  }

  List<String> notes() {
    return lines(Severity.NOTE);
  }

  List<String> lines() {
    return diagnostics.stream().map(Diagnostic::toString).toList();
  }

  private List<String> lines(Severity severity) {
    return diagnostics.stream()
        .filter(d -> d.severity() == severity)
        .map(Diagnostic::toString)
        .toList();
  }
}
