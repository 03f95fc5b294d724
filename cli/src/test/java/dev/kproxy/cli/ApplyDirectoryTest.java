package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.Namespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A directory that somebody edited, its sums included: nothing of it gets beyond what is
/// kube-proxy's.
class ApplyDirectoryTest {
  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          *filter             | *filter%:DOCKER - [0:0]                  | filter DOCKER is none of kube-proxy's chains
          *filter             | *filter%:KUBE-ROUTER-FORWARD - [0:0]     | filter KUBE-ROUTER-FORWARD is none of kube-proxy's chains
          *filter             | *raw%-A OUTPUT -j DROP%COMMIT%*filter    | the table raw is none of kube-proxy's
          -A INPUT            | -A INPUT -s 10.9.9.9 -j DROP%-A INPUT    | filter INPUT has a rule that is no jump to a chain of kube-proxy
          -A OUTPUT           | -A OUTPUT -j DOCKER%-A OUTPUT            | filter OUTPUT has a rule that is no jump to a chain of kube-proxy
          """)
  void refusesWhatIsNoneOfKubeProxys(String place, String edited, String why) throws IOException {
    Path rules = compiled();
    Path file = rules.resolve("iptables.rules");
    String text = Files.readString(file).replaceFirst("\\Q" + place + "\\E", edited);
    text = text.replace("*raw%", "*raw%:OUTPUT ACCEPT [0:0]%").replace('%', '\n');
    Files.writeString(file, text);
    Path index = rules.resolve("kproxy.json");
    Files.writeString(
        index,
        Files.readString(index)
            .replaceAll("(\"iptables.rules\",\\s*\"sha256\" : \")[0-9a-f]+", "$1" + sha256(text)));
    try (Namespace namespace = Namespace.open()) {
      namespace.sh("iptables-nft -N DOCKER; iptables-nft -A DOCKER -s 10.9.9.9 -j DROP");
      var before = namespace.tables("nft");
      String state = directory.resolve("state").toString();
      Kproxy.Result refused =
          Kproxy.run(
              namespace, List.of("apply", rules.toString(), "--node", "n1", "--state-dir", state));
      assertThat(refused.exitCode()).as(refused.out() + refused.err()).isEqualTo(8);
      assertThat(refused.err()).contains("rules: iptables.rules: " + why);
      assertThat(namespace.tables("nft")).isEqualTo(before);
    }
  }

  private Path compiled() {
    Path rules = directory.resolve("rules");
    String file = Case.root().resolve("testdata/examples/mysql-service.yaml").toString();
    Kproxy.Result result =
        Kproxy.run(
            "compile", "-f", file, "--node", "n1", "--without", "nfacct", "-d", rules.toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
    return rules;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
