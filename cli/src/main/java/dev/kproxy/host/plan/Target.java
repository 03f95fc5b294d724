package dev.kproxy.host.plan;

import dev.kproxy.host.HostFault;
import dev.kproxy.host.flow.ServicePort;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.net.Family;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a host shall have.
///
/// @param source a digest of all that it was made of
/// @param label what to call it
/// @param rules of each family
/// @param sysctls settings by name
/// @param counters accounting objects that the rules count into
/// @param balancer what IPVS mode has beside rules
/// @param services what its Service ports are
public record Target(
    String source,
    String label,
    Map<Family, Rules> rules,
    Map<String, String> sysctls,
    List<String> counters,
    Balancer balancer,
    List<ServicePort> services)
    implements Making<RuntimeException> {
  public Target {
    rules = Collections.unmodifiableMap(new TreeMap<>(rules));
    sysctls = Collections.unmodifiableMap(new TreeMap<>(sysctls));
    counters = List.copyOf(counters);
    services = List.copyOf(services);
  }

  /// Rules, which are read when they are needed: those that stand already are not.
  @FunctionalInterface
  public interface Rules {
    /// The tables of a host that has no others, as iptables-save would print them.
    ///
    /// @param applied what was applied before, and much of it is likely to be the same
    /// @throws HostFault where they are no rules of kproxy's making
    Map<TableKey, TableText> read(Map<TableKey, TableText> applied) throws HostFault;
  }

  /// It is made already.
  @Override
  public Target make() {
    return this;
  }

  /// The families that have rules.
  public List<Family> families() {
    return List.copyOf(rules.keySet());
  }
}
