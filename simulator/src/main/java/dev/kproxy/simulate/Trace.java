package dev.kproxy.simulate;

import java.util.List;
import java.util.Optional;

/// What becomes of one packet.
///
/// @param outcomes what is possible, in the order of the rules that lead to it; the probabilities
///   sum to 1
/// @param affinity the lists of `-m recent` that were asked on the way, in order
/// @param notes what was assumed
/// @param marksInNat whether a rule of nat may have changed the mark, which is that of the first
///   packet of a connection alone
public record Trace(
    Packet packet,
    List<Outcome> outcomes,
    List<Affinity> affinity,
    List<String> notes,
    boolean marksInNat) {
  public Trace {
    outcomes = List.copyOf(outcomes);
    affinity = List.copyOf(affinity);
    notes = List.copyOf(notes);
  }

  /// Where a client that is on a list would go.
  ///
  /// @param list the name of the list
  /// @param seconds how old its entry may be; 0 is any age
  /// @param dnat what the destination is then translated to, in the likeliest outcome
  public record Affinity(String list, int seconds, Optional<Translation> dnat) {}

  /// What is worked out besides the outcomes.
  ///
  /// @param paths whether outcomes carry their path
  /// @param apart whether outcomes that differ in their path only are kept apart
  /// @param affinity whether it is worked out where clients on lists would go
  public record Detail(boolean paths, boolean apart, boolean affinity) {
    /// The outcomes with their paths, and the affinity.
    public static final Detail FULL = new Detail(true, false, true);

    /// The outcomes alone.
    public static final Detail OUTCOMES = new Detail(false, false, false);
  }
}
