package dev.kproxy;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameStartingWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Who may see whom, and what the compiler does not check of the house's style.
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("dev.kproxy");

  /// Each package may see itself, the JDK, JSpecify's annotations, and what stands here. A package
  /// that does not exist yet holds. `compile` sees the configuration for what no plan holds, the
  /// sysctls of conntrack, and `iproute` for the lines of `ip -batch`.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          net      | -
          manifest | net snakeyaml jackson
          plan     | net manifest
          iptables | net
          ipset    | net
          ipvs     | net
          nftables | net
          iproute  | net jackson
          compile  | net plan manifest.config iptables ipset ipvs nftables iproute
          diff     | net iptables ipset ipvs nftables
          simulate | net iptables ipset ipvs nftables iproute
          graph    | net iptables ipset ipvs nftables jgrapht
          symbolic | net iptables ipset ipvs nftables iproute simulate
          host     | net iptables ipset ipvs nftables iproute compile
          cli      | net manifest plan iptables ipset ipvs nftables iproute compile diff simulate graph symbolic host jackson picocli
          """)
  void seesNoMoreThanItMay(String name, String mayUse) {
    var allowed = new ArrayList<>(List.of("java..", "org.jspecify..", packageOf(name)));
    for (String other : mayUse.split(" ", -1)) {
      allowed.add(packageOf(other));
    }

    classes()
        .that()
        .resideInAPackage(packageOf(name))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyPackageIsInTheTable() {
    classes()
        .should()
        .resideInAnyPackage(
            Stream.of(
                    "net manifest plan iptables ipset ipvs nftables iproute compile diff",
                    "simulate graph symbolic host cli")
                .flatMap(names -> Stream.of(names.split(" ", -1)))
                .map(ArchitectureTest::packageOf)
                .toArray(String[]::new))
        .check(CLASSES);
  }

  @Test
  void hostSeesOnlyTheArtifactsAndNamesOfTheCompiler() {
    noClasses()
        .that()
        .resideInAPackage(packageOf("host"))
        .should()
        .dependOnClassesThat(
            resideInAPackage(packageOf("compile"))
                .and(simpleNameStartingWith("Artifact").or(simpleName("KubeProxyNames")).negate()))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.kproxy.(*)..").should().beFreeOfCycles().check(CLASSES);
    slices().matching("dev.kproxy.(**)").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTheCommandLineAndTheHostHaveEffects() {
    noClasses()
        .that()
        .resideOutsideOfPackages(packageOf("cli"), packageOf("host"))
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java[.](nio[.]file[.]Files|io[.]File.*|lang[.](Process.*|Runtime|Thread)"
                + "|net[.].*(Socket|URL).*|time[.]Clock|util[.](Random|UUID))")
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .accessField(System.class, "in")
        .orShould()
        .callMethodWhere(
            target(owner(equivalentTo(System.class)))
                .and(target(nameMatching("getenv|getProperty|exit|nanoTime|currentTimeMillis"))))
        .check(CLASSES);
  }

  @Test
  void staticFieldsAreFinal() {
    fields().that().areStatic().should().beFinal().check(CLASSES);
  }

  @Test
  void namesSaySomething() {
    noClasses()
        .that()
        .areTopLevelClasses()
        .should()
        .haveNameMatching(".*(Utils?|Helpers?|Impl|Base|Manager)")
        .check(CLASSES);
  }

  @Test
  void everyPackageIsDocumentedAndNullMarked() throws IOException {
    var directories =
        sources().stream().map(Path::getParent).collect(Collectors.toCollection(TreeSet::new));
    for (Path directory : directories) {
      assertThat(directory.resolve("package-info.java")).content().contains("///", "@NullMarked");
    }
  }

  @Test
  void everyFileIsShortAndItsTypeDocumented() throws IOException {
    for (Path file : sources()) {
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).as("lines of %s", file).hasSizeLessThanOrEqualTo(500);
      for (int i = 0; i < lines.size(); i++) {
        if (lines.get(i).matches("(public )?([a-z-]+ )*(class|interface|record|enum) .*")) {
          int above = i - 1;
          while (!lines.get(above).isBlank() && !lines.get(above).startsWith("///")) {
            above--;
          }
          assertThat(lines.get(above)).as("above the type of %s", file).startsWith("///");
        }
      }
    }
  }

  private static List<Path> sources() throws IOException {
    var files = new ArrayList<Path>();
    for (String module : List.of("compiler", "simulator", "cli")) {
      Path main = Path.of(System.getProperty("kproxy.root"), module, "src/main/java");
      try (Stream<Path> walk = Files.walk(main)) {
        walk.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
      }
    }
    assertThat(files).isNotEmpty();
    return files;
  }

  private static String packageOf(String name) {
    return switch (name) {
      case "snakeyaml" -> "org.yaml.snakeyaml..";
      case "jackson" -> "com.fasterxml.jackson..";
      case "jgrapht" -> "org.jgrapht..";
      case "picocli" -> "picocli..";
      case "-" -> "java..";
      default -> "dev.kproxy." + name + "..";
    };
  }
}
