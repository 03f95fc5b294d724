package dev.kproxy.symbolic.packet;

import dev.kproxy.simulate.Packet;
import java.util.List;

/// How connection tracking sees packets, as numbers.
public final class States {
  private static final List<Packet.State> IN_ORDER =
      List.of(
          Packet.State.NEW,
          Packet.State.ESTABLISHED,
          Packet.State.RELATED,
          Packet.State.INVALID,
          Packet.State.UNTRACKED);

  /// All of them.
  public static final Ranges ALL = Ranges.of(0, IN_ORDER.size() - 1L);

  /// Those of packets that belong to a connection, so that they may be translated.
  public static final Ranges CONNECTED =
      Ranges.of(number(Packet.State.NEW), number(Packet.State.RELATED));

  private States() {}

  /// The number of a state.
  public static int number(Packet.State state) {
    return IN_ORDER.indexOf(state);
  }

  /// The state of a number.
  public static Packet.State of(int number) {
    return IN_ORDER.get(number);
  }
}
