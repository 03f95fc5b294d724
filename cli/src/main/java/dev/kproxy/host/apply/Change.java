package dev.kproxy.host.apply;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.flow.StaleFlows;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.ipvs.BalancerChange;
import dev.kproxy.host.ipvs.Balancing;
import dev.kproxy.host.plan.Kernel;
import dev.kproxy.host.plan.Plan;
import dev.kproxy.host.plan.Progress;
import dev.kproxy.host.plan.Tables;
import dev.kproxy.host.rules.Commits;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.Transaction;
import dev.kproxy.host.state.Transaction.Written;
import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// A transaction on a host: how it goes on, and how it is taken back. It knows nothing but its
/// journal and what the kernel shows, so that a process that finds the journal of a killed one can
/// end it.
final class Change {
  private final Host host;
  private final State state;
  private final Progress progress;
  private final Transaction transaction;
  private final Generation from;
  private final Generation to;
  private final Kernel kernel;
  private final Balancing balancing;

  /// @param from what was on the host before
  /// @param to what shall be there
  Change(
      Host host,
      State state,
      Progress progress,
      Transaction transaction,
      Generation from,
      Generation to) {
    this.host = host;
    this.state = state;
    this.progress = progress;
    this.transaction = transaction;
    this.from = from;
    this.to = to;
    this.kernel = new Kernel(host);
    this.balancing = new Balancing(host);
  }

  /// Where a transaction stands, as the kernel tells.
  ///
  /// @param done tables whose marker is the new one
  /// @param open tables whose marker is the old one
  /// @param untouched tables whose marker is the last that was committed, though it was not seen
  ///   when the change was planned: a tool was believed that said nothing, and its swap was refused
  /// @param strange tables whose marker is none of these
  record Standing(
      Set<TableKey> done, Set<TableKey> open, Set<TableKey> untouched, Set<TableKey> strange) {
    boolean isComplete() {
      return open.isEmpty() && untouched.isEmpty() && strange.isEmpty();
    }
  }

  /// Does all that a plan holds, up to the commit.
  ///
  /// @throws HostFault where a step fails; the caller takes the change back
  void forward(Plan plan) throws HostFault {
    kernel.count(plan.counters());
    for (Map.Entry<String, Written> setting : plan.sysctls().entrySet()) {
      progress.step("set " + setting.getKey() + " = " + setting.getValue().after());
      if (!kernel.set(setting.getKey(), setting.getValue().after())) {
        throw new HostFault(
            HostFault.Kind.TOOL,
            setting.getKey() + " does not take the value " + setting.getValue().after());
      }
    }
    if (plan.balancer().isEmpty()) {
      for (Plan.Step step : plan.tables()) {
        load(step.change(), step.marker());
      }
    } else {
      balance(plan);
    }
    progress.step("verify");
    verify();
  }

  /// Sets, then tables, then servers and addresses. The marker of the last table waits for all of
  /// them: it is the commit record.
  private void balance(Plan plan) throws HostFault {
    progress.step("load sets");
    balancing.growSets(plan.balancer());
    Plan.Step last = plan.tables().getLast();
    for (Plan.Step step : plan.tables()) {
      load(step.change(), step.equals(last) ? step.marker().awaited() : step.marker());
    }
    progress.step("load virtual servers");
    balancing.growServers(plan.balancer(), to.balancer(), from.balancer());
    load(TableChange.none(last.change().key()), last.marker());
  }

  private void load(TableChange change, Marker.Swap marker) throws HostFault {
    progress.step("load " + change.key());
    host.require(
        to.backend().restore(change.key().family(), Commits.of(change, marker, to.backend())));
  }

  /// Compares what the host shows with what it shall show.
  private void verify() throws HostFault {
    Tables tables = read();
    for (TableKey key : to.tables().keySet()) {
      TableChange left = TableChange.between(key, tables.get(key), to.table(key), from.table(key));
      if (!left.isEmpty()) {
        throw new HostFault(HostFault.Kind.TOOL, "read back, " + key + " is not what was loaded");
      }
    }
    Standing standing = standing(tables);
    if (!standing.isComplete()) {
      throw new HostFault(HostFault.Kind.TOOL, "somebody else changed the markers of the tables");
    }
  }

  private Tables read() throws HostFault {
    Set<Family> families = new TreeSet<>();
    for (Generation side : List.of(from, to)) {
      families.addAll(side.families());
    }
    return Tables.read(host, to.backend(), families);
  }

  /// Asks the kernel how far the transaction has come.
  Standing standing() throws HostFault {
    return standing(read());
  }

  private Standing standing(Tables tables) throws HostFault {
    Optional<Installed> committed = state.current();
    Set<TableKey> done = new TreeSet<>();
    Set<TableKey> open = new TreeSet<>();
    Set<TableKey> untouched = new TreeSet<>();
    Set<TableKey> strange = new TreeSet<>();
    transaction
        .tables()
        .forEach(
            (key, swap) -> {
              TableText table = tables.get(key);
              Optional<String> marker = Marker.of(table);
              boolean damaged = Marker.isDamaged(table);
              if (!damaged && marker.equals(swap.to())) {
                done.add(key);
              } else if (damaged ? swap.damaged() : marker.equals(swap.from())) {
                open.add(key);
              } else if (marker.isPresent()
                  && marker.equals(committed.flatMap(it -> it.marker(key)))) {
                untouched.add(key);
              } else {
                strange.add(key);
              }
            });
    return new Standing(done, open, untouched, strange);
  }

  /// Ends what an interrupted change whose tables all have the new marker left to do: accounting
  /// objects, and settings where no table takes part.
  void complete() throws HostFault {
    kernel.count(transaction.counters());
    Map<String, String> values = kernel.settings(transaction.sysctls().keySet());
    for (Map.Entry<String, Written> setting : transaction.sysctls().entrySet()) {
      if (setting.getValue().before().equals(values.get(setting.getKey()))) {
        kernel.set(setting.getKey(), setting.getValue().after());
      }
    }
  }

  /// What comes after the rules stand.
  ///
  /// @throws HostFault where something is left to do
  void followUp() throws HostFault {
    settle(from, to);
    kernel.stopCounting(transaction.dropped());
    if (transaction.flows()) {
      progress.step("end stale UDP flows");
      StaleFlows.end(host, to.services());
    }
  }

  /// Whatever is still lacking of sets and servers comes, and whatever is left over goes, as the
  /// kernel tells.
  private void settle(Generation old, Generation target) throws HostFault {
    Balancer wanted = target.balancer();
    Balancer owned = old.balancer();
    if (!wanted.isNone() || !owned.isNone()) {
      grow(old, target);
      BalancerChange change = BalancerChange.between(balancing.read(), wanted, owned);
      if (!change.isEmpty()) {
        progress.step("drain virtual servers");
      }
      balancing.shrink(change, wanted, owned, transaction.drain());
    }
  }

  /// Writes down that the change is done.
  void commit() throws HostFault {
    state.commit(transaction);
    state.prune();
  }

  /// Makes all be as it was before, in tables that are of this transaction; what is there already
  /// is not touched.
  ///
  /// @throws HostFault where that fails, or a table is of a generation that nobody here knows: it
  ///   is left alone
  void back() throws HostFault {
    Tables tables = read();
    Standing standing = standing(tables);
    List<HostFault> faults = new ArrayList<>();
    // Where a table is another kproxy's by now, sets and servers may be, too.
    boolean ours = standing.strange().isEmpty();
    try {
      if (ours) {
        grow(to, from);
      }
    } catch (HostFault e) {
      faults.add(e);
    }
    for (Map.Entry<TableKey, Marker.Swap> table :
        new ArrayList<>(transaction.tables().entrySet()).reversed()) {
      TableKey key = table.getKey();
      boolean done = standing.done().contains(key);
      if (done || standing.open().contains(key)) {
        try {
          back(key, tables.get(key), table.getValue().from(), done);
        } catch (HostFault e) {
          faults.add(e);
        }
      }
    }
    restoreSettings();
    kernel.stopCounting(transaction.counters());
    if (ours && faults.isEmpty()) {
      settle(to, from);
    }
    if (!ours) {
      throw HostFault.refused(
          "the marker of "
              + String.join(", ", standing.strange().stream().map(TableKey::toString).toList())
              + " is of an unknown generation, and was left alone");
    }
    if (!faults.isEmpty()) {
      throw faults.getFirst();
    }
    state.abandon();
    state.prune();
  }

  private void grow(Generation old, Generation target) throws HostFault {
    Balancer wanted = target.balancer();
    Balancer owned = old.balancer();
    if (!wanted.isNone()) {
      BalancerChange change = BalancerChange.between(balancing.read(), wanted, owned);
      balancing.growSets(change);
      balancing.growServers(change, wanted, owned);
    }
  }

  private void back(TableKey key, TableText observed, Optional<String> marker, boolean done)
      throws HostFault {
    TableChange change = TableChange.between(key, observed, from.table(key), to.table(key));
    if (done || !change.isEmpty()) {
      load(change, Marker.Swap.from(observed, marker));
    }
  }

  private void restoreSettings() throws HostFault {
    Map<String, String> values = new TreeMap<>(kernel.settings(transaction.sysctls().keySet()));
    for (Map.Entry<String, Written> setting : transaction.sysctls().entrySet()) {
      Written written = setting.getValue();
      if (written.after().equals(values.get(setting.getKey()))) {
        kernel.set(setting.getKey(), written.before());
      }
    }
  }
}
