package dev.kproxy.cli.command;

import dev.kproxy.net.Printable;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/// What is said of an argument that a command does not know: the first one, and the name that may
/// have been meant. What picocli would suggest begins with the same two letters, or is any command
/// that has letters in common.
public final class Unmatched {
  private Unmatched() {}

  /// `unknown option "--nod"; did you mean --node?`.
  public static String describe(UnmatchedArgumentException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    String given = e.getUnmatched().getFirst();
    if (e.isUnknownOption()) {
      String name = given.replaceFirst("=.*", "");
      return "unknown option " + named(name, command.optionsMap().keySet());
    }
    return command.subcommands().isEmpty()
        ? "one argument too many: " + Printable.quote(given)
        : "unknown command " + named(given, command.subcommands().keySet());
  }

  private static String named(String given, Collection<String> known) {
    return Printable.quote(given)
        + nearest(given, known).map(name -> "; did you mean " + name + "?").orElse("");
  }

  /// The name with the fewest differences: at most one for each three letters.
  private static Optional<String> nearest(String given, Collection<String> known) {
    return known.stream()
        .filter(name -> 3 * distance(given, name) <= name.replaceAll("^-+", "").length())
        .min(
            Comparator.comparingInt((String name) -> distance(given, name))
                .thenComparing(it -> it));
  }

  /// How many letters have to be added, taken away or replaced, or neighbours exchanged, to make
  /// one name of the other.
  private static int distance(String one, String other) {
    int[][] least = new int[one.length() + 1][other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        least[i][j] = i == 0 || j == 0 ? i + j : Math.min(least[i - 1][j], least[i][j - 1]) + 1;
        if (i > 0 && j > 0) {
          boolean same = one.charAt(i - 1) == other.charAt(j - 1);
          least[i][j] = Math.min(least[i][j], least[i - 1][j - 1] + (same ? 0 : 1));
        }
        if (i > 1
            && j > 1
            && one.charAt(i - 1) == other.charAt(j - 2)
            && one.charAt(i - 2) == other.charAt(j - 1)) {
          least[i][j] = Math.min(least[i][j], least[i - 2][j - 2] + 1);
        }
      }
    }
    return least[one.length()][other.length()];
  }
}
