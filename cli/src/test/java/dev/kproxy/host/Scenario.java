package dev.kproxy.host;

import dev.kproxy.host.apply.Operations;
import dev.kproxy.host.apply.Outcome;
import dev.kproxy.host.apply.Settings;
import java.util.List;
import java.util.Optional;

/// A change of a host.
enum Scenario {
  /// Rules come to a host that has none of ours.
  FIRST_INSTALL,
  /// Other rules take their place.
  UPDATE,
  /// So many new chains come that they are loaded in portions.
  GROWTH,
  /// So many of them go that they are deleted in portions.
  SHRINKING,
  /// The rules before those come back.
  ROLLBACK,
  /// All of ours goes.
  UNINSTALL,
  /// What was interrupted is ended.
  RECOVER;

  /// Those that begin with nothing interrupted.
  static final List<Scenario> CHANGES =
      List.of(FIRST_INSTALL, UPDATE, GROWTH, SHRINKING, ROLLBACK, UNINSTALL);

  /// Brings a host to where the scenario begins.
  void prepare(Operations operations, Settings settings) throws HostFault {
    if (this == SHRINKING) {
      operations.apply(Clusters.many(), settings);
    } else if (this != FIRST_INSTALL) {
      operations.apply(Clusters.one(), settings);
    }
    if (this == ROLLBACK) {
      operations.apply(Clusters.two(), settings);
    }
  }

  /// Does it.
  Outcome run(Operations operations, Settings settings) throws HostFault {
    return switch (this) {
      case FIRST_INSTALL -> operations.apply(Clusters.one(), settings);
      case UPDATE -> operations.apply(Clusters.two(), settings);
      case GROWTH -> operations.apply(Clusters.many(), settings);
      case SHRINKING -> operations.apply(Clusters.one(), settings);
      case ROLLBACK -> operations.rollback(settings, Optional.empty());
      case UNINSTALL -> operations.uninstall(settings);
      case RECOVER -> operations.recover(settings);
    };
  }
}
