package dev.kproxy.simulate.iptables.match;

import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Verdict.Why;
import org.jspecify.annotations.Nullable;

/// What a match says of a packet.
public sealed interface Answer {
  /// The opposite, where that was asked for.
  Answer invertedIf(boolean inverted);

  /// It is known.
  enum Known implements Answer {
    YES,
    NO;

    /// Yes where it is so.
    public static Known of(boolean yes) {
      return yes ? YES : NO;
    }

    @Override
    public Known invertedIf(boolean inverted) {
      return inverted ? of(this == NO) : this;
    }
  }

  /// It is a draw.
  record Chance(Fraction probability, Share share) implements Answer {
    @Override
    public Chance invertedIf(boolean inverted) {
      return inverted ? new Chance(probability.complement(), share) : this;
    }
  }

  /// Nobody told.
  ///
  /// @param key equal for questions that always have the same answer; null where asking again may
  ///   give another one
  /// @param inverted whether the match says the opposite of the answer to the key
  record Unknown(Why why, @Nullable Object key, boolean inverted) implements Answer {
    /// A question that was not asked the other way round.
    public Unknown(Why why, @Nullable Object key) {
      this(why, key, false);
    }

    @Override
    public Unknown invertedIf(boolean turn) {
      return turn ? new Unknown(why, key, !inverted) : this;
    }
  }
}
