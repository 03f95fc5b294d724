package dev.kproxy.symbolic;

import dev.kproxy.iptables.Ruleset;
import dev.kproxy.simulate.HostFacts;

/// One side of a comparison.
///
/// @param rules of one family
/// @param host that they are on: its sets, virtual servers and addresses are part of the side
public record RuledHost(Ruleset rules, HostFacts host) {}
