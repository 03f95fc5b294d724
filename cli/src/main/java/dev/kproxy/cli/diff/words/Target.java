package dev.kproxy.cli.diff.words;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Where packets are sent to.
///
/// @param text in words: `10.96.0.10:80`, `node port 30080`, `any address`
/// @param partOf the node port of which this one is the loopback addresses alone
public record Target(String text, Optional<Target> partOf) {
  /// More than so many are counted.
  private static final int NAMED = 4;

  /// A target that is no part of another.
  static Target of(String text) {
    return new Target(text, Optional.empty());
  }

  /// Several in words, without those that others are the whole of.
  public static String list(Set<Target> targets) {
    List<String> texts =
        targets.stream()
            .filter(target -> target.partOf().filter(targets::contains).isEmpty())
            .map(Target::text)
            .toList();
    String more = texts.size() > NAMED ? " and " + (texts.size() - NAMED) + " more" : "";
    return texts.stream().limit(NAMED).collect(Collectors.joining(", ")) + more;
  }
}
