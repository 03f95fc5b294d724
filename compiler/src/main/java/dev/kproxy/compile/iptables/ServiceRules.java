package dev.kproxy.compile.iptables;

import static dev.kproxy.compile.rule.RuleBuilder.commented;
import static dev.kproxy.compile.rule.RuleBuilder.rule;

import dev.kproxy.compile.rule.Counter;
import dev.kproxy.compile.rule.Dialect;
import dev.kproxy.compile.rule.KubeChains;
import dev.kproxy.compile.rule.RuleBuilder;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.plan.EndpointSet;
import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.LocalDetector;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.ServiceEndpoint;
import dev.kproxy.plan.ServicePlan;
import dev.kproxy.plan.TrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// The rules of one Service port.
///
/// | chain | what it does |
/// |---|---|
/// | KUBE-SVC-… | spreads traffic over the endpoints of the cluster |
/// | KUBE-SVL-… | spreads traffic over the endpoints of this node |
/// | KUBE-EXT-… | takes traffic to everything but the cluster IP |
/// | KUBE-FW-… | lets the source ranges of a load balancer in |
/// | KUBE-SEP-… | sends traffic to one endpoint |
final class ServiceRules {
  private static final Match LOCAL_SOURCE = Match.AddrType.source(Match.AddrType.Kind.LOCAL, false);

  private final Plan plan;
  private final ServicePlan service;
  private final Frontend frontend;
  private final EndpointSet endpoints;
  private final ServiceChains chains;
  private final Dialect dialect;
  private final String name;
  private final Protocol protocol;
  private final OptionalInt affinitySeconds;

  ServiceRules(Plan plan, ServicePlan service, Dialect dialect) {
    this.plan = plan;
    this.service = service;
    this.frontend = service.frontend();
    this.endpoints = service.endpoints();
    this.chains = new ServiceChains(service, new ChainNames());
    this.dialect = dialect;
    this.name = frontend.name().text();
    this.protocol = frontend.name().protocol();
    this.affinitySeconds = frontend.affinitySeconds();
  }

  // Rules in chains that all Services share.

  /// nat KUBE-SERVICES: traffic to the Service's addresses, where it finds endpoints.
  List<Rule> captures() {
    List<Rule> rules = new ArrayList<>();
    if (service.hasInternalEndpoints()) {
      rules.add(to(" cluster IP", frontend.clusterIp()).jump(chains.of(frontend.internalPolicy())));
    }
    if (endpoints.usable()) {
      for (Ip ip : frontend.externalIps()) {
        rules.add(to(" external IP", ip).jump(chains.external()));
      }
      for (Ip ip : frontend.loadBalancerIps()) {
        rules.add(
            to(" loadbalancer IP", ip)
                .jump(chains.hasFirewall() ? chains.firewall() : chains.external()));
      }
    }
    return rules;
  }

  private RuleBuilder to(String what, Ip ip) {
    return commented(name + what).to(protocol, ip, frontend.port());
  }

  /// nat KUBE-NODEPORTS: traffic to the node port. That to 127.0.0.1 is counted, so that an
  /// administrator sees whether anybody would miss it.
  List<Rule> nodePortCaptures() {
    int nodePort = frontend.nodePort();
    if (nodePort == 0 || !endpoints.usable()) {
      return List.of();
    }
    Rule capture = commented(name).toPort(protocol, nodePort).jump(chains.external());
    if (!plan.localhostNodePorts() || !dialect.nfacct()) {
      return List.of(capture);
    }
    return List.of(
        commented(name)
            .toPort(protocol, nodePort)
            .match(new Match.Destination(Cidr.loopback(Family.IPV4), false))
            .match(new Match.NfAcct(Counter.LOCALHOST_NODE_PORTS.counterName()))
            .jump(chains.external()),
        capture);
  }

  /// filter KUBE-SERVICES: traffic to the cluster IP, where it finds no endpoints.
  List<Rule> internalRefusals() {
    return service.hasInternalEndpoints()
        ? List.of()
        : List.of(
            commented(refusal())
                .to(protocol, frontend.clusterIp(), frontend.port())
                .then(refuse()));
  }

  /// filter KUBE-EXTERNAL-SERVICES: traffic from outside, where it finds no endpoints.
  List<Rule> externalRefusals() {
    if (service.hasExternalEndpoints()) {
      return List.of();
    }
    List<Rule> rules = new ArrayList<>();
    for (Ip ip : frontend.externalIps()) {
      rules.add(commented(refusal()).to(protocol, ip, frontend.port()).then(refuse()));
    }
    for (Ip ip : frontend.loadBalancerIps()) {
      rules.add(commented(refusal()).to(protocol, ip, frontend.port()).then(refuse()));
    }
    if (frontend.nodePort() != 0) {
      rules.add(
          commented(refusal())
              .match(Match.AddrType.destination(Match.AddrType.Kind.LOCAL, false))
              .toPort(protocol, frontend.nodePort())
              .then(refuse()));
    }
    return rules;
  }

  /// Nobody at all answers, or just nobody on this node: then another node may, and a load balancer
  /// shall try again.
  private String refusal() {
    return name + (endpoints.usable() ? " has no local endpoints" : " has no endpoints");
  }

  private Action refuse() {
    return endpoints.usable() ? new Action.Drop() : new Action.Reject();
  }

  /// filter KUBE-NODEPORTS: load balancers may ask for local endpoints, whatever INPUT's policy.
  List<Rule> healthChecks() {
    return frontend.healthCheckNodePort() == 0
        ? List.of()
        : List.of(
            commented(name + " health check node port")
                .toPort(Protocol.TCP, frontend.healthCheckNodePort())
                .then(new Action.Accept()));
  }

  /// filter KUBE-PROXY-FIREWALL: traffic to a load balancer that no source range let in.
  List<Rule> firewallDrops() {
    return chains.hasFirewall()
        ? frontend.loadBalancerIps().stream()
            .map(
                ip ->
                    to(" traffic not accepted by " + chains.firewall(), ip).then(new Action.Drop()))
            .toList()
        : List.of();
  }

  // The Service's own chains, all in nat.

  /// The chains of this Service port, in no order.
  List<Chain> chains() {
    List<Chain> table = new ArrayList<>(endpoints.reachable().size() + 4);
    if (chains.hasExternal()) {
      table.add(MadeChain.of(chains.external(), this::external));
    }
    if (chains.hasFirewall()) {
      table.add(MadeChain.of(chains.firewall(), this::firewall));
    }
    List<String> reachable = new ArrayList<>(endpoints.reachable().size());
    for (ServiceEndpoint endpoint : endpoints.reachable()) {
      String chain = chains.endpoint(endpoint);
      reachable.add(chain);
      table.add(new EndpointChain(chain, endpoint));
    }
    addBalancer(table, TrafficPolicy.CLUSTER, endpoints.cluster(), reachable);
    addBalancer(table, TrafficPolicy.LOCAL, endpoints.local(), reachable);
    return table;
  }

  private void addBalancer(
      List<Chain> table,
      TrafficPolicy policy,
      List<ServiceEndpoint> chosen,
      List<String> reachable) {
    if (!chosen.isEmpty()) {
      // Most often the lists are one and the same, and no name needs to be looked up or hashed
      // again.
      List<String> targets =
          chosen.equals(endpoints.reachable())
              ? reachable
              : chosen.stream().map(chains::endpoint).toList();
      table.add(MadeChain.of(chains.of(policy), () -> balance(policy, chosen, targets)));
    }
  }

  private List<Rule> balance(
      TrafficPolicy policy, List<ServiceEndpoint> chosen, List<String> targets) {
    int count = chosen.size();
    List<Rule> rules = new ArrayList<>(2 * count + 1);
    if (service.hasInternalEndpoints() && frontend.internalPolicy() == policy) {
      addClusterIpMasquerade(rules);
    }
    if (affinitySeconds.isPresent()) {
      int seconds = affinitySeconds.getAsInt();
      for (int i = 0; i < count; i++) {
        rules.add(
            towards(chosen.get(i))
                .match(Match.Recent.check(targets.get(i), seconds))
                .jump(targets.get(i)));
      }
    }
    for (int i = 0; i < count; i++) {
      RuleBuilder share = towards(chosen.get(i));
      if (i < count - 1) {
        share.match(Match.Random.oneIn(count - i));
      }
      rules.add(share.jump(targets.get(i)));
    }
    return rules;
  }

  /// Traffic to the cluster IP from elsewhere must come back through this node.
  private void addClusterIpMasquerade(List<Rule> rules) {
    RuleBuilder traffic = to(" cluster IP", frontend.clusterIp());
    if (plan.masqueradeAll()) {
      rules.add(traffic.jump(KubeChains.MARK_MASQUERADE));
    } else if (!(plan.detector() instanceof LocalDetector.None)) {
      rules.add(traffic.local(plan.detector(), true).jump(KubeChains.MARK_MASQUERADE));
    }
  }

  private RuleBuilder towards(ServiceEndpoint endpoint) {
    return plan.largeCluster() ? rule() : commented(name + " -> " + endpoint.address());
  }

  private List<Rule> external() {
    List<Rule> rules = new ArrayList<>();
    if (frontend.externalPolicy() == TrafficPolicy.CLUSTER) {
      rules.add(
          commented("masquerade traffic for " + name + " external destinations")
              .jump(KubeChains.MARK_MASQUERADE));
    } else {
      addShortCircuits(rules);
    }
    if (service.hasExternalEndpoints()) {
      rules.add(rule().jump(chains.of(frontend.externalPolicy())));
    }
    return rules;
  }

  /// The Local policy is for traffic from outside: local Pods and the node itself reach any
  /// endpoint, as if they had gone out to the load balancer and come back elsewhere.
  private void addShortCircuits(List<Rule> rules) {
    if (!(plan.detector() instanceof LocalDetector.None)) {
      rules.add(
          commented("pod traffic for " + name + " external destinations")
              .local(plan.detector(), false)
              .jump(chains.cluster()));
    }
    rules.add(
        commented("masquerade LOCAL traffic for " + name + " external destinations")
            .match(LOCAL_SOURCE)
            .jump(KubeChains.MARK_MASQUERADE));
    rules.add(
        commented("route LOCAL traffic for " + name + " external destinations")
            .match(LOCAL_SOURCE)
            .jump(chains.cluster()));
  }

  private List<Rule> firewall() {
    List<Rule> rules = new ArrayList<>();
    boolean allowsNode = false;
    for (Cidr range : frontend.sourceRanges()) {
      rules.add(commented(name + " loadbalancer IP").from(range).jump(chains.external()));
      allowsNode |= range.contains(plan.nodeIp());
    }
    if (allowsNode) {
      // Where the address is also one of the node's own, the node's requests carry it as their
      // source.
      for (Ip ip : frontend.loadBalancerIps()) {
        rules.add(commented(name + " loadbalancer IP").from(ip).jump(chains.external()));
      }
    }
    rules.add(
        commented("other traffic to " + name + " will be dropped by KUBE-PROXY-FIREWALL")
            .then(new Action.None()));
    return rules;
  }

  private RuleBuilder endpointRule() {
    return plan.largeCluster() ? rule() : commented(name);
  }

  /// KUBE-SEP-…. There may be hundreds of thousands, and they are read in another order than they
  /// are made, which waits for memory: so each keeps at hand what its rules are made of.
  private final class EndpointChain extends MadeChain {
    private final Ip ip;
    private final int port;

    EndpointChain(String name, ServiceEndpoint endpoint) {
      super(name);
      this.ip = endpoint.ip();
      this.port = endpoint.port();
    }

    @Override
    public List<Rule> rules() {
      RuleBuilder translate = endpointRule();
      if (affinitySeconds.isPresent()) {
        translate.match(Match.Recent.set(name()));
      }
      return List.of(
          // An endpoint that reaches itself through its Service would answer itself directly.
          endpointRule().from(ip).jump(KubeChains.MARK_MASQUERADE),
          translate.protocol(protocol).then(new Action.Dnat(ip, port)));
    }
  }
}
