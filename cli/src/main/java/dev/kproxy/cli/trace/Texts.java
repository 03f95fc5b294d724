package dev.kproxy.cli.trace;

import java.util.Optional;

/// The texts that a user names.
public interface Texts {
  /// The text of a file or, for `-`, of standard input; empty where it cannot be read, which has
  /// been told then.
  Optional<String> text(String name);

  /// Whether there is a file of that name in a directory.
  boolean has(String directory, String file);
}
