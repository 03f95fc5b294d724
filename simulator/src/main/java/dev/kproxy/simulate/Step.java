package dev.kproxy.simulate;

import dev.kproxy.iptables.Rule;

/// One thing that happened to a packet on its way.
public sealed interface Step {
  /// The addresses after it.
  Header header();

  /// The mark after it.
  int mark();

  /// Where a rule stands.
  ///
  /// @param number counted from 1, in its chain
  record Place(Hook hook, String table, String chain, int number, Rule rule) {
    /// The line of the file that the rule was read from, or 0.
    public int line() {
      return rule.line();
    }
  }

  /// A rule held.
  ///
  /// @param action what it did: `jump KUBE-SVC-…`, `mark 0x4000`, `DNAT to 10.244.1.4:53`
  record Hit(Place place, String action, Header header, int mark) implements Step {}

  /// No rule of a built-in chain decided, and its policy drops.
  record Policy(Hook hook, String table, String action, Header header, int mark) implements Step {}

  /// The kernel itself did something: it routed the packet, or refused to.
  ///
  /// @param hook the last hook before it
  record Kernel(Hook hook, String action, Header header, int mark) implements Step {}
}
