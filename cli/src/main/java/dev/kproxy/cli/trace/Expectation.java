package dev.kproxy.cli.trace;

import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Verdict;
import java.util.List;

/// What a user expects to become of a packet: `--expect`.
public final class Expectation {
  private final List<String> expected;

  private Expectation(List<String> expected) {
    this.expected = List.copyOf(expected);
  }

  /// An expectation; an empty one is that of nothing in particular.
  ///
  /// @param expected verdicts, or destinations at which the packet is to arrive; any of them will
  ///   do
  public static Expectation of(List<String> expected) throws BadPacket {
    for (String text : expected) {
      switch (text) {
        case "accept", "drop", "reject", "undetermined" -> {}
        default -> checkAddress(text);
      }
    }
    return new Expectation(expected);
  }

  private static void checkAddress(String text) throws BadPacket {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon).replaceAll("^\\[(.*)]$", "$1");
    if (Ip.parse(text).isEmpty() && Ip.parse(host).isEmpty()) {
      throw new BadPacket(
          "--expect: accept, drop, reject, undetermined or IP:PORT, not " + Printable.quote(text));
    }
    if (Ip.parse(text).isEmpty()) {
      PacketParts.port(text.substring(colon + 1));
    }
  }

  /// The outcomes that nobody expects; none where nothing is expected.
  public List<Outcome> surprises(Trace trace) {
    return expected.isEmpty()
        ? List.of()
        : trace.outcomes().stream().filter(outcome -> !isExpected(outcome)).toList();
  }

  private boolean isExpected(Outcome outcome) {
    return switch (outcome.verdict()) {
      case Verdict.Accept() ->
          expected.contains("accept") || expected.contains(destination(outcome.packet()));
      case Verdict.Drop() -> expected.contains("drop");
      case Verdict.Reject _ -> expected.contains("reject");
      case Verdict.Undetermined _ -> expected.contains("undetermined");
    };
  }

  private static String destination(Header packet) {
    return packet.destinationPort() < 0
        ? packet.destination().toString()
        : packet.destination().withPort(packet.destinationPort());
  }
}
