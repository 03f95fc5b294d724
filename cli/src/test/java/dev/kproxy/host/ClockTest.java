package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome.End;
import dev.kproxy.host.apply.Settings;
import dev.kproxy.host.plan.Status;
import dev.kproxy.host.state.Deadline;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Somebody sets the clock while a confirmation is waited for.
class ClockTest {
  private static final Settings WITHIN_AN_HOUR =
      new Settings(
          Optional.of(Backend.NFT),
          false,
          Optional.of(Duration.ofHours(1)),
          Settings.DEFAULT.lockLimit());

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  /// A host with a clock that can be set, and on which time passes faster.
  private static final class Clock implements RelayedHost {
    private final Host host;
    private Duration set = Duration.ZERO;
    private Duration step = Duration.ZERO;
    private Duration passed = Duration.ZERO;

    Clock(Host host) {
      this.host = host;
    }

    @Override
    public ToolResult run(ToolCall call) throws HostFault {
      return host.run(call);
    }

    @Override
    public Host host() {
      return host;
    }

    @Override
    public Instant now() {
      set = set.plus(step);
      return host.now().plus(set).plus(passed);
    }

    @Override
    public Duration uptime() throws HostFault {
      return host.uptime().plus(passed);
    }
  }

  /// What a test does with a host on which [Clusters#one] waits for an hour.
  @FunctionalInterface
  private interface Trial {
    void on(Namespace namespace, Clock clock, State state, Operations operations)
        throws HostFault, IOException;
  }

  private void waiting(Trial trial) throws HostFault, IOException {
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      Clock clock = new Clock(namespace.host(directory.resolve("guard")));
      Operations operations = new Operations(clock, store, Progress.NONE, (_, _) -> {});
      operations.apply(Clusters.one(), WITHIN_AN_HOUR);
      trial.on(namespace, clock, new State(store), operations);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, -1})
  void confirmsInTimeWhateverTheClockShows(long days) throws HostFault, IOException {
    waiting(
        (_, clock, _, operations) -> {
          clock.set = Duration.ofDays(days);
          assertThat(operations.recover(WITHIN_AN_HOUR).end()).isEqualTo(End.UNCHANGED);
          Status status = operations.status();
          Instant deadline = status.installed().orElseThrow().confirmBy().orElseThrow().time();
          assertThat(deadline)
              .isBetween(clock.now().plusSeconds(3500), clock.now().plusSeconds(3700));
          assertThat(operations.status().findings())
              .singleElement()
              .hasToString("apply: waits until " + deadline + " for kproxy confirm");
          assertThat(operations.confirm(WITHIN_AN_HOUR).end()).isEqualTo(End.DONE);
          assertThat(operations.status().findings()).isEmpty();
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1})
  void goesBackWhenTheTimeIsOverWhateverTheClockShows(long days) throws HostFault, IOException {
    waiting(
        (namespace, clock, _, operations) -> {
          clock.set = Duration.ofDays(days);
          clock.passed = Duration.ofMinutes(70);
          assertThat(operations.recover(WITHIN_AN_HOUR).end()).isEqualTo(End.DONE);
          assertThat(namespace.tables("nft")).isEmpty();
        });
  }

  /// The watchdog is told how long to wait, not until when.
  @ParameterizedTest
  @ValueSource(longs = {1, -1})
  void watchdogWaitsAsLongThoughTheClockIsSetMeanwhile(long days) throws HostFault, IOException {
    try (Namespace namespace = Namespace.open();
        StateDirectory store = StateDirectory.open(directory.resolve("state"), "root")) {
      Clock clock = new Clock(namespace.host(directory.resolve("guard")));
      clock.step = Duration.ofDays(days);
      List<Duration> waits = new ArrayList<>();
      new Operations(clock, store, Progress.NONE, (_, wait) -> waits.add(wait))
          .apply(Clusters.one(), WITHIN_AN_HOUR);
      assertThat(waits)
          .singleElement()
          .satisfies(
              wait -> assertThat(wait).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(62)));
    }
  }

  /// An earlier kproxy wrote down the time on the clock alone.
  @Test
  void aRecordWithoutUptimeGoesByTheClock() throws HostFault, IOException {
    waiting(
        (namespace, clock, state, operations) -> {
          Deadline deadline =
              new Deadline(
                  clock.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(3600), Optional.empty());
          state.record(state.current().orElseThrow().waiting(Optional.of(deadline)));
          assertThat(state.current().flatMap(it -> it.confirmBy())).contains(deadline);
          assertThat(operations.recover(WITHIN_AN_HOUR).end()).isEqualTo(End.UNCHANGED);
          clock.passed = Duration.ofMinutes(61);
          assertThat(operations.recover(WITHIN_AN_HOUR).end()).isEqualTo(End.DONE);
          assertThat(namespace.tables("nft")).isEmpty();
        });
  }
}
