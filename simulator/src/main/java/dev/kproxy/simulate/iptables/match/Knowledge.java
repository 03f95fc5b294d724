package dev.kproxy.simulate.iptables.match;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The answers that a world takes for granted, in whichever order they were given. A world knows
/// one answer more than the one it forked from, and shares the others with it: worlds may follow on
/// each other a thousand deep.
public final class Knowledge {
  /// Nothing is taken for granted.
  public static final Knowledge NONE = new Knowledge();

  private final @Nullable Knowledge before;
  private final Object key;
  private final int keyHash;
  private final boolean answer;
  private final int size;
  private final int hash;

  private Knowledge() {
    before = null;
    key = this;
    keyHash = 0;
    answer = false;
    size = 0;
    hash = 0;
  }

  private Knowledge(Knowledge before, Object key, boolean answer) {
    this.before = before;
    this.key = key;
    this.keyHash = key.hashCode();
    this.answer = answer;
    this.size = before.size + 1;
    this.hash = before.hash + (answer ? keyHash : ~keyHash);
  }

  /// The same with one more answer, unless asking again may give another one.
  ///
  /// @param key of a question that has no answer here
  public Knowledge with(@Nullable Object key, boolean answer) {
    return key == null ? this : new Knowledge(this, key, answer);
  }

  /// The answer that follows from those that are given, or null.
  public @Nullable Boolean answer(Object key) {
    if (before == null) {
      return null;
    }
    Boolean known = known(key, key.hashCode());
    return (known == null && key instanceof Device device) ? byPrefix(device) : known;
  }

  private @Nullable Boolean known(Object asked, int askedHash) {
    for (Knowledge at = this; at.before != null; at = at.before) {
      if (at.keyHash == askedHash && at.key.equals(asked)) {
        return at.answer;
      }
    }
    return null;
  }

  /// Interfaces are asked by the beginning of their names, so that one answer may settle another
  /// question.
  private @Nullable Boolean byPrefix(Device asked) {
    for (Knowledge at = this; at.before != null; at = at.before) {
      if (at.key instanceof Device device
          && Objects.equals(device.destination(), asked.destination())) {
        if (at.answer && asked.covers(device)) {
          return true;
        }
        if (at.answer ? !device.covers(asked) : device.covers(asked)) {
          return false;
        }
      }
    }
    return null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof Knowledge that) || hash != that.hash || size != that.size) {
      return false;
    }
    for (Knowledge at = this; at.before != null; at = at.before) {
      if (!Objects.equals(that.known(at.key, at.keyHash), at.answer)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
