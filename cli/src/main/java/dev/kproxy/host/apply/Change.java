package dev.kproxy.host.apply;

import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.Kernel;
import dev.kproxy.host.Progress;
import dev.kproxy.host.flow.StaleFlows;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.ipvs.BalancerChange;
import dev.kproxy.host.ipvs.Balancing;
import dev.kproxy.host.plan.Plan;
import dev.kproxy.host.plan.Tables;
import dev.kproxy.host.rules.Commits;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Generation;
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
    Set<TableKey> keys = new TreeSet<>(to.tables().keySet());
    keys.addAll(transaction.tables().keySet());
    Standing standing = standing(tables);
    for (TableKey key : keys) {
      if (!standing.isThere(key, tables.get(key))) {
        throw new HostFault(HostFault.Kind.TOOL, "read back, " + key + " is not what was loaded");
      }
    }
    if (!standing.isComplete()) {
      throw new HostFault(HostFault.Kind.TOOL, "somebody else changed the markers of the tables");
    }
  }

  private Tables read() throws HostFault {
    Set<Family> families = new TreeSet<>();
    for (Generation side : List.of(from, to)) {
      families.addAll(side.families());
    }
    return Tables.read(host, to.backend(), families, to.tables());
  }

  /// Asks the kernel how far the transaction has come.
  Standing standing() throws HostFault {
    return standing(read());
  }

  private Standing standing(Tables tables) throws HostFault {
    return new Standing(transaction, from, to, tables, state.current());
  }

  /// Ends what an interrupted change whose tables all have the new marker left to do before its
  /// commit: accounting objects, and settings where no table takes part.
  ///
  /// @throws HostFault where a step fails, or the host does not show what it shall show
  void complete() throws HostFault {
    kernel.count(transaction.counters());
    write(transaction.sysctls());
    verify();
  }

  /// Does what comes after the rules stand, and writes down that the change is done.
  ///
  /// @return what could not be done, and is left to do
  /// @throws HostFault where it cannot be written down
  Optional<HostFault> end() throws HostFault {
    progress.step("follow up");
    Optional<HostFault> left = followUp();
    progress.step("commit");
    if (left.isEmpty()) {
      state.commit(transaction);
    } else {
      state.postpone(transaction);
    }
    state.prune();
    return left;
  }

  /// What comes after the rules stand.
  ///
  /// @return the first step that could not be done; each is tried
  Optional<HostFault> followUp() {
    Optional<HostFault> left = collect(from, to, transaction.dropped());
    return left.or(() -> fault(this::endFlows));
  }

  private void endFlows() throws HostFault {
    if (transaction.flows()) {
      progress.step("end stale UDP flows");
      List<String> left = StaleFlows.end(host, to.services());
      if (!left.isEmpty()) {
        progress.note(left.size() + " stale UDP flows go on or began anew: " + left.getFirst());
      }
    }
  }

  /// Takes away what is left over, either way, when no rule refers to it any more.
  private Optional<HostFault> collect(Generation old, Generation target, List<String> counters) {
    Optional<HostFault> first = fault(() -> settle(old, target));
    Optional<HostFault> second = fault(() -> kernel.stopCounting(counters));
    return first.or(() -> second);
  }

  @FunctionalInterface
  private interface Step {
    void run() throws HostFault;
  }

  private static Optional<HostFault> fault(Step step) {
    try {
      step.run();
      return Optional.empty();
    } catch (HostFault e) {
      return Optional.of(e);
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
    if (ours) {
      fault(() -> grow(to, from)).ifPresent(faults::add);
    }
    for (Map.Entry<TableKey, Marker.Swap> table :
        new ArrayList<>(transaction.tables().entrySet()).reversed()) {
      TableKey key = table.getKey();
      if (standing.isOurs(key)) {
        Optional<String> marker = table.getValue().from();
        fault(() -> back(key, tables.get(key), marker, standing.isDone(key)))
            .ifPresent(faults::add);
      }
    }
    Map<String, Written> settings = new TreeMap<>(transaction.sysctls());
    settings.replaceAll((_, written) -> written.reversed());
    write(settings);
    if (!ours) {
      fault(() -> kernel.stopCounting(transaction.counters())).ifPresent(faults::add);
      throw HostFault.refused(
          String.join(", ", standing.strange().stream().map(TableKey::toString).toList())
              + " is of an unknown generation, and was left alone");
    }
    if (!faults.isEmpty()) {
      throw faults.getFirst();
    }
    Optional<HostFault> left = collect(to, from, transaction.counters());
    if (left.isEmpty()) {
      state.abandon();
    } else {
      progress.note("left over, until kproxy recover takes it away: " + left.get().getMessage());
      state.abandon(transaction.reversed());
    }
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

  /// Writes settings that nobody else has written meanwhile.
  private void write(Map<String, Written> settings) throws HostFault {
    Map<String, String> values = kernel.settings(settings.keySet());
    for (Map.Entry<String, Written> setting : settings.entrySet()) {
      if (setting.getValue().before().equals(values.get(setting.getKey()))) {
        kernel.set(setting.getKey(), setting.getValue().after());
      }
    }
  }
}
