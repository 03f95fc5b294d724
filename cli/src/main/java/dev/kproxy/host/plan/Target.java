package dev.kproxy.host.plan;

import dev.kproxy.host.flow.ServicePort;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.net.Family;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a host shall have.
///
/// @param source a digest of all that it was made of
/// @param label what to call it
/// @param rules of each family, as iptables-save would print them on a host that has no others
/// @param sysctls settings by name
/// @param counters accounting objects that the rules count into
/// @param balancer what IPVS mode has beside rules
/// @param services what its Service ports are
public record Target(
    String source,
    String label,
    Map<Family, String> rules,
    Map<String, String> sysctls,
    List<String> counters,
    Balancer balancer,
    List<ServicePort> services) {
  public Target {
    rules = Collections.unmodifiableMap(new TreeMap<>(rules));
    sysctls = Collections.unmodifiableMap(new TreeMap<>(sysctls));
    counters = List.copyOf(counters);
    services = List.copyOf(services);
  }

  /// The families that have rules.
  public List<Family> families() {
    return List.copyOf(rules.keySet());
  }
}
