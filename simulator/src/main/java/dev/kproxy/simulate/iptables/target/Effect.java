package dev.kproxy.simulate.iptables.target;

import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Stage;
import java.util.List;

/// What an action does to a packet. Where that is the same for all packets, it is the deed itself.
public sealed interface Effect extends Deed {
  @Override
  default Effect act(Flow flow, Stage stage) {
    return this;
  }

  /// The next rule is asked.
  record Next(Flow flow) implements Effect {}

  /// The packet leaves the table.
  record Leave(Flow flow) implements Effect {}

  /// The packet leaves the table, changed in one of several ways.
  record Translate(List<Translating.Choice> choices) implements Effect {}

  /// It is over.
  record End(Verdict verdict) implements Effect {}

  /// On with the chain that the rule names.
  record Call(boolean tail) implements Effect {}

  /// Back to the caller.
  record Back() implements Effect {}

  /// It cannot be known: one of two things.
  record Either(Why why, Effect ifTrue, Effect ifFalse) implements Effect {}
}
