package dev.kproxy.compile.ipvs;

import static dev.kproxy.compile.rule.KubeChains.FILTER;
import static dev.kproxy.compile.rule.KubeChains.FORWARD;
import static dev.kproxy.compile.rule.KubeChains.LOAD_BALANCER;
import static dev.kproxy.compile.rule.KubeChains.MARK_MASQUERADE;
import static dev.kproxy.compile.rule.KubeChains.NODE_PORT;
import static dev.kproxy.compile.rule.KubeChains.OUT_FILTER;
import static dev.kproxy.compile.rule.KubeChains.POSTROUTING;
import static dev.kproxy.compile.rule.KubeChains.PROXY_FIREWALL;
import static dev.kproxy.compile.rule.KubeChains.SERVICES;
import static dev.kproxy.compile.rule.KubeChains.SOURCE_RANGES;
import static dev.kproxy.compile.rule.RuleBuilder.commented;
import static dev.kproxy.compile.rule.RuleBuilder.rule;

import dev.kproxy.compile.rule.Dialect;
import dev.kproxy.compile.rule.MasqueradeRules;
import dev.kproxy.compile.rule.RuleBuilder;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Chain.Policy;
import dev.kproxy.iptables.Criterion;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Match.MatchSet.Side;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.text.IptablesPrinter;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.plan.Frontend;
import dev.kproxy.plan.LocalDetector;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.ServicePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// The rules of IPVS mode in one family. They ask sets, so that their number does not grow with
/// Services, but for those that keep a node out of a load balancer.
///
/// Source: `writeIptablesRules` and `iptablesJumpChain` in `pkg/proxy/ipvs/proxier.go`.
final class IpvsRules {
  private final Plan plan;
  private final Family family;
  private final Entrances entrances;
  private final SetEntries sets;
  private final Dialect dialect;

  IpvsRules(Plan plan, Entrances entrances, SetEntries sets, Dialect dialect) {
    this.plan = plan;
    this.family = plan.family();
    this.entrances = entrances;
    this.sets = sets;
    this.dialect = dialect;
  }

  // kube-proxy inserts each jump at the head of its chain, so they stand in the reverse of the
  // order in which `iptablesJumpChain` lists them.

  static List<Chain> filterHooks() {
    String access = "kubernetes ipvs access filter";
    Rule firewall = commented("kube-proxy firewall rules").jump(PROXY_FIREWALL);
    return List.of(
        hook(
            "INPUT",
            commented(access).jump(FILTER),
            firewall,
            commented("kubernetes health check rules").jump(NODE_PORT)),
        hook("FORWARD", firewall, commented("kubernetes forwarding rules").jump(FORWARD)),
        hook("OUTPUT", commented(access).jump(OUT_FILTER)));
  }

  static List<Chain> natHooks() {
    Rule services = commented("kubernetes service portals").jump(SERVICES);
    return List.of(
        hook("PREROUTING", services),
        hook("INPUT"),
        hook("OUTPUT", services),
        hook("POSTROUTING", commented("kubernetes postrouting rules").jump(POSTROUTING)));
  }

  private static Chain hook(String name, Rule... rules) {
    return new Chain.Of(name, Policy.ACCEPT, List.of(rules));
  }

  /// The chains of filter, by name.
  ///
  /// @param spelling in which rules are ordered that no Service orders
  List<Chain> filter(Spelling spelling) {
    return List.of(
        new Chain.Of(FORWARD, MasqueradeRules.forward(plan.masqueradeMark())),
        new Chain.Of(FILTER, access()),
        new Chain.Of(OUT_FILTER, nodeRefusals(spelling)),
        new Chain.Of(NODE_PORT, healthChecks()),
        new Chain.Of(PROXY_FIREWALL, firewall()),
        new Chain.Of(SOURCE_RANGES, sourceRanges()));
  }

  /// The chains of nat, by name.
  List<Chain> nat() {
    return List.of(
        new Chain.Of(LOAD_BALANCER, loadBalancers()),
        new Chain.Of(MARK_MASQUERADE, MasqueradeRules.mark(plan.masqueradeMark())),
        new Chain.Of(NODE_PORT, nodePorts()),
        new Chain.Of(POSTROUTING, postrouting()),
        new Chain.Of(SERVICES, services()));
  }

  /// What comes in at an address of `kube-ipvs0` must be for a Service: all ports of such an
  /// address would reach the host itself.
  private List<Rule> access() {
    List<Rule> rules = new ArrayList<>();
    for (KubeSet set :
        List.of(
            KubeSet.LOAD_BALANCER,
            KubeSet.CLUSTER_IP,
            KubeSet.EXTERNAL_IP,
            KubeSet.EXTERNAL_IP_LOCAL,
            KubeSet.HEALTH_CHECK_NODE_PORT)) {
      rules.add(rule().match(set.holdsDestination(family)).then(new Action.Return()));
    }
    rules.add(
        rule()
            .match(Match.Conntrack.in(Criterion.State.NEW))
            .match(KubeSet.IPVS_IPS.holdsDestination(family))
            .then(new Action.Reject()));
    return rules;
  }

  /// A node that no source range holds is kept out of the load balancer. Its request has the
  /// address of the load balancer for its source, too, since `kube-ipvs0` has it.
  private List<Rule> nodeRefusals(Spelling spelling) {
    List<Rule> rules = new ArrayList<>();
    for (ServicePlan service : plan.services()) {
      Frontend frontend = service.frontend();
      if (!frontend.sourceRanges().isEmpty() && !entrances.letsNodeIn(frontend)) {
        for (Ip ip : frontend.loadBalancerIps()) {
          rules.add(
              rule()
                  .from(ip)
                  .match(Match.Ipvs.to(ip, frontend.name().protocol(), frontend.port()))
                  .then(new Action.Drop()));
        }
      }
    }
    return ordered(family, rules, spelling);
  }

  /// A chain of filter that was made for another spelling, as it is made for iptables-save.
  static Chain saved(Family family, Chain chain) {
    return chain.name().equals(OUT_FILTER)
        ? new Chain.Of(OUT_FILTER, ordered(family, chain.rules(), Spelling.SAVE))
        : chain;
  }

  private static List<Rule> ordered(Family family, List<Rule> refusals, Spelling spelling) {
    return refusals.stream()
        .map(rule -> Map.entry(IptablesPrinter.print(family, OUT_FILTER, rule, spelling), rule))
        .sorted((a, b) -> a.getKey().compareTo(b.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /// Load balancers may ask for local endpoints, whatever INPUT's policy.
  private List<Rule> healthChecks() {
    return List.of(about(KubeSet.HEALTH_CHECK_NODE_PORT).then(new Action.Accept()));
  }

  private List<Rule> firewall() {
    return where(KubeSet.LOAD_BALANCER_FIREWALL, set -> about(set).jump(SOURCE_RANGES));
  }

  private List<Rule> sourceRanges() {
    List<Rule> rules = new ArrayList<>();
    rules.addAll(returns(KubeSet.LOAD_BALANCER_SOURCE_CIDR));
    rules.addAll(returns(KubeSet.LOAD_BALANCER_SOURCE_IP));
    rules.add(rule().then(new Action.Drop()));
    return rules;
  }

  private List<Rule> loadBalancers() {
    List<Rule> rules = new ArrayList<>(returns(KubeSet.LOAD_BALANCER_LOCAL));
    rules.add(rule().jump(MARK_MASQUERADE));
    return rules;
  }

  /// Traffic to node ports comes back through this node, but where the policy is Local.
  private List<Rule> nodePorts() {
    List<Rule> rules = new ArrayList<>();
    addNodePorts(rules, Protocol.TCP, KubeSet.NODE_PORT_LOCAL_TCP, KubeSet.NODE_PORT_TCP);
    addNodePorts(rules, Protocol.UDP, KubeSet.NODE_PORT_LOCAL_UDP, KubeSet.NODE_PORT_UDP);
    addNodePorts(rules, Protocol.SCTP, KubeSet.NODE_PORT_LOCAL_SCTP, KubeSet.NODE_PORT_SCTP);
    return rules;
  }

  private void addNodePorts(List<Rule> rules, Protocol protocol, KubeSet local, KubeSet all) {
    if (!sets.isEmpty(local)) {
      rules.add(about(protocol, local).then(new Action.Return()));
    }
    if (!sets.isEmpty(all)) {
      rules.add(about(protocol, all).jump(MARK_MASQUERADE));
    }
  }

  private List<Rule> postrouting() {
    List<Rule> rules = new ArrayList<>();
    rules.addAll(where(KubeSet.LOOP_BACK, set -> about(set).then(new Action.Masquerade(false))));
    rules.addAll(MasqueradeRules.postrouting(plan.masqueradeMark(), dialect));
    return rules;
  }

  private List<Rule> services() {
    List<Rule> rules = new ArrayList<>();
    rules.add(rule().from(Cidr.loopback(family)).then(new Action.Return()));
    rules.addAll(where(KubeSet.LOAD_BALANCER, set -> about(set).jump(LOAD_BALANCER)));
    rules.addAll(where(KubeSet.CLUSTER_IP, _ -> clusterIpMasquerade()));
    if (!sets.isEmpty(KubeSet.EXTERNAL_IP)) {
      rules.add(about(KubeSet.EXTERNAL_IP).jump(MARK_MASQUERADE));
      addExternal(rules, KubeSet.EXTERNAL_IP);
    }
    if (!sets.isEmpty(KubeSet.EXTERNAL_IP_LOCAL)) {
      addExternal(rules, KubeSet.EXTERNAL_IP_LOCAL);
    }
    rules.add(
        rule().match(Match.AddrType.destination(Match.AddrType.Kind.LOCAL, false)).jump(NODE_PORT));
    rules.addAll(accepts(KubeSet.CLUSTER_IP));
    rules.addAll(accepts(KubeSet.LOAD_BALANCER));
    return rules;
  }

  /// Traffic to cluster IPs from elsewhere must come back through this node. Where nobody can tell
  /// it, at least the node's own requests are: their source is an address of `kube-ipvs0`.
  private Rule clusterIpMasquerade() {
    boolean untold = !plan.masqueradeAll() && plan.detector() instanceof LocalDetector.None;
    if (untold) {
      return commented(KubeSet.CLUSTER_IP.comment())
          .match(Match.MatchSet.of(KubeSet.CLUSTER_IP.setName(family), Side.SRC, Side.DST))
          .jump(MARK_MASQUERADE);
    }
    RuleBuilder traffic = about(KubeSet.CLUSTER_IP);
    return (plan.masqueradeAll() ? traffic : traffic.local(plan.detector(), true))
        .jump(MARK_MASQUERADE);
  }

  /// External IPs are for traffic from other machines, and for the host that has the address.
  private void addExternal(List<Rule> rules, KubeSet set) {
    rules.add(
        about(set)
            .match(Match.PhysDev.NOT_IN)
            .match(Match.AddrType.source(Match.AddrType.Kind.LOCAL, true))
            .then(new Action.Accept()));
    rules.add(
        about(set)
            .match(Match.AddrType.destination(Match.AddrType.Kind.LOCAL, false))
            .then(new Action.Accept()));
  }

  private List<Rule> returns(KubeSet set) {
    return where(set, _ -> about(set).then(new Action.Return()));
  }

  private List<Rule> accepts(KubeSet set) {
    return where(set, _ -> rule().match(set.holdsDestination(family)).then(new Action.Accept()));
  }

  /// Most rules are only written where their set has entries.
  private List<Rule> where(KubeSet set, Function<KubeSet, Rule> made) {
    return sets.isEmpty(set) ? List.of() : List.of(made.apply(set));
  }

  private RuleBuilder about(KubeSet set) {
    return commented(set.comment()).match(set.holdsDestination(family));
  }

  private RuleBuilder about(Protocol protocol, KubeSet set) {
    return rule()
        .match(Match.Protocol.of(protocol))
        .match(new Match.Comment(set.comment()))
        .match(set.holdsDestination(family));
  }
}
