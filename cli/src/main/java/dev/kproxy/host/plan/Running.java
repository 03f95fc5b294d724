package dev.kproxy.host.plan;

import dev.kproxy.host.HostFault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Work under way, as a rule in a thread of its own, most of which a tool does.
///
/// @param <T> what it comes to
public final class Running<T> implements AutoCloseable {
  private final FutureTask<T> task;

  private Running(Work<T> work) {
    this.task = new FutureTask<>(work::run);
  }

  /// What is to be done.
  @FunctionalInterface
  public interface Work<T> {
    /// Does it.
    T run() throws HostFault;
  }

  /// Work that begins when somebody wants to know what it comes to.
  public static <T> Running<T> whenAsked(Work<T> work) {
    return new Running<>(work);
  }

  /// Begins.
  public static <T> Running<T> start(Work<T> work) {
    Running<T> running = new Running<>(work);
    Thread.ofPlatform().daemon().start(running.task);
    return running;
  }

  /// What several come to that are done side by side, in their order.
  ///
  /// @throws HostFault what the first of them throws that fails, when all have ended
  public static <T> List<T> all(List<Work<T>> works) throws HostFault {
    List<Running<T>> running = new ArrayList<>();
    works.forEach(work -> running.add(start(work)));
    List<T> results = new ArrayList<>();
    List<HostFault> faults = new ArrayList<>();
    try {
      for (Running<T> each : running) {
        try {
          results.add(each.result());
        } catch (HostFault e) {
          faults.add(e);
        }
      }
    } finally {
      running.forEach(Running::close);
    }
    if (!faults.isEmpty()) {
      throw faults.getFirst();
    }
    return results;
  }

  /// What it comes to, as soon as it has ended. Who asks before it has begun does it.
  ///
  /// @throws HostFault what it throws
  public T result() throws HostFault {
    try {
      task.run(); // unless it has begun
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFault(HostFault.Kind.TIME, "interrupted");
    } catch (CancellationException e) {
      throw new HostFault(HostFault.Kind.TIME, "ended early");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case HostFault fault -> throw fault;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /// Ends it, where nobody wants to know any more; its tool is killed.
  @Override
  public void close() {
    task.cancel(true);
  }
}
