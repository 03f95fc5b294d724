package dev.kproxy.graph;

import dev.kproxy.iptables.Rule;

/// That rules of one chain call another.
///
/// @param number of the first of these rules, counted from 1
/// @param rule the first of them
/// @param tail whether it is a goto
/// @param rules how many there are
public record ChainCall(
    ChainNode from, ChainNode to, int number, Rule rule, boolean tail, int rules) {
  /// The line of the file that the first of the rules was read from, or 0.
  public int line() {
    return rule.line();
  }
}
