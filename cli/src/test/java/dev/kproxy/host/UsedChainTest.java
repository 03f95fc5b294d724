package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome.End;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rules of others lead to chains of ours, which the kernel then keeps.
class UsedChainTest {
  private static final Settings NFT = HostChange.settings(Backend.NFT);
  private static final Settings UNCONFIRMED =
      new Settings(
          NFT.backend(), false, Optional.of(Duration.ofHours(1)), Settings.DEFAULT.lockLimit());

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  /// What a test does with a host on which [Clusters#one] was applied.
  @FunctionalInterface
  private interface Trial {
    void on(Namespace namespace, State state, Operations operations) throws HostFault, IOException;
  }

  private void applied(Settings settings, Trial trial) throws HostFault, IOException {
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      Host host = namespace.host(directory.resolve("guard"));
      Operations operations = new Operations(host, store, Progress.NONE, (_, _) -> {});
      operations.apply(Clusters.one(), settings);
      trial.on(namespace, new State(store), operations);
    }
  }

  private static void refuses(Namespace namespace, String message, ThrowingCallable command) {
    Map<String, String> before = namespace.tables("nft");
    assertThatThrownBy(command)
        .isInstanceOfSatisfying(
            HostFault.class, it -> assertThat(it.kind()).isEqualTo(HostFault.Kind.REFUSED))
        .hasMessage(message);
    assertThat(namespace.tables("nft")).isEqualTo(before);
  }

  @Test
  void refusesToDeleteAChainThatAChainOfOthersLeadsTo() throws HostFault, IOException {
    applied(
        NFT,
        (namespace, _, operations) -> {
          namespace.sh(
              "ip6tables-nft -t nat -N THEIRS; "
                  + "ip6tables-nft -t nat -A THEIRS -s fd09::9 -g KUBE-SVC-ONLYONE000000000");
          String message =
              "rules of others in IPv6 nat: -A THEIRS -s fd09::9/128 -g KUBE-SVC-ONLYONE000000000"
                  + " leads to KUBE-SVC-ONLYONE000000000, which would go";
          refuses(namespace, message, () -> operations.plan(Clusters.two(), NFT));
          refuses(namespace, message, () -> operations.apply(Clusters.two(), NFT));
          refuses(namespace, message, () -> operations.rollback(NFT, Optional.empty()));
          refuses(namespace, message, () -> operations.uninstall(NFT));
          assertThat(operations.apply(Clusters.one(), NFT).end()).isEqualTo(End.UNCHANGED);
          namespace.sh("ip6tables-nft -t nat -F THEIRS");
          assertThat(operations.uninstall(NFT).end()).isEqualTo(End.DONE);
        });
  }

  /// Ours are in the same chain, and go.
  @Test
  void refusesToDeleteAChainThatAnotherJumpOfABuiltInChainLeadsTo() throws HostFault, IOException {
    applied(
        NFT,
        (namespace, _, operations) -> {
          namespace.sh("iptables-nft -A FORWARD -s 9.9.9.9 -j KUBE-FORWARD");
          refuses(
              namespace,
              "rules of others in IPv4 filter: -A FORWARD -s 9.9.9.9/32 -j KUBE-FORWARD leads to"
                  + " KUBE-FORWARD, which would go",
              () -> operations.uninstall(NFT));
        });
  }

  @Test
  void watchdogLeavesAnEmptyChainToThem() throws HostFault, IOException {
    applied(
        NFT,
        (namespace, state, operations) -> {
          operations.apply(Clusters.two(), UNCONFIRMED);
          namespace.sh("iptables-nft -t nat -A OUTPUT -s 9.9.9.9 -j KUBE-SVC-ONLYTWO000000000");
          String id = state.current().orElseThrow().id();
          assertThat(operations.rollback(NFT, Optional.of(id)).end()).isEqualTo(End.DONE);
          assertThat(operations.status().findings()).isEmpty();
          assertThat(namespace.sh("iptables-nft-save -t nat"))
              .contains(":KUBE-SVC-ONLYTWO000000000 - ")
              .doesNotContain("-A KUBE-SVC-ONLYTWO");
          namespace.sh("iptables-nft -t nat -D OUTPUT -s 9.9.9.9 -j KUBE-SVC-ONLYTWO000000000");
          assertThat(operations.uninstall(NFT).end()).isEqualTo(End.DONE);
          assertThat(namespace.tables("nft")).isEmpty();
        });
  }

  @Test
  void watchdogOfAFirstApplyLeavesAnEmptyChainToThem() throws HostFault, IOException {
    applied(
        UNCONFIRMED,
        (namespace, state, operations) -> {
          namespace.sh("iptables-nft -t nat -A OUTPUT -s 9.9.9.9 -j KUBE-SERVICES");
          String id = state.current().orElseThrow().id();
          assertThat(operations.rollback(NFT, Optional.of(id)).end()).isEqualTo(End.DONE);
          assertThat(state.current()).isEmpty();
          assertThat(namespace.sh("iptables-nft-save -t nat | grep KUBE"))
              .matches(
                  ":KUBE-SERVICES - \\[0:0]\n-A OUTPUT -s 9\\.9\\.9\\.9/32 -j KUBE-SERVICES\n");
        });
  }
}
