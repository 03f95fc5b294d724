package dev.kproxy.simulate.iptables.chain;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.iptables.Rule;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.iptables.match.Conditions;
import dev.kproxy.simulate.iptables.target.Acting;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A chain, made ready to be asked: in a long one the rules for one destination, and those for one
/// port, are found by look-up, so that the others need not be passed one by one.
///
/// A rule that is passed over is one that its address or port alone keeps from holding, so that
/// nothing else in it would have been asked.
public final class PreparedChain {
  private static final int WORTH_AN_INDEX = 12;
  private static final Numbers NONE = new Numbers();

  private final Conditions conditions;
  private final Acting acting;
  private final String name;
  private final boolean builtIn;
  private final boolean drops;
  private final List<Rule> rules;
  private final @Nullable PreparedRule[] prepared;
  private final @Nullable Map<Ip, Numbers> byDestination;
  private final Map<Integer, Numbers> byPort = new HashMap<>();
  private final Numbers others;

  /// A chain of the rule set; its rules are made ready one by one, when they are first asked.
  public PreparedChain(Chain chain, Conditions conditions, Acting acting) {
    this.conditions = conditions;
    this.acting = acting;
    name = chain.name();
    builtIn = chain.policy().isPresent();
    drops = chain.policy().equals(Optional.of(Chain.Policy.DROP));
    rules = chain.rules();
    prepared = new PreparedRule[rules.size()];
    Map<Ip, Numbers> destinations = new HashMap<>();
    Numbers rest = new Numbers();
    boolean isLong = rules.size() >= WORTH_AN_INDEX;
    for (int i = 0; isLong && i < rules.size(); i++) {
      Ip destination = destination(rules.get(i));
      int port = destination == null ? port(rules.get(i)) : -1;
      Numbers into =
          destination != null
              ? destinations.computeIfAbsent(destination, _ -> new Numbers())
              : port >= 0 ? byPort.computeIfAbsent(port, _ -> new Numbers()) : rest;
      into.add(i);
    }
    byDestination = isLong && rest.count < rules.size() / 2 ? destinations : null;
    others = rest;
  }

  /// The one destination that a rule is for, or null.
  private static @Nullable Ip destination(Rule rule) {
    for (Match match : rule.matches()) {
      if (match instanceof Match.Destination(MaskedIp addresses, boolean inverted)) {
        return !inverted && addresses.prefix() == addresses.ip().family().bits()
            ? addresses.ip()
            : null;
      }
    }
    return null;
  }

  /// The one protocol and destination port that a rule is for, or -1; only where nothing that keeps
  /// a memory is asked before.
  private static int port(Rule rule) {
    int protocol = -1;
    Match.@Nullable Extension first = null;
    for (Match match : rule.matches()) {
      switch (match) {
        case Match.Protocol(int number, boolean inverted) -> protocol = inverted ? -1 : number;
        case Match.Header _, Match.Comment _ -> {}
        case Match.Extension extension -> first = first == null ? extension : first;
      }
    }
    int port =
        switch (first) {
          case Match.Tcp tcp -> single(tcp.destination());
          case Match.Udp udp -> single(udp.destination());
          case Match.Sctp sctp -> single(sctp.destination());
          case null, default -> -1;
        };
    return protocol > 0 && port >= 0 ? key(protocol, port) : -1;
  }

  private static int single(Optional<Negatable<PortRange>> ports) {
    return ports
        .filter(range -> !range.inverted() && range.value().first() == range.value().last())
        .map(range -> range.value().first())
        .orElse(-1);
  }

  private static int key(int protocol, int port) {
    return protocol << 16 | port;
  }

  /// Its name.
  public String name() {
    return name;
  }

  /// Whether a hook calls it, so that a policy stands at its end.
  public boolean isBuiltIn() {
    return builtIn;
  }

  /// Whether its policy is to drop.
  public boolean drops() {
    return drops;
  }

  /// How many rules it has.
  public int size() {
    return prepared.length;
  }

  /// The rule of that number, counted from 0.
  public PreparedRule rule(int number) {
    PreparedRule rule = prepared[number];
    if (rule == null) {
      rule = new PreparedRule(rules.get(number), conditions, acting);
      prepared[number] = rule;
    }
    return rule;
  }

  /// The first rule from `from` on that may hold for a packet, or the number of rules.
  public int next(Header header, int from) {
    if (byDestination == null || from >= prepared.length) {
      return from;
    }
    int next = others.first(from, prepared.length);
    next = byDestination.getOrDefault(header.destination(), NONE).first(from, next);
    int port = header.destinationPort();
    return port < 0 || byPort.isEmpty()
        ? next
        : byPort.getOrDefault(key(header.transport().number(), port), NONE).first(from, next);
  }

  /// The numbers of rules, in order.
  private static final class Numbers {
    private int[] numbers = new int[1];
    private int count;

    void add(int number) {
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, count * 2);
      }
      numbers[count++] = number;
    }

    /// The first number from `from` on that is smaller than `otherwise`, or that.
    int first(int from, int otherwise) {
      int found = Arrays.binarySearch(numbers, 0, count, from);
      int at = found >= 0 ? found : -found - 1;
      return at < count ? Math.min(numbers[at], otherwise) : otherwise;
    }
  }
}
