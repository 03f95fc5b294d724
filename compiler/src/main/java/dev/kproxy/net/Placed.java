package dev.kproxy.net;

/// A part of a line that a diagnostic can point at.
public interface Placed {
  /// The column of its first character, counted from 1.
  int column();
}
