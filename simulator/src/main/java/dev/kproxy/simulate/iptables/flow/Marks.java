package dev.kproxy.simulate.iptables.flow;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The mark of a packet, and where that is a later one of a connection, the mark that the first one
/// had here: the tables of nat are asked for the first one alone, and see and change its mark.
///
/// @param seen what rules see: of the first packet in the tables of nat, of the packet elsewhere
/// @param other of the other of the two; null where there is none
public record Marks(Mark seen, @Nullable Mark other) {
  /// Of a packet that stands for itself.
  public static Marks of(Mark mark) {
    return new Marks(mark, null);
  }

  /// After a change by a rule. Those of nat change the mark of the first packet, all others that of
  /// each.
  Marks changed(UnaryOperator<Mark> change, Stage stage) {
    Mark changed = other == null || stage.isNat() ? other : change.apply(other);
    return new Marks(change.apply(seen), changed);
  }

  /// As the other of the two has them.
  Marks exchanged() {
    return new Marks(other == null ? seen : other, seen);
  }
}
