package dev.kproxy.host.plan;

import dev.kproxy.host.Backend;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.Progress;
import dev.kproxy.host.ToolCall;
import dev.kproxy.host.ToolResult;
import dev.kproxy.host.rules.RulesText;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The tables of a host, at one time, with what everybody put there.
public record Tables(Map<TableKey, TableText> all) {

  /// Reads the tables of some families, side by side.
  public static Tables read(Host host, Backend backend, Collection<Family> families)
      throws HostFault {
    List<SideBySide.Task<Map<TableKey, TableText>>> readings = new ArrayList<>();
    for (Family family : families) {
      readings.add(() -> read(host, backend, family));
    }
    Map<TableKey, TableText> tables = new TreeMap<>();
    SideBySide.all(readings).forEach(tables::putAll);
    return new Tables(tables);
  }

  /// Reads the tables of all families, in case that a kube-proxy left its rules in one that is not
  /// needed. Where its tools are missing, or fail, it is left out.
  ///
  /// @param needed families that must be read
  public static Tables readAll(
      Host host, Backend backend, Collection<Family> needed, Progress progress) throws HostFault {
    Map<TableKey, TableText> tables = new TreeMap<>(read(host, backend, needed).all());
    for (Family family : Family.values()) {
      if (!needed.contains(family) && backend.tools(List.of(family)).stream().allMatch(host::has)) {
        try {
          tables.putAll(read(host, backend, family));
        } catch (HostFault e) {
          progress.note(family + " rules cannot be read, and stay as they are: " + e.getMessage());
        }
      }
    }
    return new Tables(tables);
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
