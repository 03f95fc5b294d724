package dev.kproxy.host;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/// A host that does what another one does, but for what an implementation does otherwise. Running
/// tools is left to it.
interface RelayedHost extends Host {
  /// The host that does it.
  Host host();

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

  /// A namespace of the host, which does what an implementation makes of it.
  default Scratch scratch(UnaryOperator<Host> inside) throws HostFault {
    Scratch scratch = host().scratch();
    Host relayed = inside.apply(scratch.host());
    return new Scratch() {
      @Override
      public Host host() {
        return relayed;
      }

      @Override
      public void close() {
        scratch.close();
      }
    };
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
  default Duration uptime() throws HostFault {
    return host().uptime();
  }
}
