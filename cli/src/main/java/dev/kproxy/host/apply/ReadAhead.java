package dev.kproxy.host.apply;

import dev.kproxy.host.Backend;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.plan.Running;
import dev.kproxy.host.plan.Tables;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.State;
import dev.kproxy.net.Family;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What stands on a host, read in the background while what shall stand there is made.
///
/// Where the lock of the state is held meanwhile nothing of kproxy's changes. What others change
/// then is no other thing than what they change between reading and loading.
final class ReadAhead implements Tables.Source, AutoCloseable {
  private final Host host;
  private final State state;
  private final Optional<Backend> backend;
  private final Map<Family, Running<Tables>> tables = new EnumMap<>(Family.class);
  private @Nullable Known known;

  /// Begins to read.
  ///
  /// @param named whose tables are read; empty: those of what is installed, if anything is
  ReadAhead(Host host, State state, Optional<Backend> named) {
    this.host = host;
    this.state = state;
    this.backend = named.isPresent() ? named : used();
    if (backend.isPresent()) {
      for (Family family : Family.values()) {
        tables.put(family, Running.start(() -> Tables.Source.of(host).read(backend.get(), family)));
      }
    }
  }

  /// Where it cannot be told, who asks for [#known] is told why.
  private Optional<Backend> used() {
    try {
      return known().current().map(Generation::backend);
    } catch (HostFault e) {
      return Optional.empty();
    }
  }

  /// What is written down of the host. It is read when it is asked for: the tool that prints the
  /// tables takes longer, and processors that are busy with this, too, would delay it.
  Known known() throws HostFault {
    if (known == null) {
      known = Known.read(host, state);
    }
    return known;
  }

  @Override
  public Tables read(Backend wanted, Family family) throws HostFault {
    Running<Tables> ahead = tables.get(family);
    if (ahead != null && backend.equals(Optional.of(wanted))) {
      try {
        return ahead.result();
      } catch (HostFault e) {
        if (e.kind() == HostFault.Kind.TIME) {
          throw e; // Once more would take as long; who needs what else failed is told why.
        }
      }
    }
    return Tables.Source.of(host).read(wanted, family);
  }

  @Override
  public void close() {
    tables.values().forEach(Running::close);
  }
}
