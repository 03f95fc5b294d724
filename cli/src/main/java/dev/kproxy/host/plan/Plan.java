package dev.kproxy.host.plan;

import dev.kproxy.host.ipvs.BalancerChange;
import dev.kproxy.host.rules.Marker;
import dev.kproxy.host.rules.TableChange;
import dev.kproxy.host.state.Transaction.Written;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What will change on a host.
///
/// @param tables what changes in tables, in the order in which it is loaded
/// @param balancer what changes in sets, virtual servers and addresses
/// @param sysctls settings that are written
/// @param counters accounting objects that are made
/// @param dropped accounting objects that go
/// @param flows whether UDP flows are ended that go to endpoints which serve no more
/// @param effect what all this means for the traffic of Services
public record Plan(
    List<Step> tables,
    BalancerChange balancer,
    Map<String, Written> sysctls,
    List<String> counters,
    List<String> dropped,
    boolean flows,
    Effect effect) {

  /// The change of one table, and of its marker.
  public record Step(TableChange change, Marker.Swap marker) {}

  /// Finds out what a plan means for Services, which takes longer than to make it.
  @FunctionalInterface
  public interface Effect {
    /// The Services whose traffic changes.
    List<ServiceChange> services();
  }

  /// Nothing will change.
  public static final Plan NONE =
      new Plan(List.of(), BalancerChange.NONE, Map.of(), List.of(), List.of(), false, List::of);

  public Plan {
    tables = List.copyOf(tables);
    sysctls = Collections.unmodifiableMap(new TreeMap<>(sysctls));
    counters = List.copyOf(counters);
    dropped = List.copyOf(dropped);
  }

  /// Whether nothing will change.
  public boolean isEmpty() {
    return tables.isEmpty()
        && balancer.isEmpty()
        && sysctls.isEmpty()
        && counters.isEmpty()
        && dropped.isEmpty()
        && !flows;
  }
}
