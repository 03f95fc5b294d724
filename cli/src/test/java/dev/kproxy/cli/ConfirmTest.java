package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.Namespace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `--confirm-within`, with kproxy in a process of its own.
class ConfirmTest {
  @TempDir private Path state;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  private String kproxy(String words) {
    return String.join(
            " ",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp",
            System.getProperty("java.class.path"),
            "dev.kproxy.cli.Main",
            words,
            "--state-dir",
            state.toString())
        + "\n";
  }

  private String apply(int seconds) {
    return kproxy(
        "apply --backend nft --node n1 --confirm-within "
            + seconds
            + "s -f "
            + Case.root().resolve("testdata/examples/mysql-service.yaml"));
  }

  @Test
  void rollsBackWithoutAConfirmationThoughItsSessionIsGone()
      throws IOException, InterruptedException {
    try (Namespace namespace = Namespace.open()) {
      namespace.sh("iptables-nft -A INPUT -s 9.9.9.9 -j ACCEPT");
      Map<String, String> before = namespace.tables("nft");
      // The session that applies is killed with all that is in it.
      String talk = namespace.sh("setsid --wait sh -c '" + apply(8) + "kill -KILL -- -$$' || true");
      assertThat(talk).contains("applied and read back; rolled back at ");
      assertThat(namespace.tables("nft")).isNotEqualTo(before);
      long deadline = System.nanoTime() + 60_000_000_000L;
      while (!namespace.tables("nft").equals(before) && System.nanoTime() < deadline) {
        Thread.sleep(500);
      }
      assertThat(namespace.tables("nft")).isEqualTo(before);
    }
  }

  @Test
  void staysWhereItIsConfirmed() throws IOException, InterruptedException {
    try (Namespace namespace = Namespace.open()) {
      namespace.sh(apply(5));
      Map<String, String> applied = namespace.tables("nft");
      assertThat(namespace.sh(kproxy("confirm"))).contains("confirmed");
      Thread.sleep(9000);
      assertThat(namespace.tables("nft")).isEqualTo(applied).isNotEmpty();
    }
  }
}
