package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome.End;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tools of a host are upgraded, and print the same rules in another way.
class UpgradeTest {
  private static final Settings NFT = HostChange.settings(Backend.NFT);

  private static final Settings TAKE_OVER =
      new Settings(NFT.backend(), true, NFT.confirmWithin(), NFT.lockLimit());

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  /// A host whose tools print matches otherwise, and the parts of a jump in another order.
  private record Upgraded(Host host) implements RelayedHost {
    @Override
    public ToolResult run(ToolCall call) throws HostFault {
      ToolResult result = host.run(call);
      return call.tool().endsWith("-save")
          ? new ToolResult(result.status(), spell(result.output()), result.errors())
          : result;
    }

    private static String spell(String rules) {
      return rules
          .replace(" -m tcp", "")
          .replaceAll("( -m comment --comment \"kubernetes [a-z ]+\")( -j KUBE-[A-Z]+)", "$2$1");
    }

    @Override
    public Scratch scratch() throws HostFault {
      return scratch(Upgraded::new);
    }
  }

  /// What a test does with a host on which [Clusters#one] was applied, and whose tools were
  /// upgraded since.
  @FunctionalInterface
  private interface Trial {
    void on(Namespace namespace, Operations operations) throws HostFault, IOException;
  }

  private void upgraded(Settings settings, Trial trial, String... before)
      throws HostFault, IOException {
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      for (String command : before) {
        namespace.sh(command);
      }
      Host host = namespace.host(directory.resolve("guard"));
      new Operations(host, store, Progress.NONE, (_, _) -> {}).apply(Clusters.one(), settings);
      assertThat(namespace.sh("iptables-nft-save"))
          .contains("-p tcp -m tcp --dport 80", "\"kubernetes service portals\" -j KUBE-SERVICES");
      trial.on(namespace, new Operations(new Upgraded(host), store, Progress.NONE, (_, _) -> {}));
    }
  }

  @Test
  void anotherSpellingIsNoDrift() throws HostFault, IOException {
    upgraded(
        NFT,
        (namespace, operations) -> {
          assertThat(operations.status().findings()).isEmpty();
          namespace.sh("iptables-nft -t nat -D KUBE-SERVICES 1; iptables-nft -D FORWARD 1");
          assertThat(operations.status().findings())
              .extracting(Finding::place)
              .containsExactly("IPv4 filter FORWARD", "IPv4 nat KUBE-SERVICES 1");
        });
  }

  @Test
  void anotherSpellingIsNoChange() throws HostFault, IOException {
    upgraded(
        NFT,
        (namespace, operations) -> {
          Map<String, String> before = namespace.tables("nft");
          assertThat(operations.plan(Clusters.one(), NFT).plan().isEmpty()).isTrue();
          assertThat(operations.apply(Clusters.one(), NFT).end()).isEqualTo(End.UNCHANGED);
          assertThat(namespace.tables("nft")).isEqualTo(before);
        });
  }

  @Test
  void goesOnAndBack() throws HostFault, IOException {
    upgraded(
        NFT,
        (namespace, operations) -> {
          assertThat(operations.apply(Clusters.two(), NFT).end()).isEqualTo(End.DONE);
          assertThat(operations.status().findings()).isEmpty();
          assertThat(operations.rollback(NFT, Optional.empty()).end()).isEqualTo(End.DONE);
          assertThat(operations.status().findings()).isEmpty();
          assertThat(namespace.sh("iptables-nft-save -t nat | grep -c -- '-j KUBE-SERVICES'"))
              .isEqualTo("2\n");
          assertThat(operations.uninstall(NFT).end()).isEqualTo(End.DONE);
          assertThat(namespace.tables("nft")).isEmpty();
        });
  }

  @Test
  void repairsWhatWasFlushed() throws HostFault, IOException {
    upgraded(
        NFT,
        (namespace, operations) -> {
          Map<String, String> before = namespace.tables("nft");
          namespace.sh("nft flush ruleset");
          assertThat(operations.apply(Clusters.one(), NFT).end()).isEqualTo(End.DONE);
          assertThat(operations.status().findings()).isEmpty();
          assertThat(namespace.tables("nft").keySet()).isEqualTo(before.keySet());
        });
  }

  /// What a kube-proxy left was remembered in the earlier spelling, too.
  @Test
  void givesBackWhatWasTakenOver() throws HostFault, IOException {
    upgraded(
        TAKE_OVER,
        (namespace, operations) -> {
          assertThat(operations.uninstall(NFT).end()).isEqualTo(End.DONE);
          assertThat(namespace.sh("iptables-nft-save -t nat"))
              .contains("-A KUBE-SERVICES -p tcp -m tcp --dport 81 -j ACCEPT");
        },
        "iptables-nft -t nat -N KUBE-SERVICES",
        "iptables-nft -t nat -A KUBE-SERVICES -p tcp --dport 81 -j ACCEPT");
  }
}
