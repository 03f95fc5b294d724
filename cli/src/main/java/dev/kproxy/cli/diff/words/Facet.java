package dev.kproxy.cli.diff.words;

import dev.kproxy.cli.render.diff.Finding.Kind;
import java.util.List;

/// One thing that is different about what becomes of a packet.
///
/// @param text in words, without the packet
/// @param details more lines
public record Facet(Kind kind, String text, List<String> details) {
  public Facet {
    details = List.copyOf(details);
  }

  /// Whether packets are sent to endpoints, of a facet that tells what becomes of them on one side.
  public boolean hasEndpoints() {
    return !details.isEmpty();
  }

  /// The same where no Service is concerned: what is refused there does not appear.
  public Facet ofNoService() {
    if (hasEndpoints() || (kind != Kind.APPEARS && kind != Kind.VANISHES)) {
      return this;
    }
    String change = kind == Kind.APPEARS ? "let through → " + text : text + " → let through";
    return new Facet(Kind.VERDICT, change, details);
  }

  /// Whether it is told only where nothing else is: what packets that nobody gets were marked with,
  /// or would have been sent to.
  public boolean isMinor() {
    return kind == Kind.MARK || kind == Kind.OTHER;
  }
}
