package dev.kproxy.simulate.iptables;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.InterfacesParser;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.IpsetParser;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Verdict;
import java.util.List;
import java.util.Locale;

/// Rule sets as text, and outcomes in a line, for tests.
final class Rules {
  /// A node with the address 192.168.0.11 and pods of 10.244.1.0/24 on `cni0`.
  static final HostFacts NODE =
      HostFacts.UNKNOWN.withInterfaces(
          addresses(
              """
              1: lo    inet 127.0.0.1/8 scope host lo
              1: lo    inet6 ::1/128 scope host
              2: eth0    inet 192.168.0.11/24 brd 192.168.0.255 scope global eth0
              2: eth0    inet6 fd00::11/64 scope global
              3: cni0    inet 10.244.1.1/24 brd 10.244.1.255 scope global cni0
              3: cni0    inet6 fd00:10:244:1::1/64 scope global
              """));

  private Rules() {}

  /// What `ip -o addr` prints.
  static List<Interface> addresses(String text) {
    return InterfacesParser.parse(text, "addresses", Rules::fail);
  }

  /// What `ipset save` prints.
  static List<IpSet> sets(String text) {
    return IpsetParser.parse(text, "sets", Rules::fail);
  }

  private static void fail(Diagnostic diagnostic) {
    throw new AssertionError(diagnostic.toString());
  }

  static Ruleset parse(Family family, String text) {
    return IptablesParser.parse(family, text, "rules", Rules::fail).orElseThrow();
  }

  static IptablesMachine machine(String text) {
    return new IptablesMachine(parse(Family.IPV4, text), NODE);
  }

  static IptablesMachine machine6(String text) {
    return new IptablesMachine(parse(Family.IPV6, text), NODE);
  }

  /// The outcomes of a packet, one a line: `1/1 accept forward 10.0.0.1:40000>10.0.0.2:80`, then
  /// the mark where there is one, what it was translated to and the kind of share.
  static List<String> outcomes(IptablesMachine machine, Packet packet) {
    return lines(machine.trace(packet));
  }

  static List<String> lines(Trace trace) {
    return trace.outcomes().stream().map(Rules::line).toList();
  }

  /// The rules on the way of a packet that has one outcome, as `nat KUBE-SERVICES 3: jump X`.
  static List<String> path(IptablesMachine machine, Packet packet) {
    List<Outcome> outcomes = machine.trace(packet).outcomes();
    assertThat(outcomes).hasSize(1);
    return outcomes.get(0).path().stream().map(Rules::step).toList();
  }

  static String step(Step step) {
    return switch (step) {
      case Step.Hit(Step.Place place, String action, _, _) ->
          place.table() + " " + place.chain() + " " + place.number() + ": " + action;
      case Step.Policy(var hook, String table, String action, _, _) ->
          table + " " + hook + " policy: " + action;
      case Step.Kernel(var hook, String action, _, _) -> "after " + hook + ": " + action;
    };
  }

  static String line(Outcome outcome) {
    StringBuilder line = new StringBuilder(outcome.probability().toString());
    line.append(
        switch (outcome.verdict()) {
          case Verdict.Accept() -> " " + outcome.delivery().toString().toLowerCase(Locale.ROOT);
          case Verdict.Drop() -> " drop";
          case Verdict.Reject(String with) -> " reject " + with;
          case Verdict.Undetermined undetermined ->
              " undetermined yes "
                  + undetermined.ifTrue().stream().map(Rules::line).toList()
                  + " no "
                  + undetermined.ifFalse().stream().map(Rules::line).toList();
        });
    if (outcome.verdict() instanceof Verdict.Accept) {
      line.append(" ").append(outcome.packet().source()).append(">");
      line.append(outcome.packet().destination());
      int port = outcome.packet().destinationPort();
      line.append(port < 0 ? "" : " " + port);
    }
    if (outcome.mark() != 0) {
      line.append(" mark 0x").append(Integer.toHexString(outcome.mark()));
    }
    outcome.dnat().ifPresent(to -> line.append(" dnat ").append(to));
    outcome.snat().ifPresent(to -> line.append(" snat ").append(to));
    return switch (outcome.share()) {
      case EXACT -> line.toString();
      default -> line + " " + outcome.share();
    };
  }
}
