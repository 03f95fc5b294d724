package dev.kproxy.simulate.iptables.match;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The answers that a world takes for granted.
///
/// @param answers by what was asked
public record Knowledge(Map<Object, Boolean> answers) {
  /// Nothing is taken for granted.
  public static final Knowledge NONE = new Knowledge(Map.of());

  public Knowledge {
    answers = Map.copyOf(answers);
  }

  /// The same with one more answer, unless asking again may give another one.
  public Knowledge with(@Nullable Object key, boolean answer) {
    if (key == null) {
      return this;
    }
    Map<Object, Boolean> more = new HashMap<>(answers);
    more.put(key, answer);
    return new Knowledge(more);
  }

  /// The answer that follows from those that are given, or null.
  public @Nullable Boolean answer(Object key) {
    if (answers.isEmpty()) {
      return null;
    }
    Boolean known = answers.get(key);
    if (known == null && key instanceof Device device) {
      return byPrefix(device);
    }
    return known;
  }

  /// Interfaces are asked by the beginning of their names, so that one answer may settle another
  /// question.
  private @Nullable Boolean byPrefix(Device asked) {
    for (Map.Entry<Object, Boolean> entry : answers.entrySet()) {
      if (entry.getKey() instanceof Device device
          && Objects.equals(device.destination(), asked.destination())) {
        if (entry.getValue() && asked.covers(device)) {
          return true;
        }
        if (entry.getValue() ? !device.covers(asked) : device.covers(asked)) {
          return false;
        }
      }
    }
    return null;
  }
}
