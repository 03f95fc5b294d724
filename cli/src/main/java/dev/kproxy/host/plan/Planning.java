package dev.kproxy.host.plan;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.Kernel;
import dev.kproxy.host.Progress;
import dev.kproxy.host.flow.ServicePort;
import dev.kproxy.host.flow.StaleFlows;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.ipvs.BalancerChange;
import dev.kproxy.host.ipvs.ServerViews;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.ServiceViews;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import dev.kproxy.host.state.Transaction;
import dev.kproxy.host.state.Transaction.Written;
import dev.kproxy.ipvs.VirtualAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/// Finds the way from what a host has to what it shall have.
public final class Planning {
  private final Host host;
  private final Kernel kernel;
  private final Progress progress;
  private final Tables tables;
  private final Balancer balancer;
  private final Optional<Installed> now;
  private final Optional<Transaction> pending;
  private final Generation owned;
  private final Set<String> noted = new HashSet<>();

  /// A plan for a host.
  ///
  /// @param tables what the host has
  /// @param balancer what it has beside tables
  /// @param now what kproxy has put there, if anything
  /// @param pending what is left to do of the change before
  /// @param owned our chains and hooks as they were, and what else may go
  public Planning(
      Host host,
      Progress progress,
      Tables tables,
      Balancer balancer,
      Optional<Installed> now,
      Optional<Transaction> pending,
      Generation owned) {
    this.host = host;
    this.kernel = new Kernel(host);
    this.progress = progress;
    this.tables = tables;
    this.balancer = balancer;
    this.now = now;
    this.pending = pending;
    this.owned = owned;
  }

  /// What is wanted, with those of our chains, empty, that rules of others still lead to.
  public Generation leavingUsed(Generation wanted) {
    Map<TableKey, TableText> leaving = new TreeMap<>(wanted.tables());
    for (TableKey key : owned.tables().keySet()) {
      change(key, wanted)
          .used(tables.get(key))
          .forEach(
              (chain, rule) -> {
                note(key + " " + chain + " stays, empty: a rule of others leads to it: " + rule);
                TableText empty = TableText.of(Map.of(chain, List.of()));
                leaving.merge(key, empty, TableText::plus);
              });
    }
    return wanted.withTables(leaving);
  }

  private TableChange change(TableKey key, Generation wanted) {
    return TableChange.between(key, tables.get(key), wanted.table(key), owned.table(key));
  }

  /// The way to `wanted`.
  ///
  /// @param id the number of this apply; empty where nothing of ours shall stay
  /// @throws HostFault where a rule of others leads to a chain that would go, or the host cannot be
  ///   read
  public Plan to(Generation wanted, Optional<String> id) throws HostFault {
    List<Plan.Step> steps = new ArrayList<>();
    SortedSet<TableKey> keys = new TreeSet<>(owned.tables().keySet());
    keys.addAll(wanted.tables().keySet());
    for (TableKey key : keys) {
      TableText observed = tables.get(key);
      TableChange change = change(key, wanted);
      requireUnused(change, observed);
      boolean stays = id.isPresent() && wanted.tables().containsKey(key);
      Optional<String> marker = Marker.of(observed);
      boolean marked =
          stays
              ? marker.isPresent() && marker.equals(now.flatMap(it -> it.marker(key)))
              : !observed.has(Marker.CHAIN);
      if (!change.isEmpty() || !marked) {
        steps.add(new Plan.Step(change, Marker.Swap.from(observed, stays ? id : Optional.empty())));
      }
    }
    BalancerChange balancing =
        BalancerChange.between(balancer, wanted.balancer(), owned.balancer());
    if (!balancing.isEmpty() && steps.isEmpty() && !keys.isEmpty()) {
      steps.add(markerOnly(keys.last(), id));
    }
    return plan(steps, balancing, wanted);
  }

  /// The same way, where it was found that the host spells what is wanted just so, with settings as
  /// they are now: a module that was loaded meanwhile brings some.
  public Plan again(Plan plan, Generation wanted) throws HostFault {
    return plan(plan.tables(), plan.balancer(), wanted);
  }

  private Plan plan(List<Plan.Step> steps, BalancerChange balancing, Generation wanted)
      throws HostFault {
    return new Plan(
        steps,
        balancing,
        sysctls(wanted),
        counters(wanted),
        dropped(wanted),
        flows(wanted),
        () -> services(steps, wanted));
  }

  private static void requireUnused(TableChange change, TableText observed) throws HostFault {
    SortedMap<String, String> used = change.used(observed);
    if (!used.isEmpty()) {
      List<String> rules =
          used.entrySet().stream()
              .map(it -> it.getValue() + " leads to " + it.getKey() + ", which would go")
              .toList();
      throw HostFault.refused(
          "rules of others in " + change.key() + ": " + String.join("; ", rules));
    }
  }

  /// The commit record of a change of nothing but sets and servers.
  private Plan.Step markerOnly(TableKey key, Optional<String> id) {
    return new Plan.Step(TableChange.none(key), Marker.Swap.from(tables.get(key), id));
  }

  private List<ServiceChange> balanced(Generation wanted) {
    List<ServicePort> known = new ArrayList<>(owned.services());
    known.addAll(wanted.services());
    Set<VirtualAddress> ours = new HashSet<>(owned.balancer().servers().keySet());
    ours.addAll(wanted.balancer().servers().keySet());
    Balancer standing = balancer.only(_ -> false, ours::contains, _ -> false, false);
    ServerViews before = new ServerViews(standing.servers().values(), known);
    ServerViews after = new ServerViews(wanted.balancer().servers().values(), known);
    return changes(
        before.names(),
        after.names(),
        name ->
            new ServiceChange(
                name,
                new ServiceChange.View(before.captures(name), before.endpoints(name)),
                new ServiceChange.View(after.captures(name), after.endpoints(name))));
  }

  private static List<ServiceChange> changes(
      Collection<String> before, Collection<String> after, Function<String, ServiceChange> of) {
    return Stream.concat(before.stream(), after.stream())
        .sorted()
        .distinct()
        .map(of)
        .filter(change -> !change.before().equals(change.after()))
        .toList();
  }

  private List<ServiceChange> services(List<Plan.Step> steps, Generation wanted) {
    List<ServiceChange> services = new ArrayList<>();
    for (Plan.Step step : steps) {
      TableKey key = step.change().key();
      if (key.table().equals("nat")) {
        ServiceViews before = new ServiceViews(tables.get(key));
        ServiceViews after = new ServiceViews(wanted.table(key));
        services.addAll(
            changes(
                before.names(),
                after.names(),
                name ->
                    new ServiceChange(
                        name + " " + key.family(), view(before, name), view(after, name))));
      }
    }
    services.addAll(balanced(wanted));
    return services;
  }

  private static ServiceChange.View view(ServiceViews views, String name) {
    return new ServiceChange.View(views.captures(name), Set.copyOf(views.endpoints(name)));
  }

  /// Settings to write, and settings to give back that nobody has changed since.
  private Map<String, Written> sysctls(Generation wanted) throws HostFault {
    Map<String, String> before = now.map(Installed::sysctlsBefore).orElse(Map.of());
    Set<String> names = new TreeSet<>(wanted.sysctls().keySet());
    names.addAll(before.keySet());
    Map<String, String> values = kernel.settings(names);
    Map<String, Written> written = new TreeMap<>();
    for (String name : names) {
      String value = values.get(name);
      String wish = wanted.sysctls().get(name);
      String earlier = before.get(name);
      if (value == null) {
        note("this kernel has no setting " + name + " here");
      } else if (wish != null && !wish.equals(value)) {
        if (kernel.mayBeSet(name)) {
          written.put(name, new Written(value, wish));
        } else {
          note(name + " stays " + value + ": this namespace may not write it");
        }
      } else if (wish == null
          && earlier != null
          && value.equals(owned.sysctls().get(name))
          && !value.equals(earlier)) {
        written.put(name, new Written(value, earlier));
      }
    }
    return written;
  }

  /// A plan is made once more after the rehearsal.
  private void note(String what) {
    if (noted.add(what)) {
      progress.note(what);
    }
  }

  private List<String> counters(Generation wanted) throws HostFault {
    List<String> there = kernel.counters(wanted.counters());
    return wanted.counters().stream().filter(name -> !there.contains(name)).toList();
  }

  private List<String> dropped(Generation wanted) {
    Set<String> dropped = new TreeSet<>(now.map(Installed::counters).orElse(List.of()));
    pending.ifPresent(it -> dropped.addAll(it.dropped()));
    wanted.counters().forEach(dropped::remove);
    return List.copyOf(dropped);
  }

  /// Whether other endpoints serve UDP than when flows were ended last.
  private boolean flows(Generation wanted) throws HostFault {
    List<ServicePort> serve = wanted.services().stream().filter(StaleFlows::hasFlows).toList();
    boolean known = now.isPresent() && owned.services().containsAll(serve);
    if (serve.isEmpty() || (known && pending.filter(Transaction::flows).isEmpty())) {
      return false;
    }
    Optional<String> obstacle = StaleFlows.obstacle(host);
    obstacle.ifPresent(
        why -> note("UDP flows to endpoints that are gone stay until they are silent: " + why));
    return obstacle.isEmpty();
  }

  /// The values before kproxy came, of the settings that it has written when a plan is done.
  public Map<String, String> sysctlsBefore(Generation wanted, Plan plan) {
    Map<String, String> before = new TreeMap<>();
    Map<String, String> known = now.map(Installed::sysctlsBefore).orElse(Map.of());
    for (String name : wanted.sysctls().keySet()) {
      Written written = plan.sysctls().get(name);
      if (known.containsKey(name)) {
        before.put(name, known.getOrDefault(name, ""));
      } else if (written != null) {
        before.put(name, written.before());
      }
    }
    return before;
  }
}
