package dev.kproxy.host;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// A host on which one run of a tool goes otherwise, in a rehearsal, too.
final class Altered implements RelayedHost {
  /// What happens in place of a run.
  @FunctionalInterface
  interface Alteration {
    ToolResult run(Host host, ToolCall call) throws HostFault;
  }

  private final Host host;
  private final Predicate<ToolCall> meant;
  private final AtomicInteger left;
  private final Alteration alteration;

  /// @param meant which runs count, and `which` of those goes otherwise, counted from 0
  Altered(Host host, Predicate<ToolCall> meant, int which, Alteration alteration) {
    this(host, meant, new AtomicInteger(which), alteration);
  }

  private Altered(Host host, Predicate<ToolCall> meant, AtomicInteger left, Alteration alteration) {
    this.host = host;
    this.meant = meant;
    this.left = left;
    this.alteration = alteration;
  }

  /// Whether that run has been reached.
  boolean happened() {
    return left.get() < 0;
  }

  @Override
  public ToolResult run(ToolCall call) throws HostFault {
    boolean altered = meant.test(call) && left.getAndDecrement() == 0;
    return altered ? alteration.run(host, call) : host.run(call);
  }

  @Override
  public Scratch scratch() throws HostFault {
    return scratch(inside -> new Altered(inside, meant, left, alteration));
  }

  @Override
  public Host host() {
    return host;
  }
}
