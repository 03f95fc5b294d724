package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One write of an update goes wrong, each of them in turn: what is said of the end is true.
class FaultTest {
  private static final Settings NFT = HostChange.settings(Backend.NFT);

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  @ParameterizedTest
  @EnumSource(Faulty.Fault.class)
  void saysTheTruthWhicheverWriteGoesWrong(Faulty.Fault fault) throws HostFault, IOException {
    Backend backend = fault == Faulty.Fault.LIES ? Backend.LEGACY : Backend.NFT;
    int which = 0;
    while (fail(fault, which, backend)) {
      which++;
    }
    assertThat(which).as("writes").isGreaterThan(10);
  }

  private boolean fail(Faulty.Fault fault, int which, Backend backend)
      throws HostFault, IOException {
    Settings settings = HostChange.settings(backend);
    Path state = directory.resolve(fault + "-" + which);
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(state, "root")) {
      Host host = namespace.host(state.resolve("guard"));
      Operations healthy = new Operations(host, store, Progress.NONE, (_, _) -> {});
      healthy.apply(Clusters.one(), settings);
      Map<String, String> before = namespace.tables(backend.toString());

      Faulty faulty = new Faulty(host, store, fault, which);
      Optional<Outcome> outcome = Optional.empty();
      try {
        outcome =
            Optional.of(
                new Operations(faulty, faulty, Progress.NONE, (_, _) -> {})
                    .apply(Clusters.two(), settings));
      } catch (HostFault e) {
        assertThat(e.getMessage()).as("write %s", which).isNotEmpty();
      }
      Map<String, String> found = namespace.tables(backend.toString());
      boolean stands =
          outcome
              .filter(it -> it.end() == Outcome.End.DONE || it.end() == Outcome.End.PENDING)
              .isPresent();
      if (outcome.filter(it -> it.end() == Outcome.End.DONE).isPresent()) {
        assertThat(healthy.status().findings()).as("write %s", which).isEmpty();
      }
      healthy.recover(settings);
      assertThat(healthy.status().findings()).as("write %s", which).isEmpty();
      Map<String, String> recovered = namespace.tables(backend.toString());
      healthy.apply(Clusters.two(), settings);
      Map<String, String> after = namespace.tables(backend.toString());
      assertThat(after).isNotEqualTo(before);
      if (stands) {
        assertThat(found).as("write %s", which).isEqualTo(after);
      } else {
        assertThat(recovered).as("write %s", which).isIn(before, after);
      }
      return faulty.happened();
    }
  }

  /// A follow-up that fails leaves the rules standing, stops no other command, and is done by
  /// `recover` when it can be.
  @Test
  void failedFollowUpIsPendingUntilRecovered() throws HostFault, IOException {
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("pending"), "root")) {
      Host host = namespace.host(directory.resolve("guard"));
      Operations healthy = new Operations(host, store, Progress.NONE, (_, _) -> {});
      healthy.apply(Clusters.one(), Settings.DEFAULT);
      // A rule of somebody else counts into the counter, so that the kernel keeps it.
      namespace.sh("iptables-nft -A INPUT -m nfacct --nfacct-name counts_one -j ACCEPT");
      Outcome outcome = healthy.apply(Clusters.two(), Settings.DEFAULT);
      assertThat(outcome.end()).isEqualTo(Outcome.End.PENDING);
      assertThat(healthy.status().findings()).singleElement().asString().contains("follow-up");
      assertThat(healthy.recover(Settings.DEFAULT).end()).isEqualTo(Outcome.End.PENDING);
      assertThatThrownBy(() -> healthy.confirm(Settings.DEFAULT))
          .hasMessageStartingWith("no apply waits for a confirmation");
      assertThat(healthy.apply(Clusters.number(3), Settings.DEFAULT).end())
          .isEqualTo(Outcome.End.PENDING);
      assertThat(healthy.rollback(Settings.DEFAULT, Optional.empty()).end())
          .isEqualTo(Outcome.End.PENDING);
      outcome = healthy.uninstall(Settings.DEFAULT);
      assertThat(outcome.end()).isEqualTo(Outcome.End.PENDING);
      assertThat(outcome.message()).startsWith("uninstalled; a follow-up step is pending");
      assertThat(namespace.sh("iptables-nft-save")).doesNotContain("KUBE-");
      namespace.sh("iptables-nft -D INPUT -m nfacct --nfacct-name counts_one -j ACCEPT");
      assertThat(healthy.recover(Settings.DEFAULT).end()).isEqualTo(Outcome.End.DONE);
      assertThat(healthy.status().findings()).isEmpty();
      assertThat(namespace.sh("nfacct list")).isEmpty();
      assertThat(store.names()).doesNotContain("journal", "pending");
    }
  }

  /// A host on which the tools that load rules work so many times, and what happens then.
  private record Breaking(Host host, AtomicInteger left, Altered.Alteration then)
      implements RelayedHost {
    Breaking(Host host, int loads, Altered.Alteration then) {
      this(host, new AtomicInteger(loads), then);
    }

    @Override
    public ToolResult run(ToolCall call) throws HostFault {
      boolean breaks = call.tool().endsWith("-restore") && left.getAndDecrement() <= 0;
      return breaks ? then.run(host, call) : host.run(call);
    }
  }

  private static final Altered.Alteration BROKEN = (_, _) -> new ToolResult(1, "", "broken");
  private static final Altered.Alteration KILLED =
      (_, _) -> {
        throw new Mortal.Killed();
      };

  /// What a test does with a host whose [Clusters#one] is applied.
  @FunctionalInterface
  private interface Trial {
    void on(Namespace namespace, Host host, StateDirectory store, Operations healthy)
        throws HostFault, IOException;
  }

  private void applied(Trial trial) throws HostFault, IOException {
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("applied"), "root")) {
      Host host = namespace.host(directory.resolve("guard"));
      Operations healthy = new Operations(host, store, Progress.NONE, (_, _) -> {});
      healthy.apply(Clusters.one(), NFT);
      trial.on(namespace, host, store, healthy);
    }
  }

  private static void killAtSecondTable(Host host, StateDirectory store) {
    Host dying = new Breaking(host, 1, KILLED);
    Operations operations = new Operations(dying, store, Progress.NONE, (_, _) -> {});
    assertThatThrownBy(() -> operations.apply(Clusters.two(), NFT))
        .isInstanceOf(Mortal.Killed.class);
  }

  @Test
  void saysThatAHostIsHalfAppliedWhereTheWayBackFails() throws HostFault, IOException {
    applied(
        (namespace, host, store, healthy) -> {
          Map<String, String> before = namespace.tables("nft");
          Host breaking = new Breaking(host, 1, BROKEN);
          Outcome outcome =
              new Operations(breaking, store, Progress.NONE, (_, _) -> {})
                  .apply(Clusters.two(), NFT);
          assertThat(outcome.end()).isEqualTo(Outcome.End.HALF);
          assertThat(outcome.message())
              .contains("broken; and the way back failed: ")
              .endsWith("; half applied until kproxy recover ends it");
          assertThat(namespace.tables("nft")).isNotEqualTo(before);
          assertThat(healthy.recover(NFT).end()).isEqualTo(Outcome.End.DONE);
          assertThat(namespace.tables("nft")).isEqualTo(before);
        });
  }

  /// The marker of a table does not change where it had been lost, so its rules tell.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void takesNoTableForDoneThatIsNot(int loads) throws HostFault, IOException {
    applied(
        (namespace, host, store, healthy) -> {
          namespace.sh(
              "iptables-nft -t nat -F KPROXY-META; iptables-nft -t nat -X KPROXY-META; "
                  + "ip6tables-nft -F KPROXY-META; ip6tables-nft -X KPROXY-META");
          Map<String, String> before = namespace.tables("nft");
          Host dying = new Breaking(host, loads, KILLED);
          Operations operations = new Operations(dying, store, Progress.NONE, (_, _) -> {});
          assertThatThrownBy(() -> operations.uninstall(NFT)).isInstanceOf(Mortal.Killed.class);
          assertThat(healthy.recover(NFT).message())
              .isEqualTo("an interrupted change was taken back");
          assertThat(namespace.tables("nft")).isEqualTo(before);
          healthy.uninstall(NFT);
          assertThat(namespace.tables("nft")).isEmpty();
        });
  }

  /// What else may happen to tables that an apply was killed at.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "nft flush ruleset",
        "for t in filter nat; do iptables-nft -t $t -F; ip6tables-nft -t $t -F; done",
        "iptables-nft -t nat -F; iptables-nft -t nat -X"
      })
  void endsAnInterruptedApplyThoughTheTablesWereFlushed(String flush)
      throws HostFault, IOException {
    applied(
        (namespace, host, store, healthy) -> {
          killAtSecondTable(host, store);
          namespace.sh(flush);
          assertThat(healthy.recover(NFT).end()).isEqualTo(Outcome.End.DONE);
          assertThat(healthy.apply(Clusters.two(), NFT).end()).isEqualTo(Outcome.End.DONE);
          assertThat(healthy.status().findings()).isEmpty();
          healthy.uninstall(NFT);
          assertThat(namespace.tables("nft")).isEmpty();
        });
  }

  /// What is half applied looks like the work of another kproxy.
  @Test
  void plansNothingOnTopOfAnInterruptedApply() throws HostFault, IOException {
    applied(
        (namespace, host, store, healthy) -> {
          killAtSecondTable(host, store);
          assertThatThrownBy(() -> healthy.plan(Clusters.two(), NFT))
              .hasMessage(
                  "another change is at work here, or was interrupted: kproxy status tells which,"
                      + " kproxy recover ends it")
              .extracting(fault -> ((HostFault) fault).kind())
              .isEqualTo(HostFault.Kind.TIME);
          healthy.recover(NFT);
          assertThat(healthy.plan(Clusters.two(), NFT).plan().isEmpty()).isFalse();
        });
  }

  @Test
  void givesUpWhatCannotBeEndedWhereItTakesOver() throws HostFault, IOException {
    applied(
        (namespace, host, store, healthy) -> {
          killAtSecondTable(host, store);
          String generation = new State(store).journal().orElseThrow().to();
          store.write(generation, new byte[] {'x'});
          Map<String, String> before = namespace.tables("nft");
          assertThatThrownBy(() -> healthy.recover(NFT))
              .hasMessageContaining("an interrupted apply cannot be ended")
              .hasMessageContaining(generation)
              .hasMessageEndingWith("; kproxy apply --take-over gives it up");
          assertThat(namespace.tables("nft")).isEqualTo(before);
          Settings takeOver =
              new Settings(NFT.backend(), true, NFT.confirmWithin(), NFT.lockLimit());
          assertThat(healthy.apply(Clusters.two(), takeOver).end()).isEqualTo(Outcome.End.DONE);
          assertThat(healthy.status().findings()).isEmpty();
        });
  }

  /// A host with sets, and with no virtual servers.
  private record WithSets(Host host) implements RelayedHost {
    @Override
    public ToolResult run(ToolCall call) throws HostFault {
      return call.tool().equals("ipvsadm") ? new ToolResult(0, "", "") : host.run(call);
    }

    @Override
    public boolean has(String tool) {
      return tool.equals("ipvsadm") || host.has(tool);
    }
  }

  @Test
  void setInUseByOthersStopsNothing() throws HostFault, IOException {
    Target two = Clusters.two();
    Target withSet =
        new Target(
            "set",
            "set",
            two.rules(),
            two.sysctls(),
            two.counters(),
            Balancer.parse("create KUBE-NODE-PORT-UDP bitmap:port range 0-65535\n", "", "", "test"),
            two.services());
    applied(
        (namespace, host, store, _) -> {
          Operations operations =
              new Operations(new WithSets(host), store, Progress.NONE, (_, _) -> {});
          assertThat(operations.apply(withSet, NFT).end()).isEqualTo(Outcome.End.DONE);
          String theirs = " INPUT -m set --match-set KUBE-NODE-PORT-UDP dst -j DROP";
          namespace.sh("iptables-nft -A" + theirs);
          assertThat(operations.uninstall(NFT).end()).isEqualTo(Outcome.End.PENDING);
          assertThat(operations.recover(NFT).end()).isEqualTo(Outcome.End.PENDING);
          assertThat(operations.apply(withSet, NFT).end()).isEqualTo(Outcome.End.DONE);
          namespace.sh("iptables-nft -D" + theirs);
          assertThat(operations.uninstall(NFT).end()).isEqualTo(Outcome.End.DONE);
          assertThat(namespace.sh("ipset list -n")).isEmpty();
        });
  }
}
