package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.cli.command.Terminals;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kproxy compile` as users meet it: its files, its notes and its exit codes.
class CompileCommandTest {
  private static final String CLUSTER =
      Case.root().resolve("testdata/clusters/small/cluster.yaml").toString();
  private static final String NO_SLICES =
      Case.root().resolve("testdata/examples/from-git.yaml").toString();

  @TempDir Path folder;

  @Test
  void takesAwayItsOwnFilesThatItDoesNotWriteAnyMore() throws IOException {
    compileInto("--node", "worker-1");
    assertThat(folder.resolve("sysctl.conf")).exists();
    compileInto("--node", "worker-1", "--emit", "iptables");
    try (var files = Files.list(folder)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder("iptables.rules", "kproxy.json");
    }
  }

  @Test
  void leavesFilesOfTheSameNameThatItDidNotWrite() throws IOException {
    Path theirs = Files.writeString(folder.resolve("sysctl.conf"), "vm.swappiness = 10\n");
    compileInto("--node", "worker-1", "--emit", "iptables");
    assertThat(theirs).hasContent("vm.swappiness = 10\n");
    compileInto("--node", "worker-1");
    Path changed = Files.writeString(folder.resolve("nfacct.restore"), "mine\n");
    compileInto("--node", "worker-1", "--emit", "iptables");
    assertThat(changed).hasContent("mine\n");
  }

  private void compileInto(String... options) {
    String[] given = {"compile", "-f", CLUSTER, "-d", folder.toString()};
    String[] all = new String[given.length + options.length];
    System.arraycopy(given, 0, all, 0, given.length);
    System.arraycopy(options, 0, all, given.length, options.length);
    Kproxy.Result result = Kproxy.run(all);
    assertThat(result.exitCode()).as(result.err()).isZero();
  }

  @Test
  void saysNotesOnStderrAndInTheDocument() {
    Kproxy.Result result = Kproxy.run("compile", "-f", NO_SLICES, "-o", "json");
    assertThat(result.err()).contains("note KP404");
    assertThat(result.out()).contains("\"KP404\"");
  }

  @Test
  void makesNotesErrorsWithStrict() {
    Kproxy.Result result = Kproxy.run("compile", "-f", NO_SLICES, "--strict");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("error KP404");
  }

  @Test
  void tellsWhichNodesThereAreWhereTheNamedOneIsNot() {
    Kproxy.Result result = Kproxy.run("compile", "-f", CLUSTER, "--node", "worker-l");
    assertThat(result.exitCode()).isZero();
    assertThat(result.err())
        .contains("note KP409")
        .contains("no Node \"worker-l\" in the input")
        .contains("\"worker-1\"");
  }

  @Test
  void endsWellWhereNobodyReadsItsOutput() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    int code =
        Main.run(
            new String[] {"compile", "-f", CLUSTER, "--node", "worker-1"},
            new ByteArrayInputStream(new byte[0]),
            closed,
            OutputStream.nullOutputStream(),
            Map.of(),
            Terminals.NONE);
    assertThat(code).isZero();
  }

  /// So many chains are ordered by digits of their names; a few thousand of them begin with the
  /// same eight characters behind `KUBE-`, `SEP-` among them.
  @Test
  void ordersSeventyThousandChainsByName() {
    StringBuilder cluster = new StringBuilder();
    for (int i = 0; i < 70; i++) {
      cluster
          .append("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s")
          .append(i)
          .append("\"},\"spec\":{\"clusterIP\":\"10.96.0.")
          .append(i + 1)
          .append("\",\"ports\":[{\"port\":80}]}}\n");
      cluster
          .append("{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",")
          .append("\"metadata\":{\"name\":\"s")
          .append(i)
          .append("\",\"labels\":{\"kubernetes.io/service-name\":\"s")
          .append(i)
          .append("\"}},\"addressType\":\"IPv4\",\"ports\":[{\"port\":80}],\"endpoints\":[");
      for (int j = 0; j < 1000; j++) {
        cluster
            .append(j == 0 ? "" : ",")
            .append("{\"addresses\":[\"10.")
            .append(i)
            .append('.')
            .append(j >> 8)
            .append('.')
            .append(j & 255)
            .append("\"]}");
      }
      cluster.append("]}\n");
    }

    Kproxy.Result result =
        Kproxy.runWithInput(
            cluster.toString().getBytes(StandardCharsets.UTF_8), "compile", "-f", "-");

    List<String> lines = result.out().lines().toList();
    List<String> chains =
        lines.subList(lines.indexOf("*nat"), lines.size()).stream()
            .filter(line -> line.startsWith(":KUBE-"))
            .toList();
    assertThat(chains).as(result.err()).hasSizeGreaterThan(70_000).isSorted();
    assertThat(
            lines.subList(lines.indexOf("*nat"), lines.size()).stream()
                .filter(line -> line.startsWith("-A KUBE-SEP-"))
                .map(line -> line.substring(0, line.indexOf(' ', 3))))
        .hasSize(140_000)
        .isSorted();
  }

  @Test
  void printsHelpWithoutColours() {
    assertThat(Kproxy.run("--help").out()).startsWith("Usage: kproxy");
  }
}
