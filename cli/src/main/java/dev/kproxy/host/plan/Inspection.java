package dev.kproxy.host.plan;

import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.host.Backend;
import dev.kproxy.host.Finding;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.Kernel;
import dev.kproxy.host.Progress;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.ipvs.BalancerChange;
import dev.kproxy.host.ipvs.BalancerFindings;
import dev.kproxy.host.ipvs.Balancing;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Deadline;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import dev.kproxy.host.state.State;
import dev.kproxy.host.state.Transaction;
import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Compares a host with what was applied to it, rule by rule.
public final class Inspection {
  private final Host host;
  private final State state;
  private final Progress progress;
  private final List<Finding> findings = new ArrayList<>();

  /// An inspection of a host.
  public Inspection(Host host, State state, Progress progress) {
    this.host = host;
    this.state = state;
    this.progress = progress;
  }

  /// Compares, and reads no more than that takes.
  public Status run() throws HostFault {
    if (state.isDamaged()) {
      find("state directory", "a record is damaged");
    }
    Optional<Installed> installed = installed();
    Host.Identity identity = host.identity();
    if (state.epoch().filter(identity::succeeds).isPresent()) {
      progress.note(State.OF_PREDECESSOR);
      return new Status(Optional.empty(), Optional.empty(), findings);
    }
    Optional<Transaction> journal = state.journal();
    if (journal.isPresent()) {
      find("journal", "an interrupted " + journal.get().verb() + "; see kproxy recover");
      return new Status(installed, Optional.empty(), findings);
    }
    state
        .pending()
        .filter(it -> identity.isOf(it.epoch()))
        .ifPresent(
            it -> find("follow-up", "a step after " + it.verb() + " is left; see kproxy recover"));
    if (installed.isEmpty()) {
      findMarkers();
      return new Status(installed, Optional.empty(), findings);
    }
    if (!identity.isOf(installed.get().epoch())) {
      find("host", "booted since; kproxy recover puts back what was applied");
      return new Status(installed, Optional.empty(), findings);
    }
    installed
        .get()
        .confirmBy()
        .ifPresent(until -> find("apply", "waits until " + until.time() + " for kproxy confirm"));
    Optional<Generation> generation = state.generation(installed.get().generation());
    if (generation.isEmpty()) {
      find("state directory", "the generation that was applied is missing");
    } else {
      compare(installed.get(), generation.get());
    }
    return new Status(installed, generation, findings);
  }

  /// What was applied by a kproxy whose state is elsewhere, or gone.
  private void findMarkers() {
    Optional<HostFault> unseen = Optional.empty();
    for (Backend backend : Backend.values()) {
      for (Family family : Family.values()) {
        if (backend.tools(List.of(family)).stream().allMatch(host::has)) {
          try {
            Tables.read(host, backend, List.of(family), Map.of()).all().forEach(this::findMarker);
          } catch (HostFault e) {
            unseen = Optional.of(e);
          }
        }
      }
    }
    unseen.ifPresent(
        fault -> progress.note("rules of another kproxy may be here: " + fault.getMessage()));
  }

  private void findMarker(TableKey key, TableText table) {
    Marker.of(table)
        .ifPresent(
            _ ->
                find(
                    key + " " + Marker.CHAIN,
                    "names a generation that is not in this state directory"));
  }

  private Optional<Installed> installed() throws HostFault {
    Optional<Installed> recorded = state.current();
    Optional<Deadline> deadline = recorded.flatMap(Installed::confirmBy);
    return deadline.isEmpty()
        ? recorded
        : Optional.of(recorded.get().waiting(Optional.of(deadline.get().onClockOf(host))));
  }

  private void compare(Installed installed, Generation generation) throws HostFault {
    progress.step("read");
    Tables tables =
        Tables.read(host, generation.backend(), generation.families(), generation.tables());
    Generation spelled = new Rehearsal(host, progress, tables).standing(generation);
    for (TableKey key : generation.tables().keySet()) {
      TableText observed = tables.get(key);
      if (!Marker.of(observed).equals(installed.marker(key))) {
        find(key + " " + Marker.CHAIN, "does not name the generation that was applied");
      }
      compare(key, observed, spelled.table(key));
    }
    Kernel kernel = new Kernel(host);
    compareSettings(kernel, generation.sysctls(), installed.sysctlsBefore().keySet());
    if (!generation.balancer().isNone()) {
      Balancer balancer = generation.balancer();
      BalancerChange change =
          BalancerChange.between(new Balancing(host).read(), balancer, balancer);
      findings.addAll(BalancerFindings.of(change));
    }
    List<String> there = kernel.counters(generation.counters());
    generation.counters().stream()
        .filter(name -> !there.contains(name))
        .forEach(name -> find("nfacct " + name, "is missing"));
  }

  /// A setting that had its value before kproxy came counts, too, unless it could never be set
  /// here.
  private void compareSettings(Kernel kernel, Map<String, String> wanted, Set<String> written)
      throws HostFault {
    Map<String, String> values = kernel.settings(wanted.keySet());
    for (Map.Entry<String, String> setting : wanted.entrySet()) {
      String name = setting.getKey();
      String value = values.get(name);
      if (value == null || value.equals(setting.getValue())) {
        continue;
      }
      if (written.contains(name)) {
        find(name, "is " + value + ", and was set to " + setting.getValue());
      } else if (kernel.mayBeSet(name)) {
        find(name, "is " + value + ", and was " + setting.getValue());
      }
    }
  }

  private void compare(TableKey key, TableText observed, TableText wanted) {
    for (String chain : wanted.chains().keySet()) {
      String place = key + " " + chain;
      List<String> rules = wanted.rules(chain);
      if (TableText.isBuiltIn(chain)) {
        compareHooks(place, "jump", observed.rules(chain), rules);
      } else if (!observed.has(chain)) {
        find(place, "is missing");
      } else if (KubeProxyNames.isShared(chain)) {
        compareHooks(place, "rule", observed.rules(chain), rules);
      } else {
        compareRules(place, observed.rules(chain), rules);
      }
    }
  }

  /// Others may stand between ours, as long as ours are there, once, and in order.
  private void compareHooks(String place, String kind, List<String> observed, List<String> wanted) {
    Set<String> ours = new TreeSet<>(wanted);
    List<String> present = observed.stream().filter(ours::contains).toList();
    if (!present.equals(wanted)) {
      for (String rule : wanted) {
        if (!present.contains(rule)) {
          find(place, "a " + kind + " is missing: " + rule);
        }
      }
      if (present.containsAll(wanted)) {
        find(place, "the " + kind + "s are out of order, or stand twice");
      }
    }
    int first = wanted.isEmpty() ? -1 : observed.indexOf(wanted.getFirst());
    if (first > 0) {
      progress.note(place + ": " + first + " rules of others stand before kproxy's");
    }
  }

  private void compareRules(String place, List<String> observed, List<String> wanted) {
    int same = 0;
    int least = Math.min(observed.size(), wanted.size());
    while (same < least && observed.get(same).equals(wanted.get(same))) {
      same++;
    }
    int tail = 0;
    while (tail < least - same
        && observed.get(observed.size() - 1 - tail).equals(wanted.get(wanted.size() - 1 - tail))) {
      tail++;
    }
    for (int i = same; i < wanted.size() - tail; i++) {
      find(place + " " + (i + 1), "is missing: " + wanted.get(i));
    }
    for (int i = same; i < observed.size() - tail; i++) {
      find(place + " " + (i + 1), "was not applied: " + observed.get(i));
    }
  }

  private void find(String place, String message) {
    findings.add(new Finding(place, message));
  }
}
