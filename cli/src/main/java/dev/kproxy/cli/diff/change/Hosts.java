package dev.kproxy.cli.diff.change;

import dev.kproxy.cli.diff.words.NodeAddresses;
import dev.kproxy.net.Family;
import dev.kproxy.symbolic.RuledHost;

/// Both sides of a comparison, with their rules of one family.
///
/// @param node the addresses of the node that either is
public record Hosts(RuledHost before, RuledHost after, NodeAddresses node) {
  /// Both sides, whose rules are of one family.
  public static Hosts of(RuledHost before, RuledHost after) {
    Family family = before.rules().family();
    return new Hosts(before, after, NodeAddresses.of(before.host(), after.host(), family));
  }

  /// The family of their rules.
  public Family family() {
    return before.rules().family();
  }
}
