package dev.kproxy.host.apply;

import dev.kproxy.host.Backend;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.ipvs.Balancing;
import dev.kproxy.host.plan.Kernel;
import dev.kproxy.host.plan.Progress;
import dev.kproxy.host.plan.SideBySide;
import dev.kproxy.host.plan.Tables;
import dev.kproxy.host.rules.Commits;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Generation;
import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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
  private final Optional<Generation> current;

  /// @param strangers what the host has: rules may jump to chains that are not ours
  /// @param current what kproxy has put there, as the host spells it
  Rehearsal(Host host, Progress progress, Tables strangers, Optional<Generation> current) {
    this.host = host;
    this.progress = progress;
    this.strangers = strangers;
    this.current = current;
  }

  /// The generation as the host's tools spell it. Where namespaces are forbidden, it is taken as it
  /// is, with a note.
  ///
  /// @throws HostFault where it does not load
  Generation of(Generation generation) throws HostFault {
    try {
      Map<TableKey, TableText> spelled = new TreeMap<>(generation.tables());
      List<SideBySide.Task<Map<TableKey, TableText>>> rehearsals = new ArrayList<>();
      for (Family family : generation.families()) {
        Map<TableKey, TableText> fresh = fresh(generation, family);
        if (!fresh.isEmpty()) {
          rehearsals.add(() -> load(generation, fresh));
        }
      }
      for (Map<TableKey, TableText> shown : SideBySide.all(rehearsals)) {
        shown.forEach((key, table) -> spelled.merge(key, table, TableText::plus));
      }
      return generation.withTables(spelled);
    } catch (HostFault e) {
      if (e.kind() == HostFault.Kind.PRIVILEGE) {
        progress.note("no rehearsal: " + e.getMessage());
        return generation;
      }
      throw new HostFault(e.kind(), "rehearsal: " + e.getMessage() + "; nothing was changed");
    }
  }

  /// What the host has not had just so before.
  private Map<TableKey, TableText> fresh(Generation generation, Family family) {
    Map<TableKey, TableText> fresh = new TreeMap<>();
    generation
        .tables()
        .forEach(
            (key, table) -> {
              TableText part =
                  table.minus(current.map(it -> it.table(key)).orElse(TableText.EMPTY));
              if (key.family() == family && !part.chains().isEmpty()) {
                fresh.put(key, part);
              }
            });
    return fresh;
  }

  /// Loads parts of a generation's tables into one namespace.
  private Map<TableKey, TableText> load(Generation generation, Map<TableKey, TableText> tables)
      throws HostFault {
    try (Host.Scratch scratch = host.scratch()) {
      new Kernel(scratch.host()).count(generation.counters());
      Balancer balancer = generation.balancer();
      if (!balancer.sets().isEmpty()) {
        new Balancing(scratch.host()).makeEmpty(balancer.sets().values());
      }
      Backend backend = generation.backend();
      for (Map.Entry<TableKey, TableText> part : tables.entrySet()) {
        TableKey key = part.getKey();
        TableText whole = withTargets(key, part.getValue(), generation.table(key));
        TableChange all = TableChange.between(key, TableText.EMPTY, whole, TableText.EMPTY);
        scratch.host().require(backend.restore(key.family(), Commits.of(all, MARK, backend)));
      }
      Set<Family> families = new TreeSet<>();
      tables.keySet().forEach(key -> families.add(key.family()));
      return shown(tables, Tables.read(scratch.host(), backend, families));
    }
  }

  private static Map<TableKey, TableText> shown(Map<TableKey, TableText> loaded, Tables read)
      throws HostFault {
    Map<TableKey, TableText> spelled = new TreeMap<>();
    for (Map.Entry<TableKey, TableText> part : loaded.entrySet()) {
      TableText wanted = part.getValue();
      TableText shown = read.get(part.getKey()).only(wanted::has, _ -> true);
      if (!shown.chains().keySet().equals(wanted.chains().keySet())) {
        throw new HostFault(
            HostFault.Kind.TOOL, "the kernel shows other chains in " + part.getKey());
      }
      spelled.put(part.getKey(), shown);
    }
    return spelled;
  }

  /// The part with empty chains for those that its rules jump to beside it: ours and others'.
  private TableText withTargets(TableKey key, TableText part, TableText table) {
    TableText observed = strangers.get(key);
    Map<String, List<String>> chains = new TreeMap<>(part.chains());
    for (List<String> rules : part.chains().values()) {
      for (String rule : rules) {
        String target = Commits.target(rule);
        if (table.has(target) || observed.has(target)) {
          chains.putIfAbsent(target, List.of());
        }
      }
    }
    return new TableText(chains);
  }
}
