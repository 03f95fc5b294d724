package dev.kproxy.cli.whois;

import dev.kproxy.cli.whois.Meaning.Port;
import dev.kproxy.compile.iptables.ChainNames;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.net.Protocol;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.ServiceEndpoint;
import dev.kproxy.plan.ServicePlan;
import dev.kproxy.plan.ServicePortName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The names of chains and sets, and what they stand for.
///
/// A hash tells nobody what it was made of: those of all Service ports that are known are made, and
/// looked up.
public final class NameBook {
  /// What chains of a Service port are called before their hash; XLB is that of releases before
  /// 1.24.
  private static final Map<String, String> PREFIXES =
      Map.of(
          "KUBE-SVC-", "spreads traffic over the endpoints of the cluster",
          "KUBE-SVL-", "spreads traffic over the endpoints of this node",
          "KUBE-EXT-", "takes traffic to external addresses and node ports",
          "KUBE-FW-", "lets the source ranges of a load balancer in",
          "KUBE-XLB-", "spreads external traffic over the endpoints of this node (up to 1.23)");

  private static final int PREFIX = "KUBE-SVC-".length();
  private static final String ENDPOINT = "KUBE-SEP-";

  private final ChainNames names = new ChainNames();
  private final Map<String, Port> ports = new HashMap<>();
  private final Map<String, Endpoint> endpoints = new HashMap<>();

  /// An endpoint of a Service port.
  private record Endpoint(Port port, String address) {}

  private NameBook() {}

  /// The names that follow from manifests, and from the comments of rules.
  ///
  /// @param plans of the manifests; empty where there are none
  /// @param rules of hosts; empty where there are none
  public static NameBook of(List<Plan> plans, List<Ruleset> rules) {
    NameBook book = new NameBook();
    plans.forEach(plan -> plan.services().forEach(book::add));
    rules.forEach(ruleset -> new RuleNames(ruleset, book).collect());
    return book;
  }

  private void add(ServicePlan service) {
    ServicePortName name = service.frontend().name();
    Port port = add(name.text(), name.protocol());
    for (ServiceEndpoint endpoint : service.endpoints().all()) {
      for (String spelling : spellings(port.text())) {
        endpoints.put(
            names.hash(spelling, port.protocol(), endpoint.address()),
            new Endpoint(port, endpoint.address()));
      }
    }
  }

  /// Old releases print a port without a name as a colon with nothing behind it.
  private static List<String> spellings(String text) {
    return text.indexOf(':') < 0 ? List.of(text, text + ":") : List.of(text);
  }

  /// Enters the chains of a Service port.
  Port add(String text, Protocol protocol) {
    Port port = new Port(text, protocol);
    spellings(text).forEach(spelling -> ports.putIfAbsent(names.hash(spelling, protocol), port));
    return port;
  }

  /// Enters the chain of an endpoint, if its name is the hash of these.
  ///
  /// @return whether it is
  boolean addEndpoint(String chain, Port port, String address) {
    for (String spelling : spellings(port.text())) {
      String hash = names.hash(spelling, port.protocol(), address);
      if (chain.equals(ENDPOINT + hash)) {
        endpoints.put(hash, new Endpoint(port, address));
        return true;
      }
    }
    return false;
  }

  /// Whether a name is that of a chain of an endpoint.
  static boolean isEndpoint(String chain) {
    return chain.startsWith(ENDPOINT);
  }

  /// The Service port that a chain belongs to, other than that of an endpoint.
  Optional<Port> port(String chain) {
    return role(chain).map(_ -> ports.get(hash(chain)));
  }

  private static Optional<String> role(String chain) {
    int dash = chain.indexOf('-', "KUBE-".length());
    return dash < 0
        ? Optional.empty()
        : Optional.ofNullable(PREFIXES.get(chain.substring(0, dash + 1)));
  }

  private static String hash(String chain) {
    return chain.substring(chain.lastIndexOf('-') + 1);
  }

  /// What a name stands for; empty where nobody told, or nothing has that name.
  public Optional<Meaning> find(String name) {
    if (isEndpoint(name)) {
      return Optional.ofNullable(endpoints.get(name.substring(PREFIX)))
          .map(
              it ->
                  new Meaning(
                      name,
                      false,
                      Optional.of(it.port()),
                      Optional.of(it.address()),
                      "sends traffic to this endpoint"));
    }
    return role(name)
        .flatMap(
            role ->
                port(name)
                    .map(
                        port ->
                            new Meaning(name, false, Optional.of(port), Optional.empty(), role)))
        .or(() -> FixedNames.find(name));
  }
}
