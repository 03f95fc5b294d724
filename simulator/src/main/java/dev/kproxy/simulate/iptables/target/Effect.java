package dev.kproxy.simulate.iptables.target;

import dev.kproxy.simulate.Verdict;
import dev.kproxy.simulate.iptables.flow.Flow;
import java.util.List;

/// What an action does to a packet.
public sealed interface Effect {
  /// The next rule is asked.
  record Next(Flow flow) implements Effect {}

  /// The packet leaves the table.
  record Leave(Flow flow) implements Effect {}

  /// The packet leaves the table, changed in one of several ways.
  record Translate(List<Translating.Choice> choices) implements Effect {}

  /// It is over.
  record End(Verdict verdict) implements Effect {}

  /// On with another chain.
  record Call(String chain, boolean tail) implements Effect {}

  /// Back to the caller.
  record Back() implements Effect {}

  /// It cannot be known: one of two things.
  record Either(String why, Effect ifTrue, Effect ifFalse) implements Effect {}
}
