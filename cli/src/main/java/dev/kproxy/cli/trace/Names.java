package dev.kproxy.cli.trace;

import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.ServicePlan;
import dev.kproxy.plan.ServicePortName;
import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What addresses and chains are called in the cluster.
///
/// kube-proxy names the Service port in the comments of its rules, so that a dump alone tells it
/// where a packet's path is known; the manifests tell it also without a path.
public final class Names {
  private static final Pattern COMMENT =
      Pattern.compile(
          "("
              + KubeProxyNames.SERVICE_PORT
              + "):?(?: (?:cluster|external|loadbalancer) IP| has no (?:local )?endpoints| traffic"
              + " not accepted by \\S+)?");

  private static final Pattern CHAIN = Pattern.compile("KUBE-(?:SVC|SVL|EXT|XLB|FW)-.*");

  private static final String ANY = "any";

  /// Which Service port an address, protocol and port are for; where it is a node port, of any
  /// address.
  private final Map<String, String> targets = new HashMap<>();

  /// Which Service an address is for.
  private final Map<Ip, String> services = new HashMap<>();

  /// The names of a cluster.
  ///
  /// @param plans of the manifests; empty where there are none
  public Names(List<Plan> plans) {
    for (Plan plan : plans) {
      for (ServicePlan service : plan.services()) {
        add(service.frontend());
      }
    }
  }

  private void add(Frontend frontend) {
    ServicePortName name = frontend.name();
    add(frontend.clusterIp(), frontend);
    frontend.externalIps().forEach(ip -> add(ip, frontend));
    frontend.loadBalancerIps().forEach(ip -> add(ip, frontend));
    if (frontend.nodePort() != 0) {
      targets.putIfAbsent(target(ANY, name.protocol(), frontend.nodePort()), name.text());
    }
  }

  private void add(Ip ip, Frontend frontend) {
    ServicePortName name = frontend.name();
    targets.putIfAbsent(target(ip.toString(), name.protocol(), frontend.port()), name.text());
    services.putIfAbsent(ip, name.namespacedName());
  }

  private static String target(String address, Protocol protocol, int port) {
    return address + ' ' + protocol + ' ' + port;
  }

  /// What is to be said of a trace beside its outcomes: what was assumed, and where a packet goes
  /// to an address of a Service that no rule has translated, as a ping does.
  public List<String> notes(Trace trace) {
    Ip destination = trace.packet().header().destination();
    String service = services.get(destination);
    boolean lost =
        service != null
            && trace.outcomes().stream()
                .anyMatch(
                    outcome ->
                        outcome.delivery() == Delivery.FORWARD
                            && outcome.packet().destination().equals(destination));
    if (!lost) {
      return trace.notes();
    }
    List<String> notes = new ArrayList<>(trace.notes());
    notes.add(
        destination
            + " is an address of the Service "
            + service
            + "; no rule translates this packet, and no interface of a node has the address, so"
            + " nobody answers");
    return notes;
  }

  /// The Service port that a packet was sent to, as `namespace/name:port`; empty where nothing
  /// tells it.
  public Optional<String> service(Header sent, Outcome outcome) {
    Optional<String> named = onTheWay(outcome);
    return named.isPresent() || targets.isEmpty()
        ? named
        : service(sent, outcome.dnat().isPresent());
  }

  /// The Service port that a rule on the way names. Where a question is open, the packet may be on
  /// its way to it still.
  private static Optional<String> onTheWay(Outcome outcome) {
    for (Step step : outcome.path()) {
      if (step instanceof Step.Hit hit) {
        Optional<String> named = service(hit.place().rule());
        if (named.isPresent()) {
          return named;
        }
      }
    }
    return outcome.verdict()
            instanceof Verdict.Undetermined(_, _, _, List<Outcome> ifTrue, List<Outcome> ifFalse)
        ? Stream.concat(ifTrue.stream(), ifFalse.stream())
            .flatMap(after -> onTheWay(after).stream())
            .findFirst()
        : Optional.empty();
  }

  private Optional<String> service(Header sent, boolean translated) {
    if (!(sent.transport() instanceof Transport.Ports(Protocol protocol, _, int port))) {
      return Optional.empty();
    }
    String name = targets.get(target(sent.destination().toString(), protocol, port));
    return Optional.ofNullable(
        name == null && translated ? targets.get(target(ANY, protocol, port)) : name);
  }

  /// The Service port that the comment of a rule names, where it is kube-proxy's.
  public static Optional<String> service(Rule rule) {
    boolean decides =
        switch (rule.action()) {
          case Action.Jump(String chain) -> CHAIN.matcher(chain).matches();
          case Action.Reject _, Action.Drop _ -> true;
          default -> false;
        };
    if (decides) {
      for (Match match : rule.matches()) {
        if (match instanceof Match.Comment(String text)) {
          Matcher named = COMMENT.matcher(text);
          return named.matches() ? Optional.of(named.group(1)) : Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
