package dev.kproxy.host;

import dev.kproxy.net.Family;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which of the two implementations of iptables holds the rules.
public enum Backend {
  /// iptables-nft: rules in nf_tables.
  NFT,
  /// iptables-legacy: rules in x_tables.
  LEGACY;

  /// How long a tool may work; a table of a million rules takes a fraction of it.
  private static final Duration LIMIT = Duration.ofMinutes(10);

  /// How many seconds the legacy tools wait for each other; 0 would be for ever.
  private static final String LOCK_SECONDS = "10";

  /// The other one.
  public Backend other() {
    return this == NFT ? LEGACY : NFT;
  }

  /// Prints the rules of a family.
  public ToolCall save(Family family) {
    return ToolCall.reading(tool(family, "-save")).within(LIMIT);
  }

  /// Loads rules and leaves the others alone.
  public ToolCall restore(Family family, String input) {
    return ToolCall.writing(tool(family, "-restore"), "--noflush", "-w", LOCK_SECONDS)
        .within(LIMIT)
        .with(input);
  }

  /// The tools that it needs for the given families.
  public List<String> tools(List<Family> families) {
    return families.stream()
        .flatMap(family -> List.of(tool(family, "-save"), tool(family, "-restore")).stream())
        .toList();
  }

  private String tool(Family family, String verb) {
    return (family == Family.IPV4 ? "iptables-" : "ip6tables-") + this + verb;
  }

  /// The one of that name.
  public static Optional<Backend> parse(String name) {
    return switch (name) {
      case "nft" -> Optional.of(NFT);
      case "legacy" -> Optional.of(LEGACY);
      default -> Optional.empty();
    };
  }

  /// `nft` or `legacy`.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
