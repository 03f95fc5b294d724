package dev.kproxy.iptables;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// One rule of a chain: where all of its matches hold for a packet, its action is taken.
///
/// @param matches what restricts the rule, addresses, interfaces and protocol included, in the
///   order in which it was written; the kernel asks addresses, interfaces and protocol first, then
///   the others in this order, which counts where a match keeps a state of its own
/// @param counters what the rule has seen, where that was told
/// @param line the line of the file that the rule was read from, or 0; it takes no part in equality
public record Rule(List<Match> matches, Action action, Optional<Counters> counters, int line) {
  public Rule {
    matches = List.copyOf(matches);
  }

  /// A rule that was not read from a file.
  public Rule(List<Match> matches, Action action) {
    this(matches, action, Optional.empty(), 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rule that
        && matches.equals(that.matches)
        && action.equals(that.action)
        && counters.equals(that.counters);
  }

  @Override
  public int hashCode() {
    return Objects.hash(matches, action, counters);
  }
}
