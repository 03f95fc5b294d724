package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.cli.command.Terminals;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.ToolCall;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/// What the run-time image is trained on, where it changes a host: one in memory, whose families
/// are read side by side.
class TrainingTest {
  @TempDir private Path directory;

  @RepeatedTest(20)
  void changesAHostInMemory() throws IOException, HostFault {
    var host = new TrainingHost();
    Path state =
        Files.createDirectory(
            directory.resolve("state"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    String rules = directory.resolve("rules").toString();
    String cluster = Case.root().resolve("testdata/clusters/small/cluster.yaml").toString();
    String[] apply = {
      "apply", rules, "--node", "n1", "--backend", "nft", "--state-dir", state.toString()
    };

    said(host, 0, "", "compile", "-f", cluster, "--node", "n1", "-d", rules);
    said(host, 0, "applied and read back", apply);
    said(host, 0, "all is as it should be", apply);
    said(host, 0, "all is as applied", "status", "--state-dir", state.toString());
    said(host, 0, "uninstalled", "uninstall", "--state-dir", state.toString());
    assertThat(host.run(ToolCall.reading("iptables-nft-save")).output())
        .doesNotContain("KUBE", "KPROXY");
  }

  private static void said(TrainingHost host, int code, String what, String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int exitCode =
        Main.run(
            arguments,
            InputStream.nullInputStream(),
            out,
            err,
            Map.of(),
            Terminals.NONE,
            _ -> host);
    assertThat(exitCode).as(err.toString(StandardCharsets.UTF_8)).isEqualTo(code);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains(what);
  }
}
