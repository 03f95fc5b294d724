package dev.kproxy.host;

import dev.kproxy.host.state.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A host and a store that do what others do, but for what an implementation does otherwise. All
/// that writes is left to it.
interface Relayed extends Host, Store {
  /// The host that does it.
  Host host();

  /// The store that keeps it.
  Store store();

  @Override
  default void start(ToolCall call) throws HostFault {
    host().start(call);
  }

  @Override
  default boolean has(String tool) {
    return host().has(tool);
  }

  @Override
  default void awaitOrphans() throws HostFault {
    host().awaitOrphans();
  }

  @Override
  default Scratch scratch() throws HostFault {
    return host().scratch();
  }

  @Override
  default Identity identity() throws HostFault {
    return host().identity();
  }

  @Override
  default String name() throws HostFault {
    return host().name();
  }

  @Override
  default int cpus() {
    return host().cpus();
  }

  @Override
  default List<Capability> lacking(List<Capability> capabilities) throws HostFault {
    return host().lacking(capabilities);
  }

  @Override
  default String liveKubeProxy() throws HostFault {
    return host().liveKubeProxy();
  }

  @Override
  default Instant now() {
    return host().now();
  }

  @Override
  default Optional<byte[]> read(String name) throws HostFault {
    return store().read(name);
  }

  @Override
  default List<String> names() throws HostFault {
    return store().names();
  }

  @Override
  default Lock lock(Duration limit) throws HostFault {
    return store().lock(limit);
  }
}
