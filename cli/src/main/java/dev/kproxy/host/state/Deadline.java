package dev.kproxy.host.state;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Until when something is waited for.
///
/// @param time that, on the clock as it was set then; people may set it to any other time
/// @param uptime that, counted from the boot, which nobody sets; an earlier kproxy wrote none
public record Deadline(Instant time, Optional<Duration> uptime) {
  private static final Duration SET = Duration.ofSeconds(2);

  /// The one that is so far away.
  public static Deadline in(Duration wait, Host host) throws HostFault {
    return new Deadline(host.now().plus(wait), Optional.of(host.uptime().plus(wait)));
  }

  /// How far away it is; negative when it is over.
  public Duration left(Host host) throws HostFault {
    return uptime.isPresent()
        ? uptime.get().minus(host.uptime())
        : Duration.between(host.now(), time);
  }

  /// The same, on the clock as it is set now.
  public Deadline onClockOf(Host host) throws HostFault {
    Instant now = host.now().plus(left(host)).truncatedTo(ChronoUnit.SECONDS);
    boolean set = Duration.between(time, now).abs().compareTo(SET) > 0;
    return set ? new Deadline(now, uptime) : this;
  }
}
