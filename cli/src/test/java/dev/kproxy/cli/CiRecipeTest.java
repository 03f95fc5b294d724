package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the recipes for CI systems run, on a small repository with a change.
class CiRecipeTest {
  private static final Pattern STEPS = Pattern.compile("(?s)```yaml\n(- uses: .*?)```");

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  @TempDir private Path repository;

  @BeforeEach
  void makeRepository() throws IOException {
    String manifest = Files.readString(Case.root().resolve("testdata/examples/mysql-service.yaml"));
    for (String side : new String[] {"old", "new"}) {
      Files.createDirectories(repository.resolve(side));
      Files.writeString(
          repository.resolve(side).resolve("mysql.yaml"),
          side.equals("old") ? manifest : manifest.replace("192.168.125.131", "192.168.125.140"));
    }
    makeProgram(
        "kproxy",
        "exec '%s/bin/java' -cp '%s' dev.kproxy.cli.Main \"$@\""
            .formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
  }

  private Path makeProgram(String name, String text) throws IOException {
    Path program = repository.resolve(name);
    Files.writeString(program, "#!/bin/sh\n" + text + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private record Ran(int exitCode, String out) {}

  private Ran run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    command[0] = Case.root().resolve(command[0]).toString();
    return runIn(repository, environment, command);
  }

  private Ran runIn(Path directory, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.redirectError(repository.resolve("errors").toFile());
    builder.environment().put("KPROXY", repository.resolve("kproxy").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), out);
  }

  private Ran diff(String before, String after, String fail)
      throws IOException, InterruptedException {
    return run(
        Map.of(
            "OLD",
            before,
            "NEW",
            after,
            "OPTIONS",
            "--node-ip 192.168.0.11",
            "COMMENT_FILE",
            "comment.md",
            "SARIF_FILE",
            "report.sarif",
            "GITHUB_OUTPUT",
            repository.resolve("output").toString(),
            "FAIL",
            fail),
        "ci/kproxy-diff");
  }

  @Test
  void commentsOnAChange() throws IOException, InterruptedException {
    Ran ran = diff("old", "new", "false");

    assertThat(repository.resolve("errors")).content().isEmpty();
    assertThat(ran.exitCode()).isZero();
    assertThat(ran.out())
        .isEqualTo(
            """
            ::notice title=kproxy diff::1 Service port changes (endpoints 1)
            ::warning file=new/mysql.yaml,line=1,title=default/mysql-service (tcp)::node port 30964, 10.254.162.44:3306: endpoints change%0A192.168.125.131:3306: 50 %25 → gone%0A192.168.125.140:3306: new, 50 %25
            """);
    assertThat(repository.resolve("comment.md"))
        .content()
        .isEqualTo(
            """
            ### kproxy diff: 1 Service port changes (endpoints 1)

            From `old` to `new`.

            **default/mysql-service (tcp)**

            - node port 30964, 10.254.162.44:3306: endpoints change
              - 192.168.125.131:3306: 50 % → gone
              - 192.168.125.140:3306: new, 50 %
            """);
    assertThat(repository.resolve("report.sarif"))
        .content()
        .contains("\"uri\" : \"new/mysql.yaml\"");
    assertThat(repository.resolve("output")).content().isEqualTo("changed=true\n");
  }

  @Test
  void failsWhereThatIsAskedFor() throws IOException, InterruptedException {
    assertThat(diff("old", "new", "true").exitCode()).isEqualTo(1);
    assertThat(diff("old", "old", "true").exitCode()).isZero();
    assertThat(repository.resolve("comment.md")).content().contains("no difference");
    assertThat(diff("old", "nowhere", "false").exitCode()).isEqualTo(2);
  }

  @Test
  void takesOptionsOfSeveralLines() throws IOException, InterruptedException {
    Map<String, String> environment =
        Map.of(
            "OLD",
            "old",
            "NEW",
            "old",
            "OPTIONS",
            "--node-ip 192.168.0.11\n--new-proxy-mode ipvs\n",
            "FAIL",
            "true");

    assertThat(run(environment, "ci/kproxy-diff").exitCode()).isEqualTo(1);
    assertThat(repository.resolve("errors")).content().isEmpty();
  }

  @Test
  void refusesBadManifestsBeforeTheyAreCommitted() throws IOException, InterruptedException {
    Files.writeString(
        repository.resolve("bad.yaml"),
        """
        {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 70000}]}}
        """);
    Files.writeString(repository.resolve("other.yaml"), "a: file of another program\n");

    assertThat(run(Map.of(), "ci/kproxy-check", "new/mysql.yaml", "other.yaml").exitCode())
        .isZero();
    assertThat(
            run(Map.of(), "ci/kproxy-check", "new/mysql.yaml", "other.yaml", "bad.yaml").exitCode())
        .isEqualTo(1);
    assertThat(repository.resolve("errors")).content().contains("bad.yaml:1:", "KP202");
  }

  /// An exit code without a word of what a manifest lacks, be it that of bad input, says nothing of
  /// the manifest.
  @ParameterizedTest
  @CsvSource({"2, 1", "3, 3", "137, 137"})
  void failsTheHookWhereKproxyCannotRun(int exitCode, int expected)
      throws IOException, InterruptedException {
    Path program = makeProgram("broken", "echo there is no JDK >&2\nexit " + exitCode);

    Ran ran = run(Map.of("KPROXY", program.toString()), "ci/kproxy-check", "new/mysql.yaml");

    assertThat(ran.exitCode()).isEqualTo(expected);
    assertThat(repository.resolve("errors")).content().contains("there is no JDK");
  }

  @Test
  void failsTheHookWhereThereIsNoKproxyOrNoMemory() throws IOException, InterruptedException {
    Map<String, String> nowhere = Map.of("KPROXY", repository.resolve("nowhere").toString());
    assertThat(run(nowhere, "ci/kproxy-check", "new/mysql.yaml").exitCode()).isEqualTo(127);
    assertThat(repository.resolve("errors"))
        .content()
        .contains("kproxy-check: new/mysql.yaml: kproxy ended with 127\n");

    Map<String, String> noMemory = Map.of("JAVA_TOOL_OPTIONS", "-Xmx1");
    assertThat(run(noMemory, "ci/kproxy-check", "new/mysql.yaml").exitCode()).isEqualTo(1);
    assertThat(repository.resolve("errors"))
        .content()
        .contains("kproxy-check: new/mysql.yaml: kproxy ended with 1\n");
  }

  @Test
  void checksFilesWhoseNamesLookLikeOptions() throws IOException, InterruptedException {
    Files.copy(repository.resolve("new/mysql.yaml"), repository.resolve("-good.yaml"));
    Files.writeString(
        repository.resolve("-bad.yaml"),
        """
        {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 70000}]}}
        """);

    assertThat(run(Map.of(), "ci/kproxy-check", "-good.yaml").exitCode()).isZero();
    assertThat(run(Map.of(), "ci/kproxy-check", "-good.yaml", "-bad.yaml").exitCode()).isEqualTo(1);
    assertThat(repository.resolve("errors")).content().startsWith("./-bad.yaml:1:");
    assertThat(run(Map.of(), "ci/kproxy-check", "--strict", "new/mysql.yaml").exitCode())
        .isEqualTo(1);
    assertThat(repository.resolve("errors")).content().startsWith("./--strict:1:");
  }

  /// The workspace is that of an action: each checkout puts a side, entire, where its step says.
  @Test
  void annotatesTheFilesOfThePullRequest() throws IOException, InterruptedException {
    Matcher steps = STEPS.matcher(Files.readString(Case.root().resolve("README.md")));
    assertThat(steps.find()).isTrue();
    Path workspace = Files.createDirectory(repository.resolve("workspace"));
    Map<String, String> environment = new HashMap<>();
    for (JsonNode step : YAML.readTree(steps.group(1))) {
      JsonNode with = step.path("with");
      if (step.path("uses").asText().startsWith("actions/checkout@")) {
        Path root = workspace.resolve(with.path("path").asText());
        Path manifests = Files.createDirectories(root.resolve("manifests"));
        String side = with.has("ref") ? "old" : "new";
        Files.copy(repository.resolve(side + "/mysql.yaml"), manifests.resolve("mysql.yaml"));
        Files.writeString(
            root.resolve("kube-proxy.yaml"),
            "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n");
      } else {
        environment.put("OLD", with.path("old").asText());
        environment.put("NEW", with.path("new").asText());
        // Below the new side, too: the base must not be there.
        environment.put("OPTIONS", with.path("options").asText() + " -R");
      }
    }

    Ran ran = runIn(workspace, environment, Case.root().resolve("ci/kproxy-diff").toString());

    assertThat(ran.exitCode()).as(Files.readString(repository.resolve("errors"))).isZero();
    assertThat(ran.out())
        .contains("(endpoints 1)\n::warning file=manifests/mysql.yaml,line=1,title=");
  }

  private String git(Path directory, String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.name=a", "-c", "user.email=a@example.com"));
    command.addAll(List.of(arguments));
    Ran ran = runIn(directory, Map.of(), command.toArray(String[]::new));
    assertThat(ran.exitCode()).as(Files.readString(repository.resolve("errors"))).isZero();
    return ran.out().strip();
  }

  /// A runner keeps the repository for the next job, and removes what is not in it.
  @ParameterizedTest
  @ValueSource(strings = {"manifests", "."})
  void comparesWithTheBaseInAKeptWorkspace(String side) throws IOException, InterruptedException {
    Path project = repository.resolve("project");
    Path manifest = Files.createDirectories(project.resolve("manifests")).resolve("mysql.yaml");
    Files.copy(repository.resolve("old/mysql.yaml"), manifest);
    git(project, "init", "-q");
    git(project, "add", ".");
    git(project, "commit", "-q", "-m", "old");
    final String base = git(project, "rev-parse", "HEAD");
    Files.writeString(manifest, Files.readString(repository.resolve("new/mysql.yaml")));
    git(project, "commit", "-q", "-a", "-m", "new");

    Path temporary = Files.createDirectory(repository.resolve("temporary"));
    JsonNode job =
        YAML.readTree(Case.root().resolve("ci/gitlab.yml").toFile()).path(".kproxy-diff");
    List<String> script = new ArrayList<>();
    job.path("script").forEach(line -> script.add(line.asText()));
    Map<String, String> environment = new HashMap<>();
    job.path("variables")
        .properties()
        .forEach(variable -> environment.put(variable.getKey(), variable.getValue().asText()));
    environment.put("CI_PROJECT_DIR", project.toString());
    environment.put("CI_MERGE_REQUEST_DIFF_BASE_SHA", base);
    environment.put("NEW", side);
    environment.put("OPTIONS", "-R --node-ip 192.168.0.11");
    environment.put("TMPDIR", temporary.toString());
    environment.put("PATH", Case.root().resolve("ci") + ":" + System.getenv("PATH"));
    String[] command = {"bash", "-e", "-o", "pipefail", "-c", String.join("\n", script)};

    for (int pipeline = 1; pipeline <= 2; pipeline++) {
      Ran ran = runIn(project, environment, command);

      assertThat(ran.exitCode()).as(Files.readString(repository.resolve("errors"))).isZero();
      assertThat(project.resolve("kproxy-diff.md")).content().contains("(endpoints 1)");
      git(project, "clean", "-q", "-ffdx");
    }
    environment.put("OPTIONS", "--nonsense");
    assertThat(runIn(project, environment, command).exitCode()).isEqualTo(2);
    assertThat(temporary).isEmptyDirectory();
    assertThat(git(project, "worktree", "list").lines()).hasSize(1);
  }
}
