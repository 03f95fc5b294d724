package dev.kproxy.host.plan;

import dev.kproxy.host.Backend;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.ToolCall;
import dev.kproxy.host.ToolResult;
import dev.kproxy.host.rules.RulesText;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.net.Family;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/// The tables of a host, at one time, with what everybody put there.
public record Tables(Map<TableKey, TableText> all) {

  /// Reads the tables of some families, side by side.
  public static Tables read(Host host, Backend backend, Collection<Family> families)
      throws HostFault {
    Map<Family, CompletableFuture<Map<TableKey, TableText>>> readings = new TreeMap<>();
    for (Family family : families) {
      CompletableFuture<Map<TableKey, TableText>> reading = new CompletableFuture<>();
      Thread.ofPlatform().daemon().start(() -> complete(reading, host, backend, family));
      readings.put(family, reading);
    }
    Map<TableKey, TableText> tables = new TreeMap<>();
    for (CompletableFuture<Map<TableKey, TableText>> reading : readings.values()) {
      try {
        tables.putAll(reading.get());
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
    return new Tables(tables);
  }

  private static void complete(
      CompletableFuture<Map<TableKey, TableText>> reading,
      Host host,
      Backend backend,
      Family family) {
    try {
      reading.complete(read(host, backend, family));
    } catch (HostFault | RuntimeException | Error e) {
      reading.completeExceptionally(e);
    }
  }

  private static Map<TableKey, TableText> read(Host host, Backend backend, Family family)
      throws HostFault {
    ToolCall save = backend.save(family);
    ToolResult result = host.require(save);
    return RulesText.read(family, result.output(), save.tool());
  }

  /// A table; an empty one where the kernel has none.
  public TableText get(TableKey key) {
    return all.getOrDefault(key, TableText.EMPTY);
  }
}
