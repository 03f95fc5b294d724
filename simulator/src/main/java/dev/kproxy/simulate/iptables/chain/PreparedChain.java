package dev.kproxy.simulate.iptables.chain;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Rule;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.iptables.match.Conditions;
import dev.kproxy.simulate.iptables.target.Acting;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A chain, made ready to be asked.
public final class PreparedChain {
  private final Conditions conditions;
  private final Acting acting;
  private final String name;
  private final boolean drops;
  private final Rule[] rules;
  private final @Nullable PreparedRule[] prepared;
  private final @Nullable RuleIndex index;

  /// A chain of the rule set; its rules are made ready one by one, when they are first asked.
  public PreparedChain(Chain chain, Conditions conditions, Acting acting) {
    this.conditions = conditions;
    this.acting = acting;
    name = chain.name();
    drops = chain.policy().equals(Optional.of(Chain.Policy.DROP));
    List<Rule> all = chain.rules();
    rules = all.toArray(Rule[]::new);
    prepared = new PreparedRule[rules.length];
    index = RuleIndex.of(all);
  }

  /// Its name.
  public String name() {
    return name;
  }

  /// Whether its policy is to drop.
  public boolean drops() {
    return drops;
  }

  /// How many rules it has.
  public int size() {
    return prepared.length;
  }

  /// The rule of that number, counted from 0.
  public PreparedRule rule(int number) {
    PreparedRule rule = prepared[number];
    if (rule == null) {
      rule = new PreparedRule(rules[number], conditions, acting);
      prepared[number] = rule;
    }
    return rule;
  }

  /// The first rule from `from` on that may hold for a packet, or the number of rules.
  public int next(Header header, int from) {
    return index == null ? from : index.next(header, from);
  }
}
