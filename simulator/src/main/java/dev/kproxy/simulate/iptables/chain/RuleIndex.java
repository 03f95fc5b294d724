package dev.kproxy.simulate.iptables.chain;

import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.iptables.Rule;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.simulate.Header;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rules of a long chain by the one destination or the one port that they are for, so that
/// those for others need not be passed one by one.
///
/// A rule that is passed over is one that its address or port alone keeps from holding, so that
/// nothing else in it would have been asked.
final class RuleIndex {
  private static final int WORTH_AN_INDEX = 12;
  private static final Numbers NONE = new Numbers();

  private final Map<Ip, Numbers> byDestination = new HashMap<>();
  private final Map<Integer, Numbers> byPort = new HashMap<>();
  private final Numbers others = new Numbers();
  private final int size;

  private RuleIndex(List<Rule> rules) {
    size = rules.size();
    for (int i = 0; i < size; i++) {
      Ip destination = destination(rules.get(i));
      int port = destination == null ? port(rules.get(i)) : -1;
      Numbers into =
          destination != null
              ? byDestination.computeIfAbsent(destination, _ -> new Numbers())
              : port >= 0 ? byPort.computeIfAbsent(port, _ -> new Numbers()) : others;
      into.add(i);
    }
  }

  /// An index of rules, or null where there would be little to pass over.
  static @Nullable RuleIndex of(List<Rule> rules) {
    if (rules.size() < WORTH_AN_INDEX) {
      return null;
    }
    RuleIndex index = new RuleIndex(rules);
    return index.others.count < rules.size() / 2 ? index : null;
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

  /// The first rule from `from` on that may hold for a packet, or the number of rules.
  int next(Header header, int from) {
    if (from >= size) {
      return from;
    }
    int next = others.first(from, size);
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
