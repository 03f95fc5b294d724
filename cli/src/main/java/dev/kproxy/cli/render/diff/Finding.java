package dev.kproxy.cli.render.diff;

import dev.kproxy.net.Location;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One thing that differs.
///
/// @param kind what kind of thing
/// @param message the thing itself, in one line
/// @param details more lines
/// @param location where it comes from: in a manifest, or else in a file of rules
/// @param evidence a packet that fares differently
/// @param isExact whether all packets that are meant are known to fare so, not only some of them
public record Finding(
    Kind kind,
    String message,
    List<String> details,
    Optional<Location> location,
    Optional<Evidence> evidence,
    boolean isExact) {
  public Finding {
    details = List.copyOf(details);
  }

  /// Lines that differ, each with `+` or `-` before it.
  public static Finding ofText(String message, List<String> lines, Optional<Location> location) {
    return new Finding(Kind.TEXT, message, lines, location, Optional.empty(), true);
  }

  /// The kinds of findings; scripts may rely on their names.
  public enum Kind {
    /// Lines of a chain differ.
    TEXT("Lines of a chain differ"),
    /// An address and port that nobody answered at before.
    APPEARS("An address and port of a Service appears"),
    /// An address and port that nobody answers at any more.
    VANISHES("An address and port of a Service vanishes"),
    /// Other endpoints, or other shares of them.
    ENDPOINTS("The endpoints of a Service or their shares change"),
    /// A source is masqueraded, or no longer.
    MASQUERADE("Masquerading changes"),
    /// What is accepted, dropped or rejected.
    VERDICT("The verdict on packets changes"),
    /// How long a client keeps its endpoint.
    AFFINITY("Session affinity changes"),
    /// Marks that packets are left with.
    MARK("The mark of packets changes"),
    /// Anything else that becomes of packets.
    OTHER("What becomes of packets changes"),
    /// It may differ: something is asked that is not known here.
    UNDETERMINED("What becomes of packets may change");

    private final String description;

    Kind(String description) {
      this.description = description;
    }

    /// What the kind means, in one phrase.
    public String description() {
      return description;
    }

    /// The stable name: `endpoints`.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A packet, and what becomes of it on either side.
  public record Evidence(Packet packet, List<Outcome> before, List<Outcome> after) {
    public Evidence {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }
}
