package dev.kproxy.host.plan;

import dev.kproxy.host.HostFault;

/// What makes a [Target].
///
/// @param <E> what can go wrong beside a host's faults
@FunctionalInterface
public interface Making<E extends Exception> {
  /// Makes it.
  Target make() throws HostFault, E;
}
