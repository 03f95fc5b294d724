package dev.kproxy.simulate.iptables;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import java.util.ArrayList;
import java.util.List;

/// A rule with its matches in the order in which the kernel asks them: those of the header, then
/// the extensions; those that always hold are left out.
final class PreparedRule {
  private final Rule rule;
  private final List<Match> conditions;
  private final boolean memory;

  private PreparedRule(Rule rule, List<Match> conditions, boolean memory) {
    this.rule = rule;
    this.conditions = List.copyOf(conditions);
    this.memory = memory;
  }

  static PreparedRule of(Rule rule) {
    List<Match> headers = new ArrayList<>(rule.matches().size());
    List<Match> extensions = new ArrayList<>(rule.matches().size());
    boolean memory = false;
    for (Match match : rule.matches()) {
      switch (match) {
        case Match.Comment _, Match.NfAcct _ -> {}
        case Match.Header header -> headers.add(header);
        case Match.Extension extension -> {
          extensions.add(extension);
          memory |= extension instanceof Match.Recent || extension instanceof Match.Nth;
        }
      }
    }
    headers.addAll(extensions);
    return new PreparedRule(rule, headers, memory);
  }

  Rule rule() {
    return rule;
  }

  /// What is asked.
  List<Match> conditions() {
    return conditions;
  }

  /// Whether a match changes a list or counts, so that it matters which are asked.
  boolean hasMemory() {
    return memory;
  }

  Action action() {
    return rule.action();
  }
}
