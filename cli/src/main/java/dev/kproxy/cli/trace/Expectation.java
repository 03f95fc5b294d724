package dev.kproxy.cli.trace;

import dev.kproxy.net.Printable;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Verdict;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a user expects to become of a packet: `--expect`.
public final class Expectation {
  private static final Set<String> VERDICTS = Set.of("accept", "drop", "reject", "undetermined");

  private final Set<String> verdicts;
  private final List<Target> targets;

  private Expectation(Set<String> verdicts, List<Target> targets) {
    this.verdicts = Set.copyOf(verdicts);
    this.targets = List.copyOf(targets);
  }

  /// An expectation; an empty one is that of nothing in particular.
  ///
  /// @param expected verdicts, or destinations at which the packet is to arrive, each with its port
  ///   or at any; any of them will do
  public static Expectation of(List<String> expected) throws BadPacket {
    Set<String> verdicts = new HashSet<>();
    List<Target> targets = new ArrayList<>();
    for (String text : expected) {
      if (VERDICTS.contains(text)) {
        verdicts.add(text);
      } else {
        targets.add(target(text));
      }
    }
    return new Expectation(verdicts, targets);
  }

  private static Target target(String text) throws BadPacket {
    return Target.parse(text)
        .orElseThrow(
            () ->
                new BadPacket(
                    "--expect: accept, drop, reject, undetermined or IP[:PORT], not "
                        + Printable.quote(text)));
  }

  /// The outcomes that nobody expects; none where nothing is expected.
  public List<Outcome> surprises(Trace trace) {
    return verdicts.isEmpty() && targets.isEmpty()
        ? List.of()
        : trace.outcomes().stream().filter(outcome -> !isExpected(outcome)).toList();
  }

  private boolean isExpected(Outcome outcome) {
    return switch (outcome.verdict()) {
      case Verdict.Accept() -> verdicts.contains("accept") || isTarget(outcome.packet());
      case Verdict.Drop() -> verdicts.contains("drop");
      case Verdict.Reject _ -> verdicts.contains("reject");
      case Verdict.Undetermined _ -> verdicts.contains("undetermined");
    };
  }

  private boolean isTarget(Header packet) {
    return targets.stream()
        .anyMatch(
            target ->
                target.ip().equals(packet.destination())
                    && (target.port().isEmpty()
                        || target.port().getAsInt() == packet.destinationPort()));
  }
}
