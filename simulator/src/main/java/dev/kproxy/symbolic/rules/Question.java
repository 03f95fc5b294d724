package dev.kproxy.symbolic.rules;

import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.List;
import java.util.Optional;

/// Whether a field of a packet has one of these values.
///
/// @param values for which the answer is yes
public record Question(Field field, Ranges values) {
  /// Those of some packets for which all answers are yes; empty where there is none.
  static Optional<PacketSet> narrow(PacketSet packets, List<Question> questions) {
    PacketSet held = packets;
    for (Question question : questions) {
      Optional<PacketSet> some = held.and(question.field, question.values);
      if (some.isEmpty()) {
        return some;
      }
      held = some.get();
    }
    return Optional.of(held);
  }
}
