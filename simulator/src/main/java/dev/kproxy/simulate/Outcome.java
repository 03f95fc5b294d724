package dev.kproxy.simulate;

import java.util.List;
import java.util.Optional;

/// One thing that may become of a packet.
///
/// @param probability its share; those of all outcomes of a packet sum to 1
/// @param share what the probability means
/// @param packet as it leaves, or was when it ended. After a masquerade its source is the address
///   of the interface where that is known; its source port is the one that it had, since whether
///   the kernel finds that one free is not known
/// @param dnat what the destination was translated to
/// @param snat what the source was translated to
/// @param mark the packet's mark, an unsigned 32-bit number
/// @param selection how a virtual server chose where it is sent; empty where none did
/// @param path the way of the likeliest of the packets that end so; empty where it was not asked
///   for
public record Outcome(
    Fraction probability,
    Share share,
    Verdict verdict,
    Delivery delivery,
    Header packet,
    Optional<Translation> dnat,
    Optional<Translation> snat,
    int mark,
    Optional<Selection> selection,
    List<Step> path) {
  public Outcome {
    path = List.copyOf(path);
  }

  /// The same with another probability, share and path.
  public Outcome with(Fraction newProbability, Share newShare, List<Step> newPath) {
    return new Outcome(
        newProbability, newShare, verdict, delivery, packet, dnat, snat, mark, selection, newPath);
  }
}
