package dev.kproxy.cli.render;

import dev.kproxy.simulate.Verdict;
import java.util.Optional;

/// What a user can give that decides what is undetermined.
public final class Hint {
  private Hint() {}

  /// The option that would tell what is missing, or that none can; empty where it is not a lack of
  /// facts.
  public static Optional<String> of(Verdict.Missing missing) {
    return switch (missing) {
      case ADDRESSES -> Optional.of("--addresses FILE or --node-ip IP");
      case ROUTES -> Optional.of("--routes FILE");
      case IN_INTERFACE -> Optional.of("--in-interface IF");
      case SET -> Optional.of("--ipset FILE");
      case VIRTUAL_SERVERS -> Optional.of("--ipvs FILE");
      case LIST -> Optional.of("--recent FILE");
      case AGE -> Optional.of("\"recent\" in a line of --packets");
      case RUNNING_HOST -> Optional.of("cannot be decided offline");
      case NOTHING -> Optional.empty();
    };
  }

  /// The question, and what would decide it in parentheses.
  public static String explain(Verdict.Why why) {
    return why.text() + of(why.missing()).map(hint -> " (" + hint + ")").orElse("");
  }
}
