package dev.kproxy.host;

import dev.kproxy.host.state.Store;
import java.time.Duration;
import java.util.Arrays;

/// A host and a store on which a process dies at a chosen point: before, in the middle of, or after
/// one of its writes, to the kernel or to the disk. From then on it does nothing any more, as a
/// process that got SIGKILL. In User Mode Linux a process of its own for each death takes too long.
final class Mortal implements RelayedHost, RelayedStore {
  /// The death. An error, so that nobody thinks of catching it.
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final Host host;
  private final Store store;
  private int left;
  private boolean dead;

  /// @param points after how many points the process dies
  Mortal(Host host, Store store, int points) {
    this.host = host;
    this.store = store;
    this.left = points;
  }

  private boolean dies() {
    if (dead) {
      throw new Killed();
    }
    dead = left-- == 0;
    return dead;
  }

  private void point() {
    if (dies()) {
      throw new Killed();
    }
  }

  @Override
  public ToolResult run(ToolCall call) throws HostFault {
    if (dead) {
      throw new Killed();
    }
    if (!call.writes()) {
      return host.run(call);
    }
    point();
    if (dies()) {
      try {
        host.run(call.within(Duration.ofMillis(2)));
      } catch (HostFault e) {
        throw new Killed(); // The tool was killed with it.
      }
      throw new Killed();
    }
    ToolResult result = host.run(call);
    point();
    return result;
  }

  @Override
  public void write(String name, byte[] content) throws HostFault {
    point();
    if (dies()) {
      // The file beside its place, half written.
      store.write(name + ".new", Arrays.copyOf(content, content.length / 2));
      throw new Killed();
    }
    store.write(name, content);
    point();
  }

  @Override
  public void delete(String name) throws HostFault {
    point();
    store.delete(name);
    point();
  }

  @Override
  public Host host() {
    return host;
  }

  @Override
  public Store store() {
    return store;
  }
}
