package dev.kproxy.simulate.host;

import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Verdict.Why;
import org.jspecify.annotations.Nullable;

/// Where routing sends a packet.
public sealed interface Decision {
  /// To this host.
  record Local() implements Decision {}

  /// Out of it.
  ///
  /// @param device the interface; null where nobody told the routes
  /// @param gateway the neighbour that it is sent to, which may be the destination itself; null
  ///   where it is not known
  record Out(@Nullable String device, @Nullable Ip gateway) implements Decision {}

  /// Nowhere.
  record Dropped(String why) implements Decision {}

  /// Nowhere, and the sender is told.
  ///
  /// @param with as in `--reject-with`
  record Refused(String with) implements Decision {}

  /// It depends on what nobody told.
  ///
  /// @param key what is asked: the same question always has the same answer
  record Unknown(Why why, Object key, Decision ifTrue, Decision ifFalse) implements Decision {}
}
