package dev.kproxy.cli;

import dev.kproxy.cli.trace.Ends;
import dev.kproxy.cli.trace.Names;
import dev.kproxy.cli.trace.Tracer;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/// All that a packet meets, and what it is called.
///
/// @param rules of each family that is known
/// @param dumped whether the rules are a dump
/// @param isOwn whether an address is the host's own
record Situation(
    Map<Family, Ruleset> rules,
    boolean dumped,
    Tracer tracer,
    Names names,
    Ends ends,
    Predicate<Ip> isOwn) {

  /// The rules of a family that is known.
  Ruleset rules(Family family) {
    return Objects.requireNonNull(rules.get(family));
  }

  /// Why packets of a family cannot be traced.
  String missing(Family family) {
    String option = family == Family.IPV4 ? "--iptables" : "--ip6tables";
    return "there are no rules for packets of "
        + family
        + (dumped ? ": " + option + " gives them" : ": --ip-family leaves that family out");
  }
}
