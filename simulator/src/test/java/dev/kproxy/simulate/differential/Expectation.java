package dev.kproxy.simulate.differential;

import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Delivery;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Transport;
import dev.kproxy.simulate.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What may become of a packet, in the words in which it is observed: `drop`, `reject tcp-reset`,
/// `local tcp 10.0.0.1>10.0.0.2:80`, `forward …`.
///
/// @param shares the possible fates, each with its share; those that are possible in one of the
///   cases of an open question have none
/// @param open why questions are open
/// @param exact whether all shares are draws
record Expectation(Map<String, Double> shares, Set<String> open, boolean exact) {

  static Expectation of(Packet packet, Trace trace) {
    Map<String, Double> shares = new LinkedHashMap<>();
    Set<String> open = new TreeSet<>();
    boolean exact = add(packet, trace.outcomes(), true, shares, open);
    return new Expectation(shares, open, exact && open.isEmpty());
  }

  private static boolean add(
      Packet packet,
      List<Outcome> outcomes,
      boolean certain,
      Map<String, Double> shares,
      Set<String> open) {
    boolean exact = true;
    for (Outcome outcome : outcomes) {
      exact &= outcome.share() == Share.EXACT;
      if (outcome.verdict()
          instanceof Verdict.Undetermined(Verdict.Why why, var _, var _, var ifTrue, var ifFalse)) {
        open.add(why.text());
        exact &= add(packet, ifTrue, false, shares, open);
        exact &= add(packet, ifFalse, false, shares, open);
      } else {
        double share = certain ? outcome.probability().doubleValue() : 0;
        shares.merge(fate(outcome), share, Double::sum);
        if (mayBeSilent(packet, outcome)) {
          exact &= shares.putIfAbsent("drop", 0.0) != null;
        }
      }
    }
    return exact;
  }

  private static String fate(Outcome outcome) {
    return switch (outcome.verdict()) {
      case Verdict.Drop() -> "drop";
      case Verdict.Reject(String with) ->
          isForMany(outcome.packet().destination()) ? "drop" : "reject " + with;
      case Verdict.Accept() -> delivered(outcome.delivery() == Delivery.LOCAL, outcome.packet());
      case Verdict.Undetermined undetermined ->
          throw new IllegalArgumentException(undetermined.toString());
    };
  }

  /// Whether a refusal may be lost on its way: a reset that answers a packet without a connection
  /// has none itself, so that rules may drop it, and from 127.0.0.1 none can leave.
  private static boolean mayBeSilent(Packet packet, Outcome outcome) {
    return outcome.verdict() instanceof Verdict.Reject(String with)
        && (outcome.packet().destination().isLoopback()
            || (packet.state() == Packet.State.INVALID && with.equals("tcp-reset")));
  }

  /// Nobody is told that a packet to many was refused.
  private static boolean isForMany(Ip ip) {
    return switch (ip) {
      case Ip.V4(int bits) -> bits >>> 28 == 14 || bits == -1 || ip.equals(Pool.BROADCAST);
      case Ip.V6(long high, _) -> high >>> 56 == 0xff;
    };
  }

  /// What was seen of a packet.
  static String fate(Optional<Lab.Delivered> delivered, Optional<String> refused) {
    return delivered
        .map(seen -> delivered(seen.device().isEmpty(), seen.sighting().header()))
        .orElseGet(() -> refused.map(how -> "reject " + how).orElse("drop"));
  }

  /// The source port is left out: whether a translation finds one free is not known.
  private static String delivered(boolean here, Header header) {
    String port =
        header.transport() instanceof Transport.Ports(_, _, int destination)
            ? ":" + destination
            : "";
    return (here ? "local " : "forward ")
        + header.transport().number()
        + ' '
        + header.source()
        + '>'
        + header.destination()
        + port;
  }

  /// Why what was seen cannot be, or nothing. Where a share would be missed by less than one in a
  /// billion of measurements, it must be right.
  Optional<String> refutedBy(Map<String, Integer> seen, int times) {
    for (String fate : seen.keySet()) {
      if (!shares.containsKey(fate)) {
        return Optional.of("nobody foresaw " + fate);
      }
    }
    if (!exact) {
      return Optional.empty();
    }
    for (Map.Entry<String, Double> entry : shares.entrySet()) {
      double share = entry.getValue();
      double expected = share * times;
      double deviation = Math.abs(seen.getOrDefault(entry.getKey(), 0) - expected);
      if (deviation > 4 + 6.5 * Math.sqrt(expected * (1 - share))) {
        return Optional.of("wrong share of " + entry.getKey());
      }
    }
    return Optional.empty();
  }
}
