package dev.kproxy.simulate.iptables.target;

import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;

/// Which address of a range a connection gets: a hash of its addresses without any secret, so that
/// it can be foretold (`find_best_ips_proto` in `net/netfilter/nf_nat_core.c`, on a little-endian
/// machine and outside of connection tracking zones).
final class AddressHash {
  private static final int JHASH_INITIAL = 0xdeadbeef;

  private AddressHash() {}

  /// The new destination of a connection.
  ///
  /// @param persistent whether the destination takes no part in it
  static Ip destination(Header header, Ip first, Ip last, boolean persistent) {
    return pick(header, first, last, persistent, true);
  }

  /// The new source of a connection.
  ///
  /// @param persistent whether the destination takes no part in it
  static Ip source(Header header, Ip first, Ip last, boolean persistent) {
    return pick(header, first, last, persistent, false);
  }

  /// The kernel writes the new address over the old one word by word, and mixes the destination's
  /// word into the hash after that: where it is the destination that changes, the new word.
  private static Ip pick(
      Header header, Ip first, Ip last, boolean persistent, boolean overDestination) {
    int[] source = words(header.source());
    int[] destination = words(header.destination());
    int[] low = words(first);
    int[] high = words(last);
    int words = first instanceof Ip.V4 ? 1 : 4;
    int hash = hash(swapped(source), persistent ? 0 : swap(destination[words - 1]));
    int[] picked = new int[4];
    boolean anything = false;
    for (int i = 0; i < words; i++) {
      int least = anything ? 0 : low[i];
      int distance = anything ? -1 : high[i] - low[i] + 1;
      picked[i] = least + scale(hash, distance);
      anything |= picked[i] != high[i];
      if (!persistent) {
        hash ^= swap(overDestination ? picked[i] : destination[i]);
      }
    }
    return words == 1
        ? new Ip.V4(picked[0])
        : new Ip.V6(pair(picked[0], picked[1]), pair(picked[2], picked[3]));
  }

  private static long pair(int high, int low) {
    return (long) high << 32 | (low & 0xffff_ffffL);
  }

  /// The four words of the kernel's union of both families; IPv4 uses the first.
  private static int[] words(Ip ip) {
    return switch (ip) {
      case Ip.V4(int bits) -> new int[] {bits, 0, 0, 0};
      case Ip.V6(long high, long low) ->
          new int[] {(int) (high >>> 32), (int) high, (int) (low >>> 32), (int) low};
    };
  }

  private static int swap(int word) {
    return Integer.reverseBytes(word);
  }

  private static int[] swapped(int[] words) {
    return new int[] {swap(words[0]), swap(words[1]), swap(words[2]), swap(words[3])};
  }

  /// `reciprocal_scale`.
  private static int scale(int hash, int distance) {
    return (int) (((hash & 0xffff_ffffL) * (distance & 0xffff_ffffL)) >>> 32);
  }

  /// `jhash2` of four words.
  private static int hash(int[] words, int initial) {
    int start = JHASH_INITIAL + (4 << 2) + initial;
    int a = start + words[0];
    int b = start + words[1];
    int c = start + words[2];
    a = (a - c) ^ Integer.rotateLeft(c, 4);
    c += b;
    b = (b - a) ^ Integer.rotateLeft(a, 6);
    a += c;
    c = (c - b) ^ Integer.rotateLeft(b, 8);
    b += a;
    a = (a - c) ^ Integer.rotateLeft(c, 16);
    c += b;
    b = (b - a) ^ Integer.rotateLeft(a, 19);
    a += c;
    c = (c - b) ^ Integer.rotateLeft(b, 4);
    b += a;
    a += words[3];
    c = (c ^ b) - Integer.rotateLeft(b, 14);
    a = (a ^ c) - Integer.rotateLeft(c, 11);
    b = (b ^ a) - Integer.rotateLeft(a, 25);
    c = (c ^ b) - Integer.rotateLeft(b, 16);
    a = (a ^ c) - Integer.rotateLeft(c, 4);
    b = (b ^ a) - Integer.rotateLeft(a, 14);
    c = (c ^ b) - Integer.rotateLeft(b, 24);
    return c;
  }
}
