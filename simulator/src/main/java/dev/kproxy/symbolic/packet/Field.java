package dev.kproxy.symbolic.packet;

/// What rules can ask of a packet before anything is done to it, in the order in which sets of
/// packets are parted: first what decides which rules are asked.
public enum Field {
  /// Where it comes from: the host itself, or an interface; a number of [Ways].
  WAY(0),
  /// TCP, UDP, SCTP or ICMP; a number of [Protocols].
  PROTOCOL(1),
  /// How connection tracking sees it; a number of [States].
  STATE(2),
  /// Its destination.
  DESTINATION(3),
  /// Its destination port; of ICMP, the type in the high byte and the code in the low one.
  DESTINATION_PORT(4),
  /// Its source port.
  SOURCE_PORT(5),
  /// Its source.
  SOURCE(6);

  private final int number;

  Field(int number) {
    this.number = number;
  }

  /// Its place among the fields.
  int number() {
    return number;
  }
}
