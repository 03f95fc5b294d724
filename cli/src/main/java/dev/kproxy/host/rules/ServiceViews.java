package dev.kproxy.host.rules;

import dev.kproxy.compile.KubeProxyNames;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads out of kube-proxy's nat rules which Services there are: it names the Service port in the
/// comment of each rule that takes traffic.
public final class ServiceViews {
  private static final Pattern NAMED =
      Pattern.compile(
          "--comment \"?("
              + KubeProxyNames.SERVICE_PORT
              + ")(?: (cluster|external|loadbalancer) IP)?\"?(?: |$)");
  private static final Pattern ADDRESS = Pattern.compile("(?:^| )-d ([0-9a-f.:]+)/\\d+");
  private static final Pattern PORT = Pattern.compile(" --dport (\\d+)");
  private static final Pattern ENDPOINT = Pattern.compile(" --to-destination (\\S+)");

  private final TableText nat;
  private final Map<String, Set<String>> captures = new TreeMap<>();
  private final Map<String, Set<String>> endpoints = new TreeMap<>();
  private final Map<String, Set<String>> reached = new HashMap<>();

  /// The Services of a table.
  public ServiceViews(TableText nat) {
    this.nat = nat;
    nat.rules("KUBE-SERVICES").forEach(this::take);
    nat.rules("KUBE-NODEPORTS").forEach(this::take);
  }

  private void take(String rule) {
    Matcher named = NAMED.matcher(rule);
    if (!named.find()) {
      return;
    }
    String name = named.group(1);
    Matcher address = ADDRESS.matcher(rule);
    Matcher found = PORT.matcher(rule);
    String port = found.find() ? " port " + found.group(1) : "";
    String capture = "node" + port;
    if (named.group(2) != null) {
      capture = named.group(2) + " IP" + (address.find() ? " " + address.group(1) : "") + port;
    }
    captures.computeIfAbsent(name, _ -> new TreeSet<>()).add(capture);
    endpoints
        .computeIfAbsent(name, _ -> new TreeSet<>())
        .addAll(reached(Commits.target(rule), new HashSet<>()));
  }

  /// The endpoints that a chain sends to, by way of others.
  private Set<String> reached(String chain, Set<String> onTheWay) {
    Set<String> known = reached.get(chain);
    if (known != null || !nat.has(chain) || !onTheWay.add(chain)) {
      return known == null ? Set.of() : known;
    }
    Set<String> found = new TreeSet<>();
    for (String rule : nat.rules(chain)) {
      Matcher endpoint = ENDPOINT.matcher(rule);
      if (endpoint.find()) {
        found.add(endpoint.group(1));
      } else {
        found.addAll(reached(Commits.target(rule), onTheWay));
      }
    }
    reached.put(chain, found);
    return found;
  }

  /// The names of all Service ports.
  public Set<String> names() {
    return captures.keySet();
  }

  /// What traffic the rules of a Service port take.
  public Set<String> captures(String name) {
    return captures.getOrDefault(name, Set.of());
  }

  /// Where they send it.
  public List<String> endpoints(String name) {
    return List.copyOf(endpoints.getOrDefault(name, Set.of()));
  }
}
