package dev.kproxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The launcher `./kproxy` in a checkout of its own, where Maven is a script that makes an image
/// whose `java` prints its arguments. Whether the real image is what it should be is
/// `.ci/check-image`'s work.
class LauncherTest {
  private static final String MAVEN =
      """
      #!/bin/sh
      echo "$@" >> ../builds
      sleep 0.2
      mkdir -p cli/target/image/jre/bin
      printf '#!/bin/sh\\nfor a; do echo "<$a>"; done\\nexit 7\\n' > cli/target/image/jre/bin/java
      chmod +x cli/target/image/jre/bin/java
      cat cli/src/image/start > cli/target/image/start
      echo 'of no interest'
      touch -d '1 second ago' cli/target/image/built
      """;

  private record Result(int code, String out, String err) {}

  @TempDir Path temporary;
  private Path root;
  private Path tools;
  private Path image;

  @BeforeEach
  void makeCheckout() throws IOException {
    root = Files.createDirectory(temporary.resolve("a 'checkout' of * kproxy"));
    tools = Files.createDirectory(temporary.resolve("tools"));
    image = root.resolve("cli/target/image");
    Files.copy(Path.of(System.getProperty("kproxy.root"), "kproxy"), root.resolve("kproxy"));
    assertThat(root.resolve("kproxy").toFile().setExecutable(true, false)).isTrue();
    for (String file :
        List.of(
            "pom.xml",
            "cli/pom.xml",
            "cli/src/image/training.txt",
            "cli/src/main/java/Main.java",
            "compiler/src/main/java/A.java",
            "compiler/src/test/java/ATest.java")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.createFile(root.resolve(file));
    }
    Files.copy(
        Path.of(System.getProperty("kproxy.root"), "cli/src/image/start"),
        root.resolve("cli/src/image/start"));
    allSourcesChanged(Duration.ofHours(-1));
    for (String tool :
        List.of("cat", "chmod", "find", "flock", "grep", "mkdir", "readlink", "sleep", "touch")) {
      tool(tool, "#!/bin/sh\nexec " + findOnPath(tool) + " \"$@\"\n");
    }
    tool("mvn", MAVEN);
  }

  @Test
  void buildsMissingImageThenRunsIt() throws Exception {
    Result result = kproxy("compile");

    assertThat(result.code).isEqualTo(7);
    assertThat(result.out)
        .endsWith("<dev.kproxy.cli.Main>\n<compile>\n")
        .doesNotContain("interest");
    assertThat(result.err).startsWith("kproxy: building the run-time image").hasLineCount(1);
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void runsFreshImageAtOnce() throws Exception {
    kproxy();

    Result result = kproxy();

    assertThat(result.err).isEmpty();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void passesArgumentsOnUnchanged() throws Exception {
    kproxy();

    assertThat(kproxy("", "a  b", "*", "$HOME", "line\nline", "-x").out)
        .endsWith("Main>\n<>\n<a  b>\n<*>\n<$HOME>\n<line\nline>\n<-x>\n");
  }

  @Test
  void rebuildsWhenSourceChanges() throws Exception {
    for (String source :
        List.of("compiler/src/main/java/A.java", "cli/pom.xml", "cli/src/image/training.txt")) {
      kproxy();
      int before = builds();
      changed(root.resolve(source), Instant.now());

      assertThat(kproxy().code).isEqualTo(7);
      assertThat(builds()).as(source).isEqualTo(before + 1);
    }
  }

  @Test
  void rebuildsWhenSourceIsDeleted() throws Exception {
    kproxy();
    Files.delete(root.resolve("compiler/src/main/java/A.java"));

    kproxy();

    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void doesNotRebuildWhenTestChanges() throws Exception {
    kproxy();
    changed(root.resolve("compiler/src/test/java/ATest.java"), Instant.now());

    kproxy();

    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void buildsOnceWhereSourceIsFromTheFuture() throws Exception {
    changed(root.resolve("cli/src/main/java/Main.java"), Instant.now().plusSeconds(9_999));

    kproxy();
    kproxy();

    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void rebuildsImageFromTheFuture() throws Exception {
    kproxy();
    changed(image.resolve("built"), Instant.now().plusSeconds(9_999));

    kproxy();

    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void buildsOnceForSeveralAtOnce() throws Exception {
    List<Process> running = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      running.add(start(root, List.of(root.resolve("kproxy").toString())));
    }

    for (Process process : running) {
      assertThat(process.waitFor()).isEqualTo(7);
    }
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void runsThroughSymlinksFromAnyDirectory() throws Exception {
    kproxy();
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    Path absolute = Files.createSymbolicLink(bin.resolve("absolute"), root.resolve("kproxy"));
    Files.createSymbolicLink(
        bin.resolve("relative"), Path.of("../" + root.getFileName() + "/kproxy"));
    Files.createSymbolicLink(bin.resolve("chain"), Path.of("relative"));

    assertThat(run(root, "./kproxy").code).isEqualTo(7);
    assertThat(run(root, "/bin/sh", "kproxy").code).isEqualTo(7);
    assertThat(run(temporary, root.getFileName() + "/kproxy").code).isEqualTo(7);
    assertThat(run(bin, "../" + root.getFileName() + "/kproxy").code).isEqualTo(7);
    assertThat(run(root.resolve("cli"), absolute.toString()).code).isEqualTo(7);
    assertThat(run(bin, "./relative").code).isEqualTo(7);
    assertThat(run(bin, "/bin/sh", "chain").code).isEqualTo(7);
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void runsFreshImageWithoutMaven() throws Exception {
    kproxy();
    Files.delete(tools.resolve("mvn"));

    assertThat(kproxy().code).isEqualTo(7);
  }

  @Test
  void namesMissingMaven() throws Exception {
    Files.delete(tools.resolve("mvn"));

    assertThat(kproxy())
        .isEqualTo(
            new Result(
                3,
                "",
                "kproxy: Maven is missing: install it (apt-get install maven), or put mvn on the"
                    + " PATH\n"));
  }

  @Test
  void namesMissingJdk() throws Exception {
    tool("mvn", "#!/bin/sh\necho '[ERROR] Cannot find matching toolchain definitions'\nexit 1\n");

    Result result = kproxy();

    assertThat(result.code).isEqualTo(3);
    assertThat(result.out).isEmpty();
    assertThat(result.err.lines().toList().getLast()).startsWith("kproxy: JDK 25 is missing: ");
  }

  @Test
  void namesLogOfFailedBuild() throws Exception {
    tool("mvn", "#!/bin/sh\necho broken\nexit 1\n");

    Result result = kproxy();

    Path log = root.resolve("cli/target/image.log");
    assertThat(result.code).isEqualTo(3);
    assertThat(result.out).isEmpty();
    assertThat(result.err).endsWith("kproxy: the build failed; its log: " + log + "\n");
    assertThat(log).hasContent("broken");
  }

  @Test
  void leavesStandardInputToKproxy() throws Exception {
    tool("mvn", MAVEN.replace("exit 7", "exec cat") + "cat\n");

    Process process = start(root, List.of(root.resolve("kproxy").toString()));
    try (var in = process.outputWriter(UTF_8)) {
      in.write("kind: Service\n");
    }

    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
        .endsWith("kind: Service\n");
  }

  /// Java takes the first file that it opens for a standard input that is closed, and reads names
  /// of files by the locale.
  @Test
  void givesJavaAStandardInputAndALocale() throws Exception {
    kproxy();
    Files.writeString(
        image.resolve("jre/bin/java"), "#!/bin/sh\nreadlink /proc/self/fd/0\necho \"$LC_ALL\"\n");

    Result closed = run(temporary, "sh", "-c", "exec \"$0\" <&-", root + "/kproxy");
    Result given =
        run(
            temporary,
            "sh",
            "-c",
            "export LANG=de_DE.UTF-8; exec \"$0\" </dev/zero",
            root + "/kproxy");

    assertThat(closed.out).isEqualTo("/dev/null\nC.UTF-8\n");
    assertThat(given.out).isEqualTo("/dev/zero\n\n");
  }

  @Test
  void runsStaleImageOfReadOnlyCheckoutAndSaysSo() throws Exception {
    kproxy();
    changed(root.resolve("pom.xml"), Instant.now());

    Result result = asStranger(root.resolve("kproxy").toString());

    assertThat(result.code).isEqualTo(7);
    assertThat(result.err).contains("newer than the run-time image").hasLineCount(1);
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void namesReadOnlyCheckoutWithoutImage() throws Exception {
    Result result = asStranger(root.resolve("kproxy").toString());

    assertThat(result.code).isEqualTo(3);
    assertThat(result.err).startsWith("kproxy: there is no run-time image").hasLineCount(1);
  }

  /// The shell says so itself too, before it reads the launcher.
  @Test
  void saysThatTheWorkingDirectoryIsGone() throws Exception {
    kproxy();

    Result result =
        run(
            temporary,
            "sh",
            "-c",
            "mkdir gone; cd gone; /bin/rmdir ../gone; exec \"$0\"",
            root + "/kproxy");

    assertThat(result.code).isEqualTo(3);
    assertThat(result.out).isEmpty();
    assertThat(result.err)
        .endsWith("kproxy: the working directory is gone: go to one that is there\n");
  }

  private Result kproxy(String... args) throws Exception {
    var command = new ArrayList<>(List.of(root.resolve("kproxy").toString()));
    command.addAll(List.of(args));
    return run(temporary, command.toArray(String[]::new));
  }

  /// Runs a command as somebody who cannot write into the checkout.
  private Result asStranger(String... command) throws Exception {
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("r-xr-xr-x"));
    Files.setPosixFilePermissions(
        root.resolve("cli"), PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      var words = new ArrayList<String>();
      if (Files.isWritable(root.resolve("cli"))) {
        words.addAll(List.of("/usr/bin/setpriv", "--reuid=65534", "--clear-groups"));
      }
      words.addAll(List.of(command));
      return run(Path.of("/"), words.toArray(String[]::new));
    } finally {
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx------"));
      Files.setPosixFilePermissions(
          root.resolve("cli"), PosixFilePermissions.fromString("rwx------"));
    }
  }

  private Result run(Path directory, String... command) throws Exception {
    Process process = start(directory, List.of(command));
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), out, err);
  }

  private Process start(Path directory, List<String> command) throws IOException {
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("JAVA_HOME", "/nowhere");
    return builder.start();
  }

  private void tool(String name, String script) throws IOException {
    Path tool = Files.writeString(tools.resolve(name), script);
    assertThat(tool.toFile().setExecutable(true, false)).isTrue();
  }

  private int builds() throws IOException {
    Path builds = temporary.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
  }

  private void allSourcesChanged(Duration fromNow) throws IOException {
    try (var files = Files.walk(root)) {
      for (Path file : files.toList()) {
        changed(file, Instant.now().plus(fromNow));
      }
    }
  }

  private static void changed(Path file, Instant when) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(when));
  }

  private static Path findOnPath(String tool) {
    for (String directory : List.of("/usr/bin", "/bin")) {
      Path path = Path.of(directory, tool);
      if (Files.isExecutable(path)) {
        return path;
      }
    }
    throw new AssertionError(tool + " is needed and not in /usr/bin or /bin");
  }
}
