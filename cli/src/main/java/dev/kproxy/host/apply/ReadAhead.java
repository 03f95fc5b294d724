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
import java.util.Objects;
import java.util.Optional;

/// What stands on a host, read in the background while what shall stand there is made.
///
/// Where the lock of the state is held meanwhile nothing of kproxy's changes. What others change
/// then is no other thing than what they change between reading and loading.
final class ReadAhead implements Tables.Source, AutoCloseable {
  private final Host host;
  private final Optional<Backend> named;
  private final Running<Known> known;
  private final Map<Family, Running<Optional<Tables>>> tables = new EnumMap<>(Family.class);

  /// Begins to read.
  ///
  /// @param named whose tables are read; empty: those of what is installed, if anything is
  ReadAhead(Host host, State state, Optional<Backend> named) {
    this.host = host;
    this.named = named;
    this.known = Running.whenAsked(() -> Known.read(host, state));
    for (Family family : Family.values()) {
      tables.put(family, Running.start(() -> tables(family)));
    }
    Running.start(this::afterwards);
  }

  private Optional<Tables> tables(Family family) throws HostFault {
    Optional<Backend> used = backend();
    return used.isPresent() ? Optional.of(now().read(used.get(), family)) : Optional.empty();
  }

  private Tables.Source now() {
    return Tables.Source.of(host, () -> known().tables());
  }

  private Optional<Backend> backend() throws HostFault {
    return named.isPresent() ? named : known().current().map(Generation::backend);
  }

  private Known afterwards() throws HostFault {
    for (Running<Optional<Tables>> read : tables.values()) {
      read.result();
    }
    return known();
  }

  /// What is written down of the host. It is read at once where only it tells which tables to read;
  /// else when it is asked for, or as soon as the tables are there: the tool that prints them may
  /// take longer than all else, and processors that are busy with this, too, would delay it.
  Known known() throws HostFault {
    return known.result();
  }

  @Override
  public Tables read(Backend wanted, Family family) throws HostFault {
    Optional<Tables> ahead =
        backend().equals(Optional.of(wanted)) ? ahead(family) : Optional.empty();
    return ahead.isPresent() ? ahead.get() : now().read(wanted, family);
  }

  /// Who needs what could not be read is told why when it is read once more. What took too long is
  /// not.
  private Optional<Tables> ahead(Family family) throws HostFault {
    try {
      return Objects.requireNonNull(tables.get(family)).result();
    } catch (HostFault e) {
      if (e.kind() == HostFault.Kind.TIME) {
        throw e;
      }
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    tables.values().forEach(Running::close);
    known.close();
  }
}
