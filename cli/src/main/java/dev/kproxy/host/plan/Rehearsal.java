package dev.kproxy.host.plan;

import dev.kproxy.host.Backend;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.Kernel;
import dev.kproxy.host.Progress;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.ipvs.Balancing;
import dev.kproxy.host.rules.Commits;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Generation;
import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/// Loads a generation for real, in a network namespace where it does no harm, and reads it back:
/// what the tools print there is what the host must show afterwards.
///
/// No tool tells beforehand whether rules will load: `--test` and `nft -c` miss most faults that
/// only the kernel sees.
public final class Rehearsal {
  private static final Marker.Swap MARK =
      new Marker.Swap(Optional.empty(), Optional.of("rehearsal"), false);

  private final Host host;
  private final Progress progress;
  private final Tables tables;

  /// @param tables what the host has. What it shows just so needs no rehearsal, and rules may jump
  ///   to chains that are not ours.
  public Rehearsal(Host host, Progress progress, Tables tables) {
    this.host = host;
    this.progress = progress;
    this.tables = tables;
  }

  /// The generation as the host's tools spell it. Where namespaces are forbidden, it is taken as it
  /// is, with a note.
  ///
  /// @throws HostFault where it does not load
  public Generation of(Generation generation) throws HostFault {
    try {
      return spelled(generation, (_, _) -> true);
    } catch (HostFault e) {
      if (e.kind() == HostFault.Kind.PRIVILEGE) {
        progress.note("no rehearsal: " + e.getMessage());
        return generation;
      }
      throw new HostFault(e.kind(), "rehearsal: " + e.getMessage() + "; nothing was changed");
    }
  }

  /// What the host's tools printed earlier, as they print it now: after an upgrade they may spell
  /// the same rules otherwise. Where that cannot be found out, it is taken as it is, with a note.
  public Generation known(Generation earlier) {
    return known(earlier, (_, _) -> true);
  }

  /// The same for what the host should have, as far as it has these chains.
  public Generation standing(Generation applied) {
    return known(applied, (key, chain) -> tables.get(key).has(chain));
  }

  private Generation known(Generation earlier, BiPredicate<TableKey, String> chains) {
    try {
      return spelled(earlier, chains);
    } catch (HostFault e) {
      progress.note("rules from earlier are taken as they were spelled then: " + e.getMessage());
      return earlier;
    }
  }

  /// @param chains which of its chains are spelled anew, unless the host shows them just so
  private Generation spelled(Generation generation, BiPredicate<TableKey, String> chains)
      throws HostFault {
    List<Running.Work<Map<TableKey, TableText>>> rehearsals = new ArrayList<>();
    for (Family family : generation.families()) {
      Map<TableKey, TableText> unlike = unlike(generation, family, chains);
      if (!unlike.isEmpty()) {
        rehearsals.add(() -> load(generation, unlike));
      }
    }
    if (rehearsals.isEmpty()) {
      return generation;
    }
    Map<TableKey, TableText> spelled = new TreeMap<>(generation.tables());
    for (Map<TableKey, TableText> shown : Running.all(rehearsals)) {
      shown.forEach((key, table) -> spelled.merge(key, table, TableText::plus));
    }
    return generation.withTables(spelled);
  }

  /// What the host does not show just so.
  private Map<TableKey, TableText> unlike(
      Generation generation, Family family, BiPredicate<TableKey, String> chains) {
    Map<TableKey, TableText> unlike = new TreeMap<>();
    generation
        .tables()
        .forEach(
            (key, table) -> {
              if (key.family() == family) {
                TableText part =
                    table.unlike(tables.get(key)).only(chain -> chains.test(key, chain), _ -> true);
                if (!part.chains().isEmpty()) {
                  unlike.put(key, part);
                }
              }
            });
    return unlike;
  }

  /// Loads parts of a generation's tables into one namespace.
  private Map<TableKey, TableText> load(Generation generation, Map<TableKey, TableText> parts)
      throws HostFault {
    try (Host.Scratch scratch = host.scratch()) {
      new Kernel(scratch.host()).count(generation.counters());
      Balancer balancer = generation.balancer();
      if (!balancer.sets().isEmpty()) {
        new Balancing(scratch.host()).makeEmpty(balancer.sets().values());
      }
      Backend backend = generation.backend();
      for (Map.Entry<TableKey, TableText> part : parts.entrySet()) {
        TableKey key = part.getKey();
        TableText whole = withTargets(key, part.getValue(), generation.table(key));
        TableChange all = TableChange.between(key, TableText.EMPTY, whole, TableText.EMPTY);
        scratch.host().require(backend.restore(key.family(), Commits.of(all, MARK, backend)));
      }
      Set<Family> families = new TreeSet<>();
      parts.keySet().forEach(key -> families.add(key.family()));
      return shown(parts, Tables.read(scratch.host(), backend, families, parts));
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
    TableText observed = tables.get(key);
    Map<String, List<String>> chains = new HashMap<>(part.chains());
    for (List<String> rules : part.chains().values()) {
      for (String rule : rules) {
        String target = Commits.target(rule);
        if (table.has(target) || observed.has(target)) {
          chains.putIfAbsent(target, List.of());
        }
      }
    }
    return TableText.of(chains);
  }
}
