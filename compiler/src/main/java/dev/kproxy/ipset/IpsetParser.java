package dev.kproxy.ipset;

import dev.kproxy.net.Diagnostic;
import java.util.List;
import java.util.function.Consumer;

/// Reads sets.
public final class IpsetParser {
  private IpsetParser() {}

  /// The sets of a text, in its order.
  ///
  /// @param file the name of the text in diagnostics
  /// @param diagnostics takes every fault; a set or an entry that has one is left out
  @SuppressWarnings("DoNotCallSuggester")
  public static List<IpSet> parse(String text, String file, Consumer<Diagnostic> diagnostics) {
    throw new UnsupportedOperationException();
  }
}
