package dev.kproxy.host.apply;

import dev.kproxy.host.plan.Plan;

/// How a command that changes a host ended.
///
/// @param end how it ended
/// @param message one line that says what state the host is in
/// @param plan what was to change
public record Outcome(End end, String message, Plan plan) {
  /// The ways in which such a command ends.
  public enum End {
    /// All was as it should be; nothing was written.
    UNCHANGED,
    /// Done, and read back.
    DONE,
    /// The rules stand; something after them is left to do.
    PENDING,
    /// It failed half-way, and so did the way back.
    HALF,
    /// It failed half-way, and all is as it was.
    ROLLED_BACK
  }
}
