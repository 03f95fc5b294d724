package dev.kproxy.cli.trace;

import dev.kproxy.ipset.IpSet;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.net.Family;
import dev.kproxy.simulate.Backend;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a host has to do with packets.
///
/// @param rules its rules, of each family that was given
/// @param sets its sets
/// @param backend what its iptables works on, as far as the rules tell
/// @param settings a file of its settings that lay beside the rules
public record Dump(
    Map<Family, Ruleset> rules, List<IpSet> sets, Backend backend, Optional<String> settings) {
  public Dump {
    rules = Map.copyOf(rules);
    sets = List.copyOf(sets);
  }
}
