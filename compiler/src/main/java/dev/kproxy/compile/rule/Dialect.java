package dev.kproxy.compile.rule;

/// What the tools and the kernel of a node can do that changes rules.
///
/// @param nfacct whether the kernel has accounting objects (nfnetlink_acct)
/// @param randomFully whether iptables knows `--random-fully` (1.6.2)
public record Dialect(boolean nfacct, boolean randomFully) {
  /// What current distributions can do.
  public static final Dialect CURRENT = new Dialect(true, true);
}
