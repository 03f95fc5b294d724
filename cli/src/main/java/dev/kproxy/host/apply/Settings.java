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
public record Settings(
    Optional<Backend> backend,
    boolean takeOver,
    Optional<Duration> confirmWithin,
    Duration lockLimit) {
  /// Without a confirmation, on the host's own backend.
  public static final Settings DEFAULT =
      new Settings(Optional.empty(), false, Optional.empty(), Duration.ofSeconds(30));
}
