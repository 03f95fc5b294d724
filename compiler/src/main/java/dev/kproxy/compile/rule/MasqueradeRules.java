package dev.kproxy.compile.rule;

import static dev.kproxy.compile.rule.RuleBuilder.commented;
import static dev.kproxy.compile.rule.RuleBuilder.rule;
import static dev.kproxy.iptables.Criterion.State.ESTABLISHED;
import static dev.kproxy.iptables.Criterion.State.RELATED;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import java.util.List;

/// How a packet that must come back through this node is marked on its way in, let through, and
/// given the node's address on its way out. The mark is one bit (`masqueradeBit`).
public final class MasqueradeRules {
  private MasqueradeRules() {}

  /// nat KUBE-MARK-MASQ: marks.
  public static List<Rule> mark(int mark) {
    return List.of(rule().then(Action.Mark.or(mark)));
  }

  /// filter KUBE-FORWARD: lets marked packets and those that belong to their connections through,
  /// whatever FORWARD's policy.
  public static List<Rule> forward(int mark) {
    return List.of(
        commented("kubernetes forwarding rules")
            .match(new Match.Mark(mark, mark, false))
            .then(new Action.Accept()),
        commented("kubernetes forwarding conntrack rule")
            .match(Match.Conntrack.in(RELATED, ESTABLISHED))
            .then(new Action.Accept()));
  }

  /// nat KUBE-POSTROUTING: masquerades what is marked.
  public static List<Rule> postrouting(int mark, Dialect dialect) {
    return List.of(
        rule().match(new Match.Mark(mark, mark, true)).then(new Action.Return()),
        // The mark goes, so that a packet that comes by once more is not masqueraded again.
        rule().then(Action.Mark.xor(mark)),
        commented("kubernetes service traffic requiring SNAT")
            .then(new Action.Masquerade(dialect.randomFully())));
  }
}
