package dev.kproxy.symbolic.packet;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// A set of numbers of 128 bits, as disjoint ranges in order: addresses, ports, or the numbers of
/// whatever can be counted.
public final class Ranges {
  /// No number at all.
  public static final Ranges NONE = new Ranges(new long[0]);

  /// The order of sets that are not empty by their first number.
  public static final Comparator<Ranges> BY_FIRST =
      (left, right) -> compare(left.words[0], left.words[1], right.words[0], right.words[1]);

  /// Of each range four words: the high and low one of the first number, and of the last.
  private final long[] words;

  private Ranges(long[] words) {
    this.words = words;
  }

  /// The numbers from `first` to `last`.
  public static Ranges of(long first, long last) {
    return new Ranges(new long[] {0, first, 0, last});
  }

  /// One number.
  public static Ranges of(long number) {
    return of(number, number);
  }

  /// The addresses from `first` to `last`.
  public static Ranges of(Ip first, Ip last) {
    return new Ranges(new long[] {high(first), low(first), high(last), low(last)});
  }

  /// One address.
  public static Ranges of(Ip ip) {
    return of(ip, ip);
  }

  /// The addresses of a network.
  public static Ranges of(Cidr network) {
    return of(network.network(), network.last());
  }

  /// What is in any of some sets.
  public static Ranges union(Collection<Ranges> sets) {
    List<long[]> ranges = new ArrayList<>();
    for (Ranges set : sets) {
      for (int i = 0; i < set.words.length; i += 4) {
        ranges.add(Arrays.copyOfRange(set.words, i, i + 4));
      }
    }
    ranges.sort((left, right) -> compare(left[0], left[1], right[0], right[1]));
    long[] words = new long[ranges.size() * 4];
    int length = 0;
    for (long[] range : ranges) {
      boolean joins =
          length > 0 && !Border.isBehind(range[0], range[1], words[length - 2], words[length - 1]);
      if (!joins) {
        System.arraycopy(range, 0, words, length, 4);
        length += 4;
      } else if (compare(range[2], range[3], words[length - 2], words[length - 1]) > 0) {
        words[length - 2] = range[2];
        words[length - 1] = range[3];
      }
    }
    return length == 0 ? NONE : new Ranges(Arrays.copyOf(words, length));
  }

  /// All addresses of a family.
  public static Ranges all(Family family) {
    return family == Family.IPV4 ? of(0, 0xffff_ffffL) : new Ranges(new long[] {0, 0, -1, -1});
  }

  private static long high(Ip ip) {
    return ip instanceof Ip.V6 v6 ? v6.high() : 0;
  }

  private static long low(Ip ip) {
    return switch (ip) {
      case Ip.V4(int bits) -> bits & 0xffff_ffffL;
      case Ip.V6(_, long low) -> low;
    };
  }

  /// How many ranges there are.
  public int count() {
    return words.length / 4;
  }

  /// Whether no number is in it.
  public boolean isEmpty() {
    return words.length == 0;
  }

  /// Whether exactly one number is in it.
  public boolean isSingle() {
    return words.length == 4 && words[0] == words[2] && words[1] == words[3];
  }

  /// The first number of a range, where it is small.
  public int first(int range) {
    return (int) words[range * 4 + 1];
  }

  /// The last number of a range, where it is small.
  public int last(int range) {
    return (int) words[range * 4 + 3];
  }

  /// The first address of a range.
  public Ip first(int range, Family family) {
    return ip(words[range * 4], words[range * 4 + 1], family);
  }

  /// The last address of a range.
  public Ip last(int range, Family family) {
    return ip(words[range * 4 + 2], words[range * 4 + 3], family);
  }

  private static Ip ip(long high, long low, Family family) {
    return family == Family.IPV4 ? new Ip.V4((int) low) : new Ip.V6(high, low);
  }

  /// Its ranges, one by one.
  public List<Ranges> parts() {
    List<Ranges> parts = new ArrayList<>(count());
    for (int i = 0; i < words.length; i += 4) {
      parts.add(new Ranges(Arrays.copyOfRange(words, i, i + 4)));
    }
    return parts;
  }

  /// Whether a small number is in it.
  public boolean contains(long number) {
    return contains(0, number);
  }

  /// Whether an address is in it.
  public boolean contains(Ip ip) {
    return contains(high(ip), low(ip));
  }

  boolean contains(long high, long low) {
    int at = notBefore(high, low);
    return at < words.length && compare(words[at], words[at + 1], high, low) <= 0;
  }

  /// Where in `words` the first range stands that does not end before a number; behind the last
  /// where all do.
  private int notBefore(long high, long low) {
    int from = 0;
    int to = count();
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (compare(words[middle * 4 + 2], words[middle * 4 + 3], high, low) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from * 4;
  }

  /// Whether all numbers of the other set are in this one.
  public boolean containsAll(Ranges other) {
    long[] its = other.words;
    for (int i = 0; i < its.length; i += 4) {
      int at = notBefore(its[i + 2], its[i + 3]);
      if (at == words.length || compare(words[at], words[at + 1], its[i], its[i + 1]) > 0) {
        return false;
      }
    }
    return true;
  }

  /// Whether a number is in both.
  public boolean meets(Ranges other) {
    if (words.length < other.words.length) {
      return other.meets(this);
    }
    long[] its = other.words;
    for (int i = 0; i < its.length; i += 4) {
      int at = notBefore(its[i], its[i + 1]);
      if (at < words.length && compare(words[at], words[at + 1], its[i + 2], its[i + 3]) <= 0) {
        return true;
      }
    }
    return false;
  }

  /// What is in both.
  public Ranges and(Ranges other) {
    if (other.equals(this)) {
      return this;
    }
    if (isSingle()) {
      return other.contains(words[0], words[1]) ? this : NONE;
    }
    if (other.isSingle()) {
      return contains(other.words[0], other.words[1]) ? other : NONE;
    }
    return combine(this, other, (mine, its) -> mine && its);
  }

  /// What is in this one and not in the other.
  public Ranges minus(Ranges other) {
    if (isSingle()) {
      return other.contains(words[0], words[1]) ? NONE : this;
    }
    return combine(this, other, (mine, its) -> mine && !its);
  }

  /// What is in either.
  public Ranges or(Ranges other) {
    return combine(this, other, (mine, its) -> mine || its);
  }

  /// Goes through the borders of both in order; what lies between two borders is in the result as
  /// `takes` says.
  private static Ranges combine(Ranges left, Ranges right, BiPredicate<Boolean, Boolean> takes) {
    Builder builder = new Builder(left.words.length + right.words.length);
    int l = 0;
    int r = 0;
    boolean inLeft = false;
    boolean inRight = false;
    Border at = Border.next(left, l, right, r);
    while (at != null) {
      while (Border.isAt(left, l, at)) {
        inLeft = !inLeft;
        l++;
      }
      while (Border.isAt(right, r, at)) {
        inRight = !inRight;
        r++;
      }
      builder.border(at, takes.test(inLeft, inRight));
      at = Border.next(left, l, right, r);
    }
    return builder.build();
  }

  /// Where a set begins or ends: before a number, or behind the last of all.
  record Border(long high, long low, boolean beyond) {
    /// Border `index` of a set: the even ones are where its ranges begin, the odd ones are behind
    /// their ends.
    static Border of(Ranges set, int index) {
      long high = set.words[index * 2];
      long low = set.words[index * 2 + 1];
      if ((index & 1) == 0) {
        return new Border(high, low, false);
      }
      return low + 1 != 0 ? new Border(high, low + 1, false) : new Border(high + 1, 0, high == -1);
    }

    /// Whether a number lies behind another one, and not next to it.
    static boolean isBehind(long high, long low, long otherHigh, long otherLow) {
      long before = low - 1;
      long highBefore = low == 0 ? high - 1 : high;
      boolean isFirst = high == 0 && low == 0;
      return !isFirst && Ranges.compare(highBefore, before, otherHigh, otherLow) > 0;
    }

    static @Nullable Border next(Ranges left, int l, Ranges right, int r) {
      Border mine = l * 2 < left.words.length ? of(left, l) : null;
      Border its = r * 2 < right.words.length ? of(right, r) : null;
      if (mine == null || its == null) {
        return mine == null ? its : mine;
      }
      return mine.compareTo(its) <= 0 ? mine : its;
    }

    static boolean isAt(Ranges set, int index, Border border) {
      return index * 2 < set.words.length && of(set, index).equals(border);
    }

    int compareTo(Border other) {
      return beyond || other.beyond
          ? Boolean.compare(beyond, other.beyond)
          : compare(high, low, other.high, other.low);
    }
  }

  /// Puts ranges together from borders in order.
  static final class Builder {
    private long[] words;
    private int length;
    private boolean open;

    Builder(int size) {
      words = new long[size + 4];
    }

    /// From this border on, numbers are taken or not.
    void border(Border at, boolean taken) {
      if (taken == open) {
        return;
      }
      open = taken;
      if (length == words.length) {
        words = Arrays.copyOf(words, length * 2);
      }
      boolean borrows = !taken && at.low() == 0;
      words[length++] = taken ? at.high() : borrows ? at.high() - 1 : at.high();
      words[length++] = taken ? at.low() : at.low() - 1;
    }

    Ranges build() {
      return length == 0 ? NONE : new Ranges(Arrays.copyOf(words, length));
    }
  }

  static int compare(long high, long low, long otherHigh, long otherLow) {
    return high != otherHigh
        ? Long.compareUnsigned(high, otherHigh)
        : Long.compareUnsigned(low, otherLow);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Ranges that && Arrays.equals(words, that.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }
}
