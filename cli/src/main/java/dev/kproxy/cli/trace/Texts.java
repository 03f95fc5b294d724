package dev.kproxy.cli.trace;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The texts that a user names.
public interface Texts {
  /// The bytes of a file or, for `-`, of standard input; empty where it cannot be read, which has
  /// been told then.
  Optional<byte[]> bytes(String name);

  /// The same as a text in UTF-8.
  default Optional<String> text(String name) {
    return bytes(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /// Whether there is a file of that name in a directory.
  boolean has(String directory, String file);
}
