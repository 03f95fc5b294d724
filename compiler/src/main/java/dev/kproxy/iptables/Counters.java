package dev.kproxy.iptables;

/// How many packets and bytes a rule or a policy has seen; both are unsigned 64-bit numbers.
public record Counters(long packets, long bytes) {
  /// `[0:0]`.
  public static final Counters ZERO = new Counters(0, 0);

  /// `[packets:bytes]`.
  @Override
  public String toString() {
    return "[" + Long.toUnsignedString(packets) + ":" + Long.toUnsignedString(bytes) + "]";
  }
}
