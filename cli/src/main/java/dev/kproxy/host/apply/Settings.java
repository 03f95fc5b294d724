package dev.kproxy.host.apply;

import dev.kproxy.host.Backend;
import java.time.Duration;
import java.util.Optional;

/// How to apply.
///
/// @param backend empty: the one that the host uses
/// @param takeOver whether rules that a kube-proxy left become ours
/// @param confirmWithin how long a confirmation is waited for; empty where none is
/// @param lockLimit how long another kproxy is waited for
/// @param drain how long connections to servers that go have time to end (mode ipvs)
public record Settings(
    Optional<Backend> backend,
    boolean takeOver,
    Optional<Duration> confirmWithin,
    Duration lockLimit,
    Duration drain) {
  /// Without a confirmation, on the host's own backend.
  public static final Settings DEFAULT =
      new Settings(Optional.empty(), false, Optional.empty(), Duration.ofSeconds(30));

  /// With the usual time for connections to end.
  public Settings(
      Optional<Backend> backend,
      boolean takeOver,
      Optional<Duration> confirmWithin,
      Duration lockLimit) {
    this(backend, takeOver, confirmWithin, lockLimit, Duration.ofSeconds(10));
  }
}
