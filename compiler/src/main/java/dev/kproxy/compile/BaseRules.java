package dev.kproxy.compile;

import static dev.kproxy.compile.RuleBuilder.commented;
import static dev.kproxy.compile.RuleBuilder.rule;
import static dev.kproxy.iptables.Criterion.State.DNAT;
import static dev.kproxy.iptables.Criterion.State.ESTABLISHED;
import static dev.kproxy.iptables.Criterion.State.INVALID;
import static dev.kproxy.iptables.Criterion.State.NEW;
import static dev.kproxy.iptables.Criterion.State.RELATED;

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
  static final Cidr IPV4_LOOPBACK = Cidr.of("127.0.0.0/8");
  private static final Cidr IPV6_LOOPBACK = Cidr.of("::1/128");
  private static final String TAIL =
      "kubernetes service nodeports; NOTE: this must be the last rule in this chain";

  private final Plan plan;
  private final Dialect dialect;

  BaseRules(Plan plan, Dialect dialect) {
    this.plan = plan;
    this.dialect = dialect;
  }

  // kube-proxy inserts each jump at the head of its chain, so they stand in the reverse of the
  // order in
  // which `iptablesJumpChains` and `iptablesKubeletJumpChains` list them.

  List<Chain> filterHooks() {
    Rule firewall = rule().jump(ChainName.FIREWALL);
    Rule proxyFirewall = jumpOfNew("kubernetes load balancer firewall", ChainName.PROXY_FIREWALL);
    Rule services = jumpOfNew("kubernetes service portals", ChainName.SERVICES);
    Rule external =
        jumpOfNew("kubernetes externally-visible service portals", ChainName.EXTERNAL_SERVICES);
    Rule healthChecks =
        commented("kubernetes health check service ports").jump(ChainName.NODE_PORTS);
    Rule forward = commented("kubernetes forwarding rules").jump(ChainName.FORWARD);
    return List.of(
        hook("INPUT", firewall, proxyFirewall, healthChecks, external),
        hook("FORWARD", proxyFirewall, forward, services, external),
        hook("OUTPUT", firewall, proxyFirewall, services));
  }

  List<Chain> natHooks() {
    Rule services = commented("kubernetes service portals").jump(ChainName.SERVICES);
    Rule postrouting = commented("kubernetes postrouting rules").jump(ChainName.POSTROUTING);
    return List.of(
        hook("PREROUTING", services),
        hook("INPUT"),
        hook("OUTPUT", services),
        hook("POSTROUTING", postrouting));
  }

  List<Chain> mangleHooks() {
    return List.of(
        hook("PREROUTING"), hook("INPUT"), hook("FORWARD"), hook("OUTPUT"), hook("POSTROUTING"));
  }

  private static Chain hook(String name, Rule... rules) {
    return new Chain.Of(name, Policy.ACCEPT, List.of(rules));
  }

  private static Rule jumpOfNew(String comment, String chain) {
    return rule().match(Match.Conntrack.in(NEW)).match(new Match.Comment(comment)).jump(chain);
  }

  List<Rule> postrouting() {
    int mark = plan.masqueradeMark();
    return List.of(
        rule().match(new Match.Mark(mark, mark, true)).then(new Action.Return()),
        // The mark goes, so that a packet that comes by once more is not masqueraded again.
        rule().then(Action.Mark.xor(mark)),
        commented("kubernetes service traffic requiring SNAT")
            .then(new Action.Masquerade(dialect.randomFully())));
  }

  List<Rule> markMasquerade() {
    return List.of(rule().then(Action.Mark.or(plan.masqueradeMark())));
  }

  List<Rule> forward() {
    int mark = plan.masqueradeMark();
    List<Rule> rules = new ArrayList<>();
    if (plan.dropsInvalid()) {
      RuleBuilder invalid = rule().match(Match.Conntrack.in(INVALID));
      if (dialect.nfacct()) {
        invalid.match(new Match.NfAcct(Counter.INVALID_DROPPED.counterName()));
      }
      rules.add(invalid.then(new Action.Drop()));
    }
    rules.add(
        commented("kubernetes forwarding rules")
            .match(new Match.Mark(mark, mark, false))
            .then(new Action.Accept()));
    rules.add(
        commented("kubernetes forwarding conntrack rule")
            .match(Match.Conntrack.in(RELATED, ESTABLISHED))
            .then(new Action.Accept()));
    return rules;
  }

  /// With `route_localnet` anybody on the same link could reach 127.0.0.1; this keeps them out.
  List<Rule> firewall() {
    return List.of(
        commented("block incoming localnet connections")
            .match(new Match.Destination(IPV4_LOOPBACK, false))
            .match(new Match.Source(IPV4_LOOPBACK, true))
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
        tail.match(new Match.Destination(IPV6_LOOPBACK, true));
      } else if (!plan.localhostNodePorts()) {
        tail.match(new Match.Destination(IPV4_LOOPBACK, true));
      }
      return List.of(tail.jump(ChainName.NODE_PORTS));
    }
    return addresses.ips().stream()
        .filter(ip -> !ip.isLoopback() || plan.localhostNodePorts())
        .map(ip -> commented(TAIL).to(ip).jump(ChainName.NODE_PORTS))
        .toList();
  }
}
