package dev.kproxy.host.rules;

import java.util.List;
import java.util.Optional;

/// The sign that kproxy leaves in each table: a chain that nothing reaches, with one rule that
/// names the generation. Exchanging it in the same commit as the rules is a compare-and-swap: the
/// kernel refuses to delete the sign of a generation that is there no more.
public final class Marker {
  /// The chain.
  public static final String CHAIN = "KPROXY-META";

  private static final String BEFORE = "-m comment --comment \"kproxy ";
  private static final String AFTER = "\"";

  private Marker() {}

  /// The generation that a table names; empty where it has no marker, or one that is damaged.
  public static Optional<String> of(TableText table) {
    List<String> rules = table.rules(CHAIN);
    if (rules.size() != 1) {
      return Optional.empty();
    }
    String rule = rules.getFirst();
    boolean whole =
        rule.length() > BEFORE.length() + AFTER.length()
            && rule.startsWith(BEFORE)
            && rule.endsWith(AFTER);
    return whole
        ? Optional.of(rule.substring(BEFORE.length(), rule.length() - AFTER.length()))
        : Optional.empty();
  }

  /// Whether the chain is there, but names no generation.
  public static boolean isDamaged(TableText table) {
    return table.has(CHAIN) && of(table).isEmpty();
  }

  /// The rule that names a generation.
  public static String rule(String generation) {
    return BEFORE + generation + AFTER;
  }

  /// The exchange of one generation for another.
  ///
  /// @param from empty where the table has no marker yet
  /// @param to empty where it shall have none
  /// @param damaged whether the chain is there without naming a generation, and is made anew
  public record Swap(Optional<String> from, Optional<String> to, boolean damaged) {
    /// The marker stays as it is, and must be what it is thought to be.
    public Swap awaited() {
      return new Swap(from, from, damaged);
    }

    /// An exchange from what a table has now.
    public static Swap from(TableText table, Optional<String> to) {
      return new Swap(Marker.of(table), to, isDamaged(table));
    }
  }
}
