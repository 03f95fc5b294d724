package dev.kproxy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Terminals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The work that the run-time image is trained on: command lines from a file, all in one JVM.
///
/// The JVM keeps what this run loads and links in the image's AOT cache, and where it is told to
/// what it learns of busy code, so a command that is not trained still works but starts slower. The
/// class ships with the image because the cache is bound to the class path that it was made with.
public final class Training {
  private Training() {}

  /// Runs every command line of the file `args[0]`, words separated by blanks, and fails at the
  /// first that does not succeed. To find something is a success. Those that change a host change a
  /// [TrainingHost].
  public static void main(String[] args) throws IOException {
    var host = new TrainingHost();
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      run(line, host);
    }
  }

  private static void run(String line, TrainingHost host) {
    var words = new ByteArrayOutputStream();
    int code =
        Main.run(
            line.split(" "),
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            words,
            System.getenv(),
            Terminals.NONE,
            _ -> host);
    if (code != ExitCode.OK && code != ExitCode.FINDING) {
      throw new IllegalStateException(
          "exit code " + code + " of: kproxy " + line + "\n" + words.toString(UTF_8));
    }
  }
}
