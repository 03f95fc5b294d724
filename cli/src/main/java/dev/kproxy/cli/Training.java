package dev.kproxy.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The work that the run-time image is trained on: command lines from a file, all in one JVM.
///
/// The JVM keeps what this run loads, links and profiles in the image's AOT cache, so a command
/// that is not trained still works but starts slower. The class ships with the image because the
/// cache is bound to the class path that it was made with.
public final class Training {
  private Training() {}

  /// Runs every command line of the file `args[0]` and fails at the first that does not succeed.
  ///
  /// One command a line, words separated by blanks; empty lines and lines that begin with `#` do
  /// not count.
  public static void main(String[] args) throws IOException {
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      int code = Main.run(line.strip().split("\\s+"), nowhere);
      if (code != 0) {
        throw new IllegalStateException("exit code " + code + " of: kproxy " + line);
      }
    }
  }
}
