import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Makes the run-time image that `./kproxy` starts; `mvn -Pimage package` runs it on the JDK of the
/// toolchain.
///
/// ```
/// image/jre/        the JDK modules that kproxy needs, with the JVM options built in
/// image/lib/        kproxy.jar, whose manifest names the libraries beside it in a fixed order
/// image/kproxy.aot  classes loaded, linked and profiled by a training run
/// image/built       empty; its time is when the build began, so that a later change of a source makes the image stale
/// ```
final class BuildImage {
  /// What the class path needs; java.logging is for SnakeYAML.
  private static final String MODULES = "java.base,java.logging";

  /// Built into the image, so that the training and every later run have the same.
  ///
  /// The JVM's own warnings would go to stdout, into the rules that kproxy prints: the first three
  /// lines keep it clean.
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xlog:disable",
          "-Xlog:all=error:stderr",
          "-XX:+DisplayVMOutputToStderr",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData");

  private final Path input;
  private final Path image;

  private BuildImage(Path input) {
    this.input = input;
    this.image = input.resolve("image");
  }

  /// `args`: the directory that holds the jar of kproxy, `libraries/` and `recompile/`; the name of
  /// that jar; the instant when the build began; where the image goes. Runs in the project's root.
  public static void main(String[] args) throws IOException, InterruptedException {
    new BuildImage(Path.of(args[0])).build(args[1], Instant.parse(args[2]), Path.of(args[3]));
  }

  private void build(String jar, Instant began, Path destination)
      throws IOException, InterruptedException {
    delete(image);
    linkRuntime();
    collectJars(jar);
    train();
    Path built = Files.createFile(image.resolve("built"));
    Files.setLastModifiedTime(built, FileTime.from(began));
    publish(destination);
  }

  private void linkRuntime() {
    run(
        "jlink",
        "--add-modules",
        MODULES,
        "--strip-debug",
        "--no-header-files",
        "--no-man-pages",
        "--add-options",
        String.join(" ", JVM_OPTIONS),
        "--output",
        image.resolve("jre").toString());
  }

  private void collectJars(String jar) throws IOException {
    Path lib = Files.createDirectory(image.resolve("lib"));
    Files.copy(input.resolve(jar), lib.resolve("kproxy.jar"));
    for (Path library : list(input.resolve("libraries"))) {
      Files.copy(library, lib.resolve(library.getFileName()));
    }
    for (Path sources : list(input.resolve("recompile"))) {
      recompile(sources, lib.resolve(sources.getFileName()));
    }
  }

  /// Replaces the classes of a jar by ones of this JDK's class file version: picocli is published
  /// as Java 5 byte code, which the AOT cache does not take.
  private void recompile(Path sources, Path jar) throws IOException {
    Path classes = image.resolve("classes");
    var javac =
        new ArrayList<>(List.of("-proc:none", "-nowarn", "-Xlint:none", "-d", classes.toString()));
    try (Stream<Path> files = Files.walk(sources)) {
      files.map(Path::toString).filter(f -> f.endsWith(".java")).forEach(javac::add);
    }
    run("javac", javac.toArray(String[]::new));
    run("jar", "--update", "--file", jar.toString(), "-C", classes.toString(), ".");
    delete(classes);
  }

  private void train() throws IOException, InterruptedException {
    var java =
        new ProcessBuilder(
            image.resolve("jre/bin/java").toString(),
            "-XX:AOTCacheOutput=" + image.resolve("kproxy.aot"),
            "-cp",
            image.resolve("lib/kproxy.jar").toString(),
            "dev.kproxy.cli.Training",
            "cli/src/image/training.txt");
    Map<String, String> environment = java.environment();
    List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS").forEach(environment::remove);
    int code = java.inheritIO().start().waitFor();
    if (code != 0 || !Files.exists(image.resolve("kproxy.aot"))) {
      throw new IllegalStateException("the training run failed with exit code " + code);
    }
  }

  /// Puts the finished image in the place of the old one.
  private void publish(Path destination) throws IOException {
    Path old = input.resolve("image.old");
    delete(old);
    if (Files.exists(destination)) {
      Files.move(destination, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(image, destination, StandardCopyOption.ATOMIC_MOVE);
    delete(old);
  }

  private static void run(String tool, String... args) {
    int code = ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, args);
    if (code != 0) {
      throw new IllegalStateException(tool + " failed with exit code " + code);
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(BuildImage::delete);
    }
  }

  private static void delete(File file) {
    if (!file.delete()) {
      throw new UncheckedIOException(new IOException("cannot delete " + file));
    }
  }
}
