package dev.kproxy.compile.iptables;

import static dev.kproxy.compile.rule.RuleBuilder.commented;
import static dev.kproxy.compile.rule.RuleBuilder.rule;
import static dev.kproxy.iptables.Criterion.State.DNAT;
import static dev.kproxy.iptables.Criterion.State.ESTABLISHED;
import static dev.kproxy.iptables.Criterion.State.INVALID;
import static dev.kproxy.iptables.Criterion.State.NEW;
import static dev.kproxy.iptables.Criterion.State.RELATED;

import dev.kproxy.compile.rule.Counter;
import dev.kproxy.compile.rule.Dialect;
import dev.kproxy.compile.rule.KubeChains;
import dev.kproxy.compile.rule.MasqueradeRules;
import dev.kproxy.compile.rule.RuleBuilder;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Chain.Policy;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.plan.NodePortAddresses;
import dev.kproxy.plan.Plan;
import java.util.ArrayList;
import java.util.List;

/// The rules that do not depend on Services: the jumps from the built-in chains, masquerading, what
/// may be forwarded, and where node ports begin.
final class BaseRules {
  private static final String TAIL =
      "kubernetes service nodeports; NOTE: this must be the last rule in this chain";

  private final Plan plan;
  private final Dialect dialect;

  BaseRules(Plan plan, Dialect dialect) {
    this.plan = plan;
    this.dialect = dialect;
  }

  // kube-proxy inserts each jump at the head of its chain, so they stand in the reverse of the
  // order in which `iptablesJumpChains` and `iptablesKubeletJumpChains` list them.

  static List<Chain> filterHooks() {
    Rule firewall = rule().jump(KubeChains.FIREWALL);
    Rule proxyFirewall = jumpOfNew("kubernetes load balancer firewall", KubeChains.PROXY_FIREWALL);
    Rule services = jumpOfNew("kubernetes service portals", KubeChains.SERVICES);
    Rule external =
        jumpOfNew("kubernetes externally-visible service portals", KubeChains.EXTERNAL_SERVICES);
    Rule healthChecks =
        commented("kubernetes health check service ports").jump(KubeChains.NODE_PORTS);
    Rule forward = commented("kubernetes forwarding rules").jump(KubeChains.FORWARD);
    return List.of(
        hook("INPUT", firewall, proxyFirewall, healthChecks, external),
        hook("FORWARD", proxyFirewall, forward, services, external),
        hook("OUTPUT", firewall, proxyFirewall, services));
  }

  static List<Chain> natHooks() {
    Rule services = commented("kubernetes service portals").jump(KubeChains.SERVICES);
    Rule postrouting = commented("kubernetes postrouting rules").jump(KubeChains.POSTROUTING);
    return List.of(
        hook("PREROUTING", services),
        hook("INPUT"),
        hook("OUTPUT", services),
        hook("POSTROUTING", postrouting));
  }

  static List<Chain> mangleHooks() {
    return List.of(
        hook("PREROUTING"), hook("INPUT"), hook("FORWARD"), hook("OUTPUT"), hook("POSTROUTING"));
  }

  private static Chain hook(String name, Rule... rules) {
    return new Chain.Of(name, Policy.ACCEPT, List.of(rules));
  }

  private static Rule jumpOfNew(String comment, String chain) {
    return rule().match(Match.Conntrack.in(NEW)).match(new Match.Comment(comment)).jump(chain);
  }

  List<Rule> forward() {
    List<Rule> rules = new ArrayList<>();
    if (plan.dropsInvalid()) {
      RuleBuilder invalid = rule().match(Match.Conntrack.in(INVALID));
      if (dialect.nfacct()) {
        invalid.match(new Match.NfAcct(Counter.INVALID_DROPPED.counterName()));
      }
      rules.add(invalid.then(new Action.Drop()));
    }
    rules.addAll(MasqueradeRules.forward(plan.masqueradeMark()));
    return rules;
  }

  /// With `route_localnet` anybody on the same link could reach 127.0.0.1; this keeps them out.
  List<Rule> firewall() {
    return List.of(
        commented("block incoming localnet connections")
            .match(new Match.Destination(Cidr.loopback(Family.IPV4), false))
            .match(new Match.Source(Cidr.loopback(Family.IPV4), true))
            .match(Match.Conntrack.notIn(RELATED, ESTABLISHED, DNAT))
            .then(new Action.Drop()));
  }

  /// Where KUBE-SERVICES hands over to KUBE-NODEPORTS.
  List<Rule> nodePortJumps() {
    NodePortAddresses addresses = plan.nodePorts();
    if (addresses.matchAll()) {
      RuleBuilder tail =
          commented(TAIL).match(Match.AddrType.destination(Match.AddrType.Kind.LOCAL, false));
      if (plan.family() == Family.IPV6) {
        tail.match(new Match.Destination(Cidr.loopback(Family.IPV6), true));
      } else if (!plan.localhostNodePorts()) {
        tail.match(new Match.Destination(Cidr.loopback(Family.IPV4), true));
      }
      return List.of(tail.jump(KubeChains.NODE_PORTS));
    }
    return addresses.ips().stream()
        .filter(ip -> !ip.isLoopback() || plan.localhostNodePorts())
        .map(ip -> commented(TAIL).to(ip).jump(KubeChains.NODE_PORTS))
        .toList();
  }
}
