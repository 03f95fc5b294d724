package dev.kproxy.cli.diff;

import dev.kproxy.cli.trace.Texts;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The texts of a directory, which have been loaded so that somebody else can read them at any
/// time.
final class LoadedTexts implements Texts {
  private final Map<String, byte[]> texts = new HashMap<>();

  /// Loads those of some files that a directory has.
  LoadedTexts(String directory, Collection<String> files, Texts source) {
    for (String file : files) {
      if (source.has(directory, file)) {
        String name = directory + "/" + file;
        source.bytes(name).ifPresent(text -> texts.put(name, text));
      }
    }
  }

  @Override
  public Optional<byte[]> bytes(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  @Override
  public boolean has(String directory, String file) {
    return texts.containsKey(directory + "/" + file);
  }
}
