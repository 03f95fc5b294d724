package dev.kproxy.host.plan;

import dev.kproxy.host.HostFault;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.ipvs.BalancerOwnership;
import dev.kproxy.host.rules.Commits;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Tells ours from theirs: which chains kproxy wrote, which a kube-proxy left, and which are
/// nobody's business here.
public final class Ownership {
  private static final String PREFIX = "KUBE-";

  /// What kubelet makes on each node, beside any proxy.
  private static final Set<String> KUBELETS =
      Set.of("KUBE-KUBELET-CANARY", "KUBE-IPTABLES-HINT", "KUBE-FIREWALL");

  private final Tables tables;
  private final Optional<Installed> now;
  private final Optional<Generation> current;
  private final boolean takeOver;
  private final BalancerOwnership balancer;

  /// What is whose on a host.
  ///
  /// @param tables what the host has
  /// @param balancer what it has beside tables
  /// @param now what kproxy put there, and `current` its generation
  /// @param takeOver whether what a kube-proxy left becomes ours
  public Ownership(
      Tables tables,
      Balancer balancer,
      Optional<Installed> now,
      Optional<Generation> current,
      boolean takeOver) {
    this.tables = tables;
    this.now = now;
    this.current = current;
    this.takeOver = takeOver;
    this.balancer =
        new BalancerOwnership(
            balancer, current.map(Generation::balancer).orElse(Balancer.NONE), takeOver);
  }

  /// Looks for what others wrote.
  ///
  /// @throws HostFault where somebody else's rules stand where ours would be
  public void check(Generation wanted) throws HostFault {
    List<String> strangers = new ArrayList<>(markers());
    strangers.addAll(others(wanted));
    if (!takeOver && !strangers.isEmpty()) {
      throw HostFault.refused(found(strangers) + "; --take-over makes them kproxy's");
    }
  }

  /// Looks for what others wrote before a way back, on which only the tables of another kproxy are
  /// left alone.
  ///
  /// @return what else was found, in words; empty where nothing was
  /// @throws HostFault where a table is another kproxy's
  public Optional<String> checkBack(Generation wanted) throws HostFault {
    List<String> markers = markers();
    if (!markers.isEmpty()) {
      throw HostFault.refused(found(markers));
    }
    List<String> others = others(wanted);
    return others.isEmpty() ? Optional.empty() : Optional.of(found(others));
  }

  private static String found(List<String> strangers) {
    return "rules that this kproxy did not write: " + String.join(", ", strangers);
  }

  private List<String> markers() {
    List<String> strangers = new ArrayList<>();
    tables
        .all()
        .forEach(
            (key, table) -> {
              Optional<String> marker = Marker.of(table);
              if (marker.isPresent() && !marker.equals(now.flatMap(it -> it.marker(key)))) {
                strangers.add(key + " has the marker of an unknown generation");
              }
            });
    return strangers;
  }

  private List<String> others(Generation wanted) throws HostFault {
    List<String> strangers = new ArrayList<>();
    tables
        .all()
        .forEach(
            (key, table) -> {
              long left = table.userChains().stream().filter(chain -> isLeft(key, chain)).count();
              if (left > 0) {
                strangers.add(key + " has " + left + " KUBE- chains");
              }
            });
    strangers.addAll(balancer.strangers(wanted.balancer()));
    return strangers;
  }

  private boolean isLeft(TableKey key, String chain) {
    return chain.startsWith(PREFIX) && !KUBELETS.contains(chain) && !isOurs(key, chain);
  }

  private boolean isOurs(TableKey key, String chain) {
    return current.map(it -> it.table(key).has(chain)).orElse(false);
  }

  /// The generation without chains that kube-proxy only makes sure of, where somebody has filled
  /// them: an empty chain that stands there with rules is left to its owner.
  public Generation withoutShared(Generation wanted) {
    Map<TableKey, TableText> kept = new TreeMap<>();
    wanted
        .tables()
        .forEach(
            (key, table) -> {
              TableText observed = tables.get(key);
              kept.put(
                  key,
                  table.only(
                      chain ->
                          !KUBELETS.contains(chain)
                              || isOurs(key, chain)
                              || !table.rules(chain).isEmpty()
                              || observed.rules(chain).isEmpty(),
                      _ -> true));
            });
    return wanted.withTables(kept);
  }

  /// What may go: our chains and hooks, and with `--take-over` a kube-proxy's.
  public Generation owned(Generation wanted) {
    Map<TableKey, TableText> owned = new TreeMap<>();
    current.ifPresent(generation -> owned.putAll(generation.tables()));
    if (takeOver) {
      for (TableKey key : wanted.tables().keySet()) {
        TableText ours = owned.getOrDefault(key, TableText.EMPTY);
        TableText theirs = left(key);
        owned.put(key, union(ours, theirs));
      }
    }
    Generation shape = current.orElse(wanted);
    return shape.withTables(owned).withBalancer(balancer.owned());
  }

  /// What the host has in the places of ours, old and new: what a failed change goes back to.
  public Generation standing(Generation wanted) {
    Generation owned = owned(wanted);
    Set<TableKey> keys = new TreeSet<>(owned.tables().keySet());
    keys.addAll(wanted.tables().keySet());
    Map<TableKey, TableText> standing = new TreeMap<>();
    for (TableKey key : keys) {
      TableText places = union(owned.table(key), wanted.table(key));
      TableText observed = tables.get(key);
      TableText chains = observed.only(places::has, _ -> false);
      standing.put(key, union(chains, hooks(observed, places, TableText.EMPTY)));
    }
    return current
        .orElse(wanted)
        .withTables(standing)
        .withBalancer(balancer.standing(wanted.balancer()));
  }

  private TableText left(TableKey key) {
    return tables
        .get(key)
        .only(chain -> isLeft(key, chain), rule -> isLeft(key, Commits.target(rule)));
  }

  /// What stands in the places of ours and is not ours: what `uninstall` gives back.
  public Generation before(Generation wanted, Optional<Generation> known) {
    Map<TableKey, TableText> before = new TreeMap<>();
    known.ifPresent(generation -> before.putAll(generation.tables()));
    for (TableKey key : wanted.tables().keySet()) {
      TableText table = wanted.table(key);
      TableText ours = current.map(it -> it.table(key)).orElse(TableText.EMPTY);
      TableText left = takeOver ? left(key) : TableText.EMPTY;
      TableText found =
          tables
              .get(key)
              .only(chain -> !ours.has(chain) && (table.has(chain) || left.has(chain)), _ -> false);
      TableText hooks = hooks(tables.get(key), union(table, left), ours);
      before.merge(key, union(found, hooks), Ownership::union);
    }
    return new Generation(
        "before",
        "what was there before kproxy",
        wanted.backend(),
        known.map(Generation::made).orElse(wanted.made()),
        before,
        Map.of(),
        List.of(),
        balancer.before(wanted.balancer(), known.map(Generation::balancer).orElse(Balancer.NONE)),
        List.of());
  }

  /// The rules of built-in chains that are among the first and not among the second.
  private static TableText hooks(TableText observed, TableText among, TableText butNot) {
    Map<String, List<String>> hooks = new TreeMap<>();
    observed
        .chains()
        .forEach(
            (chain, rules) -> {
              Set<String> wanted = new HashSet<>(among.rules(chain));
              wanted.removeAll(new HashSet<>(butNot.rules(chain)));
              List<String> found = rules.stream().filter(wanted::contains).toList();
              if (TableText.isBuiltIn(chain) && !found.isEmpty()) {
                hooks.put(chain, found);
              }
            });
    return new TableText(hooks);
  }

  /// Both; where both have a chain, the first one's, and of built-in chains the rules of both.
  private static TableText union(TableText first, TableText second) {
    Map<String, List<String>> chains = new TreeMap<>(second.chains());
    first
        .chains()
        .forEach(
            (chain, rules) -> {
              Set<String> both = new LinkedHashSet<>(rules);
              if (TableText.isBuiltIn(chain)) {
                both.addAll(second.rules(chain));
                chains.put(chain, List.copyOf(both));
              } else {
                chains.put(chain, rules);
              }
            });
    return new TableText(chains);
  }
}
