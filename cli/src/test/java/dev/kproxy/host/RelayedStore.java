package dev.kproxy.host;

import dev.kproxy.host.state.Store;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A store that does what another one does, but for what an implementation does otherwise. Changes
/// are left to it.
interface RelayedStore extends Store {
  /// The store that does it.
  Store store();

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

  @Override
  default Optional<Lock> tryLock() throws HostFault {
    return store().tryLock();
  }
}
