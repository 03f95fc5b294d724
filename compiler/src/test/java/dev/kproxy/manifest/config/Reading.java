package dev.kproxy.manifest.config;

import dev.kproxy.manifest.text.DocumentReader;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Diagnostic;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What became of a configuration, for tests: the result, and what was said on the way.
///
/// @param configuration empty where it was refused
/// @param diagnostics as they are printed
record Reading(Optional<ProxyConfiguration> configuration, List<String> diagnostics) {
  /// A configuration in a file `config.yaml`, and flags such as `--proxy-mode=ipvs`.
  static Reading ofText(String yaml, String... flags) {
    List<Diagnostic> found = new ArrayList<>();
    List<Value.Mapping> objects = new ArrayList<>();
    try {
      DocumentReader.readConfiguration(
          new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)),
          "config.yaml",
          new DocumentReader.Sink() {
            @Override
            public void object(Value.Mapping object) {
              objects.add(object);
            }

            @Override
            public void problem(Diagnostic problem) {
              found.add(problem);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Optional<ProxyConfiguration> read =
        objects.stream()
            .findFirst()
            .flatMap(it -> ConfigurationReader.read("config.yaml", it, flags(flags), found::add));
    boolean failed = found.stream().anyMatch(it -> it.severity() == Diagnostic.Severity.ERROR);
    return new Reading(failed ? Optional.empty() : read, printed(found));
  }

  static Reading of(Value.Mapping document) {
    List<Diagnostic> found = new ArrayList<>();
    return new Reading(
        ConfigurationReader.read("config.json", document, List.of(), found::add), printed(found));
  }

  /// Flags alone.
  static Reading ofFlags(String... flags) {
    List<Diagnostic> found = new ArrayList<>();
    return new Reading(ConfigurationReader.read(flags(flags), found::add), printed(found));
  }

  private static List<Flag> flags(String... flags) {
    List<Flag> read = new ArrayList<>();
    for (String flag : flags) {
      int equals = flag.indexOf('=');
      read.add(new Flag(flag.substring(2, equals), flag.substring(equals + 1)));
    }
    return read;
  }

  private static List<String> printed(List<Diagnostic> found) {
    return found.stream().map(Diagnostic::toString).toList();
  }

  ProxyConfiguration get() {
    return configuration.orElseThrow(() -> new AssertionError(diagnostics));
  }
}
