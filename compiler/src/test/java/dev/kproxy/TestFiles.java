package dev.kproxy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where the tests find texts.
public final class TestFiles {
  private TestFiles() {}

  /// A path under the project's testdata.
  public static Path testdata(String path) {
    return root().resolve("testdata").resolve(path);
  }

  /// A path of the recordings beside the project, where they are.
  public static Optional<Path> recordings(String path) {
    String configured =
        System.getProperty("kproxy.shared", System.getenv().getOrDefault("KPROXY_SHARED", ""));
    Path beside = root().resolve("../shared").normalize();
    Path inWorktree = root().resolve("../../shared").normalize();
    Path shared =
        !configured.isEmpty()
            ? Path.of(configured)
            : Files.isDirectory(beside) ? beside : inWorktree;
    return Optional.of(shared.resolve(path)).filter(Files::exists);
  }

  private static Path root() {
    return Path.of(System.getProperty("kproxy.root", ".."));
  }
}
