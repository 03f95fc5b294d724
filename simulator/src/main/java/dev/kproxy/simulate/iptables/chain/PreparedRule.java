package dev.kproxy.simulate.iptables.chain;

import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.simulate.iptables.match.Condition;
import dev.kproxy.simulate.iptables.match.Conditions;
import dev.kproxy.simulate.iptables.target.Acting;
import dev.kproxy.simulate.iptables.target.Deed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A rule with its matches in the order in which the kernel asks them: those of the header, then
/// the extensions; those that always hold are left out.
public final class PreparedRule {
  private final Rule rule;
  private final Condition[] conditions;

  /// The matches of the conditions; empty where none of them keeps a memory.
  private final List<Match> memories;

  private final Deed deed;
  private @Nullable PreparedChain callee;

  /// A rule of the rule set.
  public PreparedRule(Rule rule, Conditions ready, Acting acting) {
    List<Match> matches = order(rule.matches());
    this.rule = rule;
    this.conditions = ready.of(matches);
    this.memories = matches.stream().anyMatch(PreparedRule::isMemory) ? matches : List.of();
    this.deed = acting.of(rule.action());
  }

  private static List<Match> order(List<Match> matches) {
    List<Match> headers = new ArrayList<>(matches.size());
    List<Match> extensions = new ArrayList<>(matches.size());
    for (Match match : matches) {
      switch (match) {
        case Match.Comment _, Match.NfAcct _ -> {}
        case Match.Header header -> headers.add(header);
        case Match.Extension extension -> extensions.add(extension);
      }
    }
    headers.addAll(extensions);
    return headers;
  }

  /// The rule as it was read.
  public Rule rule() {
    return rule;
  }

  /// How many conditions there are.
  public int size() {
    return conditions.length;
  }

  /// The condition of that number, counted from 0.
  public Condition condition(int number) {
    return conditions[number];
  }

  /// The match at that number, where it changes a list or counts, so that it matters whether it is
  /// asked.
  public @Nullable Match memory(int number) {
    if (memories.isEmpty()) {
      return null;
    }
    Match match = memories.get(number);
    return isMemory(match) ? match : null;
  }

  /// The match that the condition of that number is of.
  public Match match(int number) {
    return order(rule.matches()).get(number);
  }

  private static boolean isMemory(Match match) {
    return match instanceof Match.Recent || match instanceof Match.Nth;
  }

  /// What it does where all of them hold.
  public Deed deed() {
    return deed;
  }

  /// The name of the chain that it calls.
  public String calleeName() {
    return rule.action().callee().orElseThrow();
  }

  /// The chain that it calls; looked up once.
  public @Nullable PreparedChain callee(Tables tables, String table) {
    PreparedChain known = callee;
    if (known == null) {
      known = tables.chain(table, calleeName());
      callee = known;
    }
    return known;
  }
}
