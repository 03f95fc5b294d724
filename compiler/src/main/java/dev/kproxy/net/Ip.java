package dev.kproxy.net;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An IP address as a value: text is read the way Go's `net` package reads it, because kube-proxy
/// and the API server do, and printed in its canonical form (RFC 5952 for IPv6).
///
/// An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) is the IPv4 address, as in Go. Zone identifiers
/// are not part of an address. Addresses are ordered by family, then by number.
public sealed interface Ip extends Comparable<Ip> {
  /// The family that the address belongs to.
  Family family();

  /// Whether the address lies in 127.0.0.0/8 or is `::1`.
  boolean isLoopback();

  /// Whether the address lies in 169.254.0.0/16 or fe80::/10.
  boolean isLinkLocal();

  /// Whether it is `0.0.0.0` or `::`, which stand for no address in particular.
  boolean isUnspecified();

  /// Whether this is the address of a group.
  boolean isMulticast();

  /// Whether it is one of the addresses from `first` to `last`, which are of one family.
  default boolean isBetween(Ip first, Ip last) {
    return first.compareTo(this) <= 0 && compareTo(last) <= 0;
  }

  /// The address with all but its first `prefix` bits cleared.
  Ip masked(int prefix);

  /// The address that is `count` addresses further on, 0 or more; there must be so many.
  Ip plus(long count);

  /// An IPv4 address; `bits` is the 32-bit number in network order.
  record V4(int bits) implements Ip {
    @Override
    public Family family() {
      return Family.IPV4;
    }

    @Override
    public boolean isLoopback() {
      return bits >>> 24 == 127;
    }

    @Override
    public boolean isLinkLocal() {
      return bits >>> 16 == 0xa9fe;
    }

    @Override
    public boolean isUnspecified() {
      return bits == 0;
    }

    @Override
    public boolean isMulticast() {
      return bits >>> 28 == 0xe;
    }

    @Override
    public V4 masked(int prefix) {
      return new V4(prefix == 0 ? 0 : bits & (-1 << (32 - prefix)));
    }

    @Override
    public V4 plus(long count) {
      return new V4(bits + (int) count);
    }

    @Override
    public int compareTo(Ip other) {
      return other instanceof V4(int b) ? Integer.compareUnsigned(bits, b) : -1;
    }

    // Written out, since addresses are the keys of most maps, and what a record gets by itself is
    // linked at the first use.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof V4 that && bits == that.bits;
    }

    @Override
    public int hashCode() {
      return bits;
    }

    @Override
    public String toString() {
      return IpText.print(this);
    }
  }

  /// An IPv6 address; `high` holds its first 64 bits, `low` the others.
  record V6(long high, long low) implements Ip {
    @Override
    public Family family() {
      return Family.IPV6;
    }

    @Override
    public boolean isLoopback() {
      return high == 0 && low == 1;
    }

    @Override
    public boolean isLinkLocal() {
      return high >>> 54 == 0xfe80 >>> 6;
    }

    @Override
    public boolean isUnspecified() {
      return high == 0 && low == 0;
    }

    @Override
    public boolean isMulticast() {
      return high >>> 56 == 0xff;
    }

    /// How far a group reaches: 1 is the interface, 2 the link (RFC 4291, 2.7).
    public int multicastScope() {
      return (int) (high >>> 48) & 0xf;
    }

    @Override
    public V6 masked(int prefix) {
      if (prefix == 0) {
        return new V6(0, 0);
      }
      return prefix <= 64
          ? new V6(high & (-1L << (64 - prefix)), 0)
          : new V6(high, low & (-1L << (128 - prefix)));
    }

    @Override
    public V6 plus(long count) {
      long sum = low + count;
      return new V6(Long.compareUnsigned(sum, low) < 0 ? high + 1 : high, sum);
    }

    @Override
    public int compareTo(Ip other) {
      if (!(other instanceof V6(long h, long l))) {
        return 1;
      }
      return high != h ? Long.compareUnsigned(high, h) : Long.compareUnsigned(low, l);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof V6 that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(31 * high + low);
    }

    @Override
    public String toString() {
      return IpText.print(this);
    }
  }

  /// The address that `text` spells, as Go's `net.ParseIP`: no leading zeros in IPv4, no zone.
  static Optional<Ip> parse(String text) {
    return IpText.parse(text, false);
  }

  /// As [#parse], but an IPv4 octet may have leading zeros, which count as decimal: the
  /// `ParseIPSloppy` with which kube-proxy reads what older API servers stored.
  static Optional<Ip> parseSloppy(String text) {
    return IpText.parse(text, true);
  }

  /// The address of that family that `text` spells, as the C library reads it: an IPv4-mapped IPv6
  /// address stays one, an [Ip.V6].
  static Optional<Ip> parse(String text, Family family) {
    if (text.indexOf(':') >= 0 != (family == Family.IPV6)) {
      return Optional.empty();
    }
    return parse(text)
        .map(
            ip ->
                family == Family.IPV6 && ip instanceof V4(int bits)
                    ? new V6(0, 0xffff_0000_0000L | Integer.toUnsignedLong(bits))
                    : ip);
  }

  /// The address that `text` spells; for constants.
  ///
  /// @throws IllegalArgumentException where it spells none
  static Ip of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException(text));
  }

  /// The text that the C library prints, which ends in a dotted quad where the address is
  /// IPv4-mapped or IPv4-compatible: `::ffff:10.0.0.1`.
  default String presentation() {
    if (this instanceof V6(long high, long low) && high == 0) {
      if (low >>> 32 == 0xffff) {
        return "::ffff:" + new V4((int) low);
      }
      if (low >>> 32 == 0 && low >>> 16 != 0) {
        return "::" + new V4((int) low);
      }
    }
    return toString();
  }

  /// `ip:port`, with brackets around an IPv6 address.
  default String withPort(int port) {
    return family() == Family.IPV4 ? this + ":" + port : "[" + this + "]:" + port;
  }
}
