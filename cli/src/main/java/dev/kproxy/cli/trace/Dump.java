package dev.kproxy.cli.trace;

import dev.kproxy.iproute.Interface;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.net.Family;
import dev.kproxy.simulate.Backend;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a host has to do with packets.
///
/// @param rules its rules, of each family that was given
/// @param sets its sets
/// @param ipvs its virtual servers, where they were given
/// @param virtual the interfaces that lay beside the rules: those that IPVS mode makes
/// @param backend what its iptables works on, as far as the rules tell
/// @param settings a file of its settings that lay beside the rules
public record Dump(
    Map<Family, Ruleset> rules,
    List<IpSet> sets,
    Optional<IpvsTable> ipvs,
    List<Interface> virtual,
    Backend backend,
    Optional<String> settings) {
  /// Rules alone.
  public static Dump of(Map<Family, Ruleset> rules) {
    return new Dump(
        rules, List.of(), Optional.empty(), List.of(), Backend.LEGACY, Optional.empty());
  }

  public Dump {
    rules = Map.copyOf(rules);
    sets = List.copyOf(sets);
    virtual = List.copyOf(virtual);
  }
}
