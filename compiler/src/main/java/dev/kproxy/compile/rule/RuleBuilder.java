package dev.kproxy.compile.rule;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.plan.LocalDetector;
import java.util.ArrayList;
import java.util.List;

/// Puts a rule together in the order in which kube-proxy writes its arguments.
public final class RuleBuilder {
  private final List<Match> matches = new ArrayList<>(6);

  /// A rule for every packet, so far.
  public static RuleBuilder rule() {
    return new RuleBuilder();
  }

  /// A rule that begins with a comment.
  public static RuleBuilder commented(String comment) {
    return new RuleBuilder().match(new Match.Comment(comment));
  }

  /// Adds any match.
  public RuleBuilder match(Match match) {
    matches.add(match);
    return this;
  }

  /// `-m tcp -p tcp`: kube-proxy loads the module before it names the protocol.
  public RuleBuilder protocol(Protocol protocol) {
    return match(
            switch (protocol) {
              case TCP -> Match.Tcp.ANY;
              case UDP -> Match.Udp.ANY;
              case SCTP -> Match.Sctp.ANY;
            })
        .match(Match.Protocol.of(protocol));
  }

  /// `-m tcp -p tcp --dport PORT`.
  public RuleBuilder toPort(Protocol protocol, int port) {
    return match(portOf(protocol, port)).match(Match.Protocol.of(protocol));
  }

  /// `-m tcp -p tcp -d DESTINATION --dport PORT`.
  public RuleBuilder to(Protocol protocol, Ip destination, int port) {
    return toPort(protocol, port).to(destination);
  }

  /// `-d DESTINATION`.
  public RuleBuilder to(Ip destination) {
    return match(new Match.Destination(MaskedIp.host(destination), false));
  }

  private static Match portOf(Protocol protocol, int port) {
    return switch (protocol) {
      case TCP -> Match.Tcp.to(port);
      case UDP -> Match.Udp.to(port);
      case SCTP -> Match.Sctp.to(port);
    };
  }

  /// `-s SOURCE`.
  public RuleBuilder from(Cidr source) {
    return match(new Match.Source(source, false));
  }

  /// `-s SOURCE`.
  public RuleBuilder from(Ip source) {
    return match(new Match.Source(MaskedIp.host(source), false));
  }

  /// Restricts the rule to traffic of local Pods, or to all other traffic; a detector that cannot
  /// tell restricts nothing.
  public RuleBuilder local(LocalDetector detector, boolean inverted) {
    if (detector instanceof LocalDetector.BySource(Cidr cidr)) {
      return match(new Match.Source(cidr, inverted));
    }
    if (detector instanceof LocalDetector.None) {
      return this;
    }
    LocalDetector.ByInterface by = (LocalDetector.ByInterface) detector;
    return match(new Match.InInterface(by.prefix() ? by.name() + "+" : by.name(), inverted));
  }

  /// The rule, with a jump to a chain of a user.
  public Rule jump(String chain) {
    return then(new Action.Jump(chain));
  }

  /// The rule, with any action.
  public Rule then(Action action) {
    return new Rule(matches, action);
  }
}
