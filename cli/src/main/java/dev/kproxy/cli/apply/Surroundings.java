package dev.kproxy.cli.apply;

import dev.kproxy.host.Host;
import dev.kproxy.host.LinuxHost;
import java.nio.file.Path;

/// The host that commands work on.
@FunctionalInterface
public interface Surroundings {
  /// The network namespace that this process is in.
  Surroundings HERE = LinuxHost::here;

  /// The host.
  ///
  /// @param guard a file that tools which write keep locked
  Host host(Path guard);
}
