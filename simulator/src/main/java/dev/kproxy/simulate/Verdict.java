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
  /// @param why what was asked, and why there is no answer
  /// @param at the rule that asked; empty where routing did
  /// @param ifTrue the outcomes where the answer is yes; they sum to 1
  /// @param ifFalse the outcomes where the answer is no; they sum to 1
  record Undetermined(
      String why, Optional<Step.Place> at, List<Outcome> ifTrue, List<Outcome> ifFalse)
      implements Verdict {
    public Undetermined {
      ifTrue = List.copyOf(ifTrue);
      ifFalse = List.copyOf(ifFalse);
    }
  }
}
