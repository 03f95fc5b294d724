package dev.kproxy.host.apply;

import dev.kproxy.host.Backend;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.plan.Kernel;
import dev.kproxy.host.plan.Progress;
import dev.kproxy.host.plan.Tables;
import dev.kproxy.host.rules.Commits;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Generation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Loads a generation for real, in a network namespace where it does no harm, and reads it back:
/// what the tools print there is what the host must show afterwards.
///
/// No tool tells beforehand whether rules will load: `--test` and `nft -c` miss most faults that
/// only the kernel sees.
final class Rehearsal {
  private static final Marker.Swap MARK =
      new Marker.Swap(Optional.empty(), Optional.of("rehearsal"), false);

  private final Host host;
  private final Progress progress;
  private final Tables strangers;

  /// @param strangers what the host has: rules may jump to chains that are not ours
  Rehearsal(Host host, Progress progress, Tables strangers) {
    this.host = host;
    this.progress = progress;
    this.strangers = strangers;
  }

  /// The generation as the host's tools spell it. Where namespaces are forbidden, it is taken as it
  /// is, with a note.
  ///
  /// @throws HostFault where it does not load
  Generation of(Generation generation) throws HostFault {
    try (Host.Scratch scratch = host.scratch()) {
      return load(scratch.host(), generation);
    } catch (HostFault e) {
      if (e.kind() == HostFault.Kind.PRIVILEGE) {
        progress.note("no rehearsal: " + e.getMessage());
        return generation;
      }
      throw new HostFault(e.kind(), "rehearsal: " + e.getMessage() + "; nothing was changed");
    }
  }

  private Generation load(Host scratch, Generation generation) throws HostFault {
    new Kernel(scratch).count(generation.counters());
    Backend backend = generation.backend();
    for (TableKey key : generation.tables().keySet()) {
      TableText table = withStrangers(key, generation.table(key));
      TableChange all = TableChange.between(key, TableText.EMPTY, table, TableText.EMPTY);
      scratch.require(backend.restore(key.family(), Commits.of(all, MARK, backend)));
    }
    Tables read = Tables.read(scratch, backend, generation.families());
    Map<TableKey, TableText> spelled = new TreeMap<>();
    for (TableKey key : generation.tables().keySet()) {
      TableText wanted = generation.table(key);
      TableText shown = read.get(key).only(wanted::has, _ -> true);
      if (!shown.chains().keySet().equals(wanted.chains().keySet())) {
        throw new HostFault(HostFault.Kind.TOOL, "the kernel shows other chains in " + key);
      }
      spelled.put(key, shown);
    }
    return generation.withTables(spelled);
  }

  /// The table with empty chains for those of others that its rules jump to.
  private TableText withStrangers(TableKey key, TableText table) {
    TableText observed = strangers.get(key);
    Map<String, List<String>> chains = new TreeMap<>(table.chains());
    for (List<String> rules : table.chains().values()) {
      for (String rule : rules) {
        String target = Commits.target(rule);
        if (observed.has(target)) {
          chains.putIfAbsent(target, List.of());
        }
      }
    }
    return new TableText(chains);
  }
}
