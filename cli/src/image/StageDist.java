import dev.kproxy.cli.Main;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.Terminals;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;

/// Lays out what is installed below `/usr`; `mvn -Pdist package` runs it with the image's classes,
/// in the project's root, and packs what it leaves.
///
/// ```
/// bin/kproxy                      the launcher
/// lib/kproxy/                     the run-time image
/// lib/systemd/system/             the unit and the timer of kproxy recover
/// share/man/man1/                 a page for each command
/// share/bash-completion/, zsh/    what the shells complete
/// share/doc/kproxy/               README, licence, changes
/// ```
final class StageDist {
  private final Path root;
  private final Path destination;

  private StageDist(Path root, Path destination) {
    this.root = root;
    this.destination = destination;
  }

  /// `args`: the project's root; where the layout goes.
  public static void main(String[] args) throws IOException {
    new StageDist(Path.of(args[0]), Path.of(args[1])).stage();
  }

  private void stage() throws IOException {
    delete(destination);
    copy(root.resolve("cli/target/image"), destination.resolve("lib/kproxy"));
    Files.delete(destination.resolve("lib/kproxy/built"));
    copy(root.resolve("cli/src/dist/kproxy"), destination.resolve("bin/kproxy"));
    copy(root.resolve("cli/src/dist/systemd"), destination.resolve("lib/systemd/system"));
    for (String text : List.of("README.md", "LICENSE", "CHANGELOG.md")) {
      copy(root.resolve(text), destination.resolve("share/doc/kproxy").resolve(text));
    }
    Console silent =
        new Console(
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream(),
            Terminals.NONE,
            false);
    CommandLine kproxy = Main.commandLine(silent, InputStream.nullInputStream());
    completions(kproxy);
    manual(kproxy);
  }

  private void completions(CommandLine kproxy) throws IOException {
    write("share/bash-completion/completions/kproxy", AutoComplete.bash("kproxy", kproxy));
    write(
        "share/zsh/vendor-completions/_kproxy",
        """
        #compdef kproxy
        autoload -U +X bashcompinit && bashcompinit
        source /usr/share/bash-completion/completions/kproxy
        """);
  }

  private void manual(CommandLine command) throws IOException {
    String name = command.getCommandSpec().qualifiedName("-");
    write("share/man/man1/" + name + ".1", ManPage.of(command));
    for (CommandLine subcommand : command.getSubcommands().values()) {
      manual(subcommand);
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = destination.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.sorted().toList()) {
        Path copied = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copied);
        } else {
          Files.copy(file, copied, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.exists(path)) {
      try (Stream<Path> files = Files.walk(path)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
