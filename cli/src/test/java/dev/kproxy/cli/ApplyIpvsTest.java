package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.BalancedScenarios;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Mode ipvs on a host: [BalancedScenarios] in a kernel that has IPVS.
///
/// `mvn verify` kills one update at few points and makes few changes, since that kernel is slow;
/// `-Dkproxy.apply.kills=all` kills at all points, and boots, and `-Dkproxy.apply.drifts=1000`
/// makes as many changes.
class ApplyIpvsTest {
  private static final boolean ALL = System.getProperty("kproxy.apply.kills", "").equals("all");

  private static final int STRIDE = ALL ? 1 : 31;

  private static final int CHANGES = Integer.getInteger("kproxy.apply.drifts", 3);

  @TempDir private Path folder;

  @BeforeAll
  static void needsTheKernel() {
    UserModeLinux.require();
  }

  /// @return the lines of what held
  private List<String> run(String scenario, int number) throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    UserModeLinux.run(
        String.join(
                " ",
                "modprobe -a ip_vs ip_vs_rr ip_vs_wrr ip_vs_lc ip_vs_wlc dummy ip_set xt_set;",
                java,
                "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -cp",
                System.getProperty("java.class.path"),
                BalancedScenarios.class.getName(),
                scenario,
                folder.toRealPath().toString(),
                Integer.toString(number))
            + "\n",
        folder);
    return Files.readAllLines(folder.resolve("progress"));
  }

  private static Stream<String> kills() {
    return ALL ? Stream.of("kill-update", "kill-install", "kill-mode") : Stream.of("kill-update");
  }

  @ParameterizedTest
  @MethodSource("kills")
  void aKillLeavesNothingHalf(String pair) throws IOException, InterruptedException {
    List<String> held = run(pair, STRIDE);
    assertThat(held).filteredOn(line -> line.endsWith(" killed")).hasSizeGreaterThan(40 / STRIDE);
    assertThat(held.getLast()).endsWith(" alive");
  }

  @Test
  void statusSaysWhereAndApplyRepairs() throws IOException, InterruptedException {
    assertThat(run("drift", CHANGES)).hasSize(CHANGES);
  }

  @Test
  void neverBelievesIpvsadm() throws IOException, InterruptedException {
    assertThat(run("lies", 0)).hasSize(1);
  }

  /// Boots: one is applied; a second one is not confirmed in time; is confirmed; is there again.
  @Test
  @EnabledIfSystemProperty(named = "kproxy.apply.kills", matches = "all")
  void recoverPutsBackWhatWasConfirmedAfterABoot() throws IOException, InterruptedException {
    for (int boot = 1; boot <= 4; boot++) {
      assertThat(run("boot", boot)).hasSize(boot);
    }
  }
}
