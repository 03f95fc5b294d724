package dev.kproxy.iptables;

/// A condition of a match that may be turned round by a `!` of its own.
public record Negatable<T>(T value, boolean inverted) {
  /// A condition that is not inverted.
  public static <T> Negatable<T> of(T value) {
    return new Negatable<>(value, false);
  }
}
