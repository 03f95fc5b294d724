package dev.kproxy.simulate;

import java.util.List;
import java.util.Optional;

/// How a packet fares.
public sealed interface Verdict {
  /// It reaches its goal.
  record Accept() implements Verdict {}

  /// It vanishes.
  record Drop() implements Verdict {}

  /// It is answered with a refusal.
  ///
  /// @param with as in `--reject-with`: `icmp-port-unreachable`, `tcp-reset`, …
  record Reject(String with) implements Verdict {}

  /// Something was asked that cannot be known here.
  ///
  /// @param why what would have told the answer
  /// @param asked what was asked
  /// @param at the rule that asked; empty where routing did
  /// @param ifTrue the outcomes where the answer is yes; they sum to 1
  /// @param ifFalse the outcomes where the answer is no; they sum to 1
  record Undetermined(
      Why why, Asked asked, Optional<Step.Place> at, List<Outcome> ifTrue, List<Outcome> ifFalse)
      implements Verdict {
    public Undetermined {
      ifTrue = List.copyOf(ifTrue);
      ifFalse = List.copyOf(ifFalse);
    }
  }

  /// A question, to tell it from others.
  ///
  /// @param what equal for questions that are the same, in whichever rule
  /// @param lasts whether the answer is the same each time that a packet is asked; else `what` is
  ///   the match or the target
  /// @param inverted whether a yes means that the answer to it is no
  record Asked(Object what, boolean lasts, boolean inverted) {}

  /// A question that has no answer here.
  ///
  /// @param missing what would tell the answer
  /// @param text the question in words
  record Why(Missing missing, String text) {}

  /// What was not told, so that a question stays open.
  enum Missing {
    /// The addresses of the host.
    ADDRESSES,
    /// The routes of the host.
    ROUTES,
    /// The interface that the packet came in by.
    IN_INTERFACE,
    /// A set.
    SET,
    /// The virtual servers of IPVS.
    VIRTUAL_SERVERS,
    /// How often a list of `-m recent` saw an address.
    LIST,
    /// How long ago a list of `-m recent` saw an address.
    AGE,
    /// What only the running host knows: its sockets, its counters, its connections.
    RUNNING_HOST,
    /// Nothing: what was asked is not simulated.
    NOTHING
  }
}
