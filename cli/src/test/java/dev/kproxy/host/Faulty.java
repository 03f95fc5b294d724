package dev.kproxy.host;

import dev.kproxy.host.HostFault.Kind;
import dev.kproxy.host.state.Store;

/// A host and a store of which one write goes wrong, in a chosen way.
final class Faulty implements RelayedHost, RelayedStore {
  /// The ways in which a write goes wrong.
  enum Fault {
    /// Nothing is done, and it is said.
    FAILS,
    /// It is done, and said to have failed.
    FAILS_AFTERWARDS,
    /// Nothing is done, and it is said to have succeeded. No disk does that here.
    LIES
  }

  private final Host host;
  private final Store store;
  private final Fault fault;
  private int left;

  /// @param which which write it is, counted from 0
  Faulty(Host host, Store store, Fault fault, int which) {
    this.host = host;
    this.store = store;
    this.fault = fault;
    this.left = which;
  }

  /// Whether the fault has happened.
  boolean happened() {
    return left < 0;
  }

  @Override
  public ToolResult run(ToolCall call) throws HostFault {
    if (!call.writes() || left-- != 0) {
      return host.run(call);
    }
    return switch (fault) {
      case FAILS -> new ToolResult(1, "", "it fails");
      case FAILS_AFTERWARDS -> {
        host.run(call);
        yield new ToolResult(1, "", "it fails afterwards");
      }
      case LIES -> new ToolResult(0, "", "");
    };
  }

  @Override
  public void write(String name, byte[] content) throws HostFault {
    boolean wrong = left-- == 0;
    if (!wrong || fault != Fault.FAILS) {
      store.write(name, content);
    }
    if (wrong && fault != Fault.LIES) {
      throw new HostFault(Kind.TOOL, "No space left on device");
    }
  }

  @Override
  public void delete(String name) throws HostFault {
    boolean wrong = left-- == 0;
    if (!wrong || fault != Fault.FAILS) {
      store.delete(name);
    }
    if (wrong && fault != Fault.LIES) {
      throw new HostFault(Kind.TOOL, "Read-only file system");
    }
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
