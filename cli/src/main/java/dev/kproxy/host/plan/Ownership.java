package dev.kproxy.host.plan;

import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.ipvs.BalancerOwnership;
import dev.kproxy.host.rules.Commits;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/// Tells ours from theirs: which chains kproxy wrote, which a kube-proxy left, and which are
/// nobody's business here, whatever they are called.
public final class Ownership {
  private final Tables tables;
  private final Optional<Installed> now;
  private final Optional<Generation> current;
  private final boolean takeOver;
  private final BalancerOwnership balancer;

  /// What is whose on a host.
  ///
  /// @param tables what the host has
  /// @param balancer what it has beside tables
  /// @param local the host's own addresses, as far as anybody needs to know
  /// @param now what kproxy put there, and `current` its generation
  /// @param ours what kproxy put there beside tables
  /// @param takeOver whether what a kube-proxy left becomes ours
  public Ownership(
      Tables tables,
      Balancer balancer,
      Set<Ip> local,
      Optional<Installed> now,
      Optional<Generation> current,
      Balancer ours,
      boolean takeOver) {
    this.tables = tables;
    this.now = now;
    this.current = current;
    this.takeOver = takeOver;
    this.balancer = new BalancerOwnership(balancer, local, ours, takeOver);
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
    return keys().stream()
        .filter(this::isStrange)
        .map(key -> key + " has the marker of an unknown generation")
        .toList();
  }

  /// The tables that are kube-proxy's business.
  private List<TableKey> keys() {
    return tables.all().keySet().stream()
        .filter(key -> TableKey.TABLES.contains(key.table()))
        .toList();
  }

  private boolean isStrange(TableKey key) {
    Optional<String> marker = Marker.of(tables.get(key));
    return marker.isPresent() && !marker.equals(now.flatMap(it -> it.marker(key)));
  }

  private List<String> others(Generation wanted) throws HostFault {
    List<String> strangers = new ArrayList<>();
    for (TableKey key : keys()) {
      List<String> left = left(key).userChains();
      if (!left.isEmpty()) {
        strangers.add(key + " has " + named(left) + " of a kube-proxy");
      }
    }
    strangers.addAll(balancer.strangers(wanted.balancer()));
    return strangers;
  }

  /// The first of them, and how many there are beside it.
  private static String named(List<String> chains) {
    int others = chains.size() - 1;
    return switch (others) {
      case 0 -> chains.getFirst();
      case 1 -> chains.getFirst() + " and 1 other chain";
      default -> chains.getFirst() + " and " + others + " other chains";
    };
  }

  /// The chains of a table that a kube-proxy left, and the jumps to them.
  private TableText left(TableKey key) {
    return tables
        .get(key)
        .only(chain -> isLeft(key, chain), rule -> isLeft(key, Commits.target(rule)));
  }

  private boolean isLeft(TableKey key, String chain) {
    return !ours(key).has(chain) && KubeProxyNames.isChain(chain);
  }

  private TableText ours(TableKey key) {
    return current.map(it -> it.table(key)).orElse(TableText.EMPTY);
  }

  private TableText taken(TableKey key) {
    return takeOver ? left(key) : TableText.EMPTY;
  }

  /// The generation as it can be here: with each table that loses what a kube-proxy left, be it one
  /// of the family that has no rules of ours. Such a table is empty, and has the marker all the
  /// same. And with what kubelet had made before kproxy came, which stays whatever is wanted.
  ///
  /// @param kubelets what [#kubelets] tells, as the host's tools spell it
  public Generation settled(Generation wanted, Optional<Generation> kubelets) {
    Map<TableKey, TableText> settled = new TreeMap<>();
    keys().stream()
        .filter(key -> takeOver && (isStrange(key) || !left(key).isBlank()))
        .forEach(key -> settled.put(key, TableText.EMPTY));
    settled.putAll(wanted.tables());
    kubelets.ifPresent(
        generation ->
            generation.tables().forEach((key, it) -> settled.merge(key, it, TableText::or)));
    return wanted.withTables(settled);
  }

  /// Of what was there before kproxy came, the chains that kubelet makes, too, and the jumps to
  /// them.
  public static Generation kubelets(Generation before) {
    Map<TableKey, TableText> kubelets = new TreeMap<>(before.tables());
    kubelets.replaceAll((_, table) -> kubelets(table));
    kubelets.values().removeIf(TableText::isBlank);
    return before.withTables(kubelets).withBalancer(Balancer.NONE);
  }

  private static TableText kubelets(TableText table) {
    return table.only(
        KubeProxyNames::isShared, rule -> KubeProxyNames.isShared(Commits.target(rule)));
  }

  /// What may go: our chains and hooks, and with `--take-over` a kube-proxy's.
  public Generation owned(Generation wanted) {
    return current
        .orElse(wanted)
        .withTables(each(wanted, key -> ours(key).or(taken(key))))
        .withBalancer(balancer.owned());
  }

  /// What the host has in the places of ours, old and new: what a failed change goes back to.
  public Generation standing(Generation wanted) {
    return current
        .orElse(wanted)
        .withTables(each(wanted, key -> standing(key, wanted)))
        .withBalancer(balancer.standing(wanted.balancer()));
  }

  private TableText standing(TableKey key, Generation wanted) {
    TableText places = ours(key).or(wanted.table(key)).or(taken(key));
    return tables.get(key).within(places);
  }

  /// What stands in the places of ours and is not ours: what `uninstall` gives back.
  ///
  /// @param standing what [#standing] tells
  /// @param known what is known to have stood there
  public Generation before(Generation standing, Generation wanted, Optional<Generation> known) {
    Map<TableKey, TableText> before = new TreeMap<>(standing.tables());
    before.replaceAll(this::before);
    known.ifPresent(
        generation ->
            generation
                .tables()
                .forEach((key, table) -> before.merge(key, table, (found, it) -> it.or(found))));
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

  /// A marker, be it a strange one, says that a kproxy made what stands there, but for what kubelet
  /// may have made.
  private TableText before(TableKey key, TableText standing) {
    TableText found = standing.without(ours(key));
    return isStrange(key) ? kubelets(found) : found;
  }

  /// Of each table of the old generation and of the wanted one.
  private Map<TableKey, TableText> each(Generation wanted, Function<TableKey, TableText> part) {
    Set<TableKey> keys = new TreeSet<>(wanted.tables().keySet());
    current.ifPresent(generation -> keys.addAll(generation.tables().keySet()));
    Map<TableKey, TableText> each = new TreeMap<>();
    keys.forEach(key -> each.put(key, part.apply(key)));
    return each;
  }
}
