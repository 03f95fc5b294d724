package dev.kproxy.iptables;

import java.util.List;

/// One option of an extension that is carried along without being understood.
///
/// @param name without the dashes, as `limit-burst`
/// @param inverted whether a `!` stands before it
/// @param words what follows it; the text itself, without quotes
public record Option(String name, boolean inverted, List<String> words) {
  public Option {
    words = List.copyOf(words);
  }

  /// An option that is not inverted.
  public static Option of(String name, String... words) {
    return new Option(name, false, List.of(words));
  }
}
