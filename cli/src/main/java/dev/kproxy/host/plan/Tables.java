package dev.kproxy.host.plan;

import dev.kproxy.host.Backend;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.Progress;
import dev.kproxy.host.ToolCall;
import dev.kproxy.host.rules.RulesText;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.net.Family;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The tables of a host, at one time, with what everybody put there.
///
/// @param time how long it took to read them
public record Tables(Map<TableKey, TableText> all, Duration time) {

  /// A text of fewer characters is read as fast without knowing what is likely to stand there.
  private static final int SHORT = 1 << 16;

  private static final Tables NONE = new Tables(Map.of(), Duration.ZERO);

  /// What reads the tables of a family.
  @FunctionalInterface
  public interface Source {
    /// Reads them.
    Tables read(Backend backend, Family family) throws HostFault;

    /// Reads them when it is asked.
    ///
    /// @param expected what is likely to be there; asked for when the tool has ended, and its text
    ///   is not short
    static Source of(Host host, Running.Work<Map<TableKey, TableText>> expected) {
      return (backend, family) -> {
        Duration begun = host.uptime();
        ToolCall save = backend.save(family);
        String text = host.require(save).output();
        Duration printed = host.uptime().minus(begun);
        Map<TableKey, TableText> likely = text.length() < SHORT ? Map.of() : expected.run();
        begun = host.uptime();
        Map<TableKey, TableText> read = RulesText.read(family, text, save.tool(), likely);
        return new Tables(read, printed.plus(host.uptime().minus(begun)));
      };
    }
  }

  /// Reads the tables of some families, side by side.
  ///
  /// @param expected what is likely to be there
  public static Tables read(
      Host host, Backend backend, Collection<Family> families, Map<TableKey, TableText> expected)
      throws HostFault {
    return read(Source.of(host, () -> expected), backend, families);
  }

  private static Tables read(Source source, Backend backend, Collection<Family> families)
      throws HostFault {
    List<Running.Work<Tables>> readings = new ArrayList<>();
    for (Family family : families) {
      readings.add(() -> source.read(backend, family));
    }
    return Running.all(readings).stream().reduce(NONE, Tables::beside);
  }

  /// Both, read side by side.
  private Tables beside(Tables other) {
    Map<TableKey, TableText> both = new TreeMap<>(all);
    both.putAll(other.all);
    return new Tables(both, time.compareTo(other.time) < 0 ? other.time : time);
  }

  /// Reads the tables of all families, in case that a kube-proxy left its rules in one that is not
  /// needed. Where its tools are missing, or fail, it is left out.
  ///
  /// @param needed families that must be read
  public static Tables readAll(
      Host host, Source source, Backend backend, Collection<Family> needed, Progress progress)
      throws HostFault {
    Tables tables = read(source, backend, needed);
    for (Family family : Family.values()) {
      if (!needed.contains(family) && backend.tools(List.of(family)).stream().allMatch(host::has)) {
        try {
          tables = tables.beside(source.read(backend, family));
        } catch (HostFault e) {
          progress.note(family + " rules cannot be read, and stay as they are: " + e.getMessage());
        }
      }
    }
    return tables;
  }

  /// A table; an empty one where the kernel has none.
  public TableText get(TableKey key) {
    return all.getOrDefault(key, TableText.EMPTY);
  }
}
