package dev.kproxy.host.plan;

import dev.kproxy.host.HostFault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs tools side by side, as many at a time as there are processors, and two at least.
public final class SideBySide {
  private SideBySide() {}

  /// Work that a tool does.
  @FunctionalInterface
  public interface Task<T> {
    /// Does it.
    T run() throws HostFault;
  }

  /// What all tasks come to, in their order.
  ///
  /// @throws HostFault what the first of them throws that fails
  public static <T> List<T> all(List<Task<T>> tasks) throws HostFault {
    int width = Math.max(2, Runtime.getRuntime().availableProcessors());
    try (ExecutorService threads =
        Executors.newFixedThreadPool(width, work -> Thread.ofPlatform().daemon().unstarted(work))) {
      List<Future<T>> running = new ArrayList<>();
      for (Task<T> task : tasks) {
        running.add(threads.submit(task::run));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : running) {
        results.add(future.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostFault(HostFault.Kind.TIME, "interrupted");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case HostFault fault -> throw fault;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
