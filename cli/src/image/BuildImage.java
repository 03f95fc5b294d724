import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Makes the run-time image that `./kproxy` starts; `mvn -Pimage package` runs it on the JDK of the
/// toolchain, in the project's root.
///
/// ```
/// image/jre/        the JDK modules that kproxy needs, with the JVM options built in
/// image/lib/        kproxy.jar, whose manifest names the libraries beside it in a fixed order
/// image/kproxy.aot  classes loaded and linked by a training run of all commands
/// image/compile.aot the same of `kproxy compile` alone, where it prints what it makes
/// image/large.aot   the same where it writes files, and what it learnt of a large cluster
/// image/start       the command that starts it, for launchers to source
/// image/built       empty; its time is when the build began, so that a later change of a source makes the image stale
/// ```
final class BuildImage {
  /// What the class path needs; java.logging is for SnakeYAML.
  private static final String MODULES = "java.base,java.logging";

  /// Built into the image, so that the training and every later run have the same.
  ///
  /// A JVM says what it has to say on stdout, and there the rules go: the first three options keep
  /// it clean. The heap is bounded, since by default it grows with the memory of the machine, and
  /// all of it is used before anything is collected; a million endpoints take two thirds of it.
  /// Headers of objects are small, so that more rules stay at hand in the processor. The AOT cache
  /// is mapped where it was made for: at a random place each of its pointers is patched at every
  /// start, which takes as long as a short command. The optimising compiler begins later and
  /// inlines less than usual, as does the quick one: in runs of a few seconds its work takes longer
  /// than what it saves. What the training learnt of busy code would delay short runs, so it is
  /// used only where `start` asks for it. No option is of a type whose converter picocli would look
  /// for by reflection.
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xlog:disable",
          "-Xlog:all=error:stderr",
          "-XX:+DisplayVMOutputToStderr",
          "-XX:+UseSerialGC",
          "-XX:MaxNewSize=96m",
          "-XX:MaxTenuringThreshold=1",
          "-XX:+UseCompactObjectHeaders",
          "-Xmx896m",
          "-XX:C1MaxInlineSize=16",
          "-XX:FreqInlineSize=60",
          "-XX:InlineSmallCode=800",
          "-XX:Tier4InvocationThreshold=15000",
          "-XX:Tier4MinInvocationThreshold=3000",
          "-XX:Tier4CompileThreshold=30000",
          "-XX:Tier4BackEdgeThreshold=120000",
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:ArchiveRelocationMode=0",
          "-XX:-AOTReplayTraining",
          "-XX:-UsePerfData",
          "-Dpicocli.converters.excludes=.*");

  /// A training on a large cluster keeps what it learns, but only of what that keeps busy: all else
  /// would delay the runs that are told to use it.
  private static final List<String> LEARNING =
      List.of(
          "-XX:+AOTRecordTraining",
          "-XX:+AOTReplayTraining",
          "-XX:Tier3InvocationThreshold=2000",
          "-XX:Tier3MinInvocationThreshold=1000",
          "-XX:Tier3CompileThreshold=20000");

  private static final List<String> NOT_LEARNING = List.of("-XX:-AOTRecordTraining");

  /// The large cluster, as the command lines name it.
  private static final String LARGE = "large.json";

  private final Path input;
  private final Path image;

  private BuildImage(Path input) {
    this.input = input;
    this.image = input.resolve("image");
  }

  /// `args`: the directory that holds the jar of kproxy, the jars that it needs in `libraries/`
  /// and, in `sources/`, the sources of those among them that are to be compiled anew; the name of
  /// the jar of kproxy; the instant when the build began; where the image goes.
  public static void main(String[] args) throws IOException, InterruptedException {
    new BuildImage(Path.of(args[0])).build(args[1], Instant.parse(args[2]), Path.of(args[3]));
  }

  private void build(String jar, Instant began, Path destination)
      throws IOException, InterruptedException {
    delete(image);
    linkRuntime();
    collectJars(jar);
    Files.copy(Path.of("cli/src/image/start"), image.resolve("start"));
    publish(destination);
    trainAll(destination);
    Path built = Files.createFile(destination.resolve("built"));
    Files.setLastModifiedTime(built, FileTime.from(began));
  }

  private void linkRuntime() throws IOException {
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
    withoutComments(image.resolve("jre/conf/security/java.security"));
  }

  /// Nearly all of the JDK's list of security providers is comments, which take each run that makes
  /// a digest six milliseconds to read.
  private static void withoutComments(Path properties) throws IOException {
    Files.write(
        properties,
        Files.readAllLines(properties).stream().filter(line -> !line.startsWith("#")).toList());
  }

  private void collectJars(String jar) throws IOException {
    Path lib = Files.move(input.resolve("libraries"), image.resolve("lib"));
    Files.copy(input.resolve(jar), lib.resolve("kproxy.jar"));
    Path published = input.resolve("sources");
    try (Stream<Path> jars = Files.list(published)) {
      for (Path sources : jars.sorted().toList()) {
        recompile(sources, lib.resolve(sources.getFileName()));
      }
    }
    delete(published);
  }

  /// Replaces the classes of a jar by ones of this JDK's class file version: picocli is published
  /// as Java 5 byte code, which the AOT cache does not take.
  private void recompile(Path sources, Path jar) throws IOException {
    Path unpacked = input.resolve("unpacked");
    Path classes = input.resolve("recompiled");
    delete(unpacked);
    delete(classes);
    run("jar", "--extract", "--file", sources.toString(), "--dir", unpacked.toString());
    var javac =
        new ArrayList<>(List.of("-proc:none", "-nowarn", "-Xlint:none", "-d", classes.toString()));
    try (Stream<Path> files = Files.walk(unpacked)) {
      files
          .map(Path::toString)
          .filter(name -> name.endsWith(".java") && !name.endsWith("module-info.java"))
          .sorted()
          .forEach(javac::add);
    }
    run("javac", javac.toArray(String[]::new));
    run("jar", "--update", "--file", jar.toString(), "-C", classes.toString(), ".");
  }

  /// A run loads all of its cache, ten microseconds a class, so the command that is run most has
  /// one of its own, without the classes of the others, and another for large clusters, since what
  /// was learnt takes five milliseconds to load.
  private void trainAll(Path image) throws IOException, InterruptedException {
    TrainingCluster.write(input.resolve(LARGE));
    // What a folder of state is in must keep its mode, which not every project's folder does.
    Path state = Files.createTempDirectory("kproxy");
    List<String> lines;
    try (Stream<String> text = Files.lines(Path.of("cli/src/image/training.txt"))) {
      lines =
          text.filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(line -> line.replace("STATE", state.toString()))
              .toList();
    }
    Predicate<String> compiles = line -> line.startsWith("compile -f");
    Predicate<String> writes = line -> line.contains(" -d ");
    try {
      train(image, "kproxy", NOT_LEARNING, lines, line -> !line.contains(LARGE));
      train(image, "compile", NOT_LEARNING, lines, compiles.and(writes.negate()));
      train(image, "large", LEARNING, lines, compiles);
    } finally {
      delete(state);
    }
  }

  /// Makes an AOT cache where it stays: it remembers the places of the jars, and a place that is
  /// gone is looked for anew for each class.
  ///
  /// @param options for the JVM that is trained
  /// @param lines command lines
  /// @param wanted which of them it is trained on
  private void train(
      Path image, String name, List<String> options, List<String> lines, Predicate<String> wanted)
      throws IOException, InterruptedException {
    Path training = input.resolve(name + ".training");
    List<String> chosen = lines.stream().filter(wanted).toList();
    if (chosen.isEmpty()) {
      throw new IllegalStateException("no command line to train " + name + " on");
    }
    Files.write(training, chosen);
    Path cache = image.resolve(name + ".aot");
    var java =
        new ArrayList<>(
            List.of(image.resolve("jre/bin/java").toString(), "-XX:AOTCacheOutput=" + cache));
    java.addAll(options);
    java.addAll(
        List.of(
            "-cp",
            image.resolve("lib/kproxy.jar").toString(),
            "dev.kproxy.cli.Training",
            training.toString()));
    int code = new ProcessBuilder(java).inheritIO().start().waitFor();
    if (code != 0 || !Files.exists(cache)) {
      throw new IllegalStateException(
          "the training run for " + name + " failed with exit code " + code);
    }
  }

  /// Puts the image in the place of the old one; it does not count before it is `built`.
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
