package dev.kproxy.host.state;

import dev.kproxy.host.HostFault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Small files that are there whole or not at all, and outlive a loss of power.
public interface Store {
  /// The content of a file; empty where there is none.
  Optional<byte[]> read(String name) throws HostFault;

  /// Puts a file in the place of what was there. When this returns, it is on the disk.
  void write(String name, byte[] content) throws HostFault;

  /// Takes a file away, if it is there. When this returns, that is on the disk.
  void delete(String name) throws HostFault;

  /// The names of all files.
  List<String> names() throws HostFault;

  /// Keeps other processes out until it is closed.
  ///
  /// @throws HostFault where they keep us out for longer than that
  Lock lock(Duration limit) throws HostFault;

  /// The same where nobody keeps us out at this moment; empty where somebody does.
  Optional<Lock> tryLock() throws HostFault;

  /// A store that holds nothing and keeps nothing, for those who may not see the real one.
  Store NONE =
      new Store() {
        @Override
        public Optional<byte[]> read(String name) {
          return Optional.empty();
        }

        @Override
        public void write(String name, byte[] content) throws HostFault {
          throw new HostFault(HostFault.Kind.PRIVILEGE, "there is no state directory");
        }

        @Override
        public void delete(String name) {}

        @Override
        public List<String> names() {
          return List.of();
        }

        @Override
        public Lock lock(Duration limit) {
          return () -> {};
        }

        @Override
        public Optional<Lock> tryLock() {
          return Optional.of(() -> {});
        }
      };

  /// A lock that is held.
  interface Lock extends AutoCloseable {
    @Override
    void close();
  }
}
