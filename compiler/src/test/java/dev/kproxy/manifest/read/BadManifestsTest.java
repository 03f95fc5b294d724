package dev.kproxy.manifest.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each file of `testdata/bad/manifests` gets just the diagnostics of the `.txt` beside it.
class BadManifestsTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("kproxy.root"), "testdata", "bad", "manifests");

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .map(name -> name.substring(0, name.lastIndexOf('.')))
          .distinct()
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void getsItsDiagnostics(String name) throws IOException {
    String file = name + ".yaml";
    List<String> lines = Input.of(Files.readString(FOLDER.resolve(file)), file).lines();
    assertThat(lines).isEqualTo(Files.readAllLines(FOLDER.resolve(name + ".txt")));
  }
}
