package dev.kproxy.ipset;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import java.util.Optional;

/// What a set is made with.
public sealed interface SetOption {
  /// The family of its addresses.
  record AddressFamily(Family family) implements SetOption {}

  /// A number.
  record Count(Name name, long value) implements SetOption {
    /// What is counted.
    public enum Name {
      /// How many buckets the hash begins with.
      HASHSIZE("hashsize", 0xffff_ffffL),
      /// How many entries the set takes.
      MAXELEM("maxelem", 0xffff_ffffL),
      /// How many bits of an address count.
      NETMASK("netmask", 128),
      /// For how many seconds an entry stands that says nothing itself; 0 is for ever.
      TIMEOUT("timeout", 2_147_483),
      /// How many entries a bucket of the hash takes.
      BUCKETSIZE("bucketsize", 255),
      /// How many sets a list takes.
      SIZE("size", 0xffff_ffffL);

      private final String text;
      private final long limit;

      Name(String text, long limit) {
        this.text = text;
        this.limit = limit;
      }

      /// The largest value that ipset takes.
      public long limit() {
        return limit;
      }

      /// The spelling of ipset.
      @Override
      public String toString() {
        return text;
      }
    }
  }

  /// Which bits of an address count.
  record Bitmask(Ip mask) implements SetOption {}

  /// Which bits of a mark count.
  record Markmask(int mask) implements SetOption {}

  /// What the hash begins with.
  record InitialValue(int value) implements SetOption {}

  /// The addresses that a bitmap is made for.
  record AddressRange(Ip first, Ip last) implements SetOption {
    /// How many elements the kernel takes in a bitmap (`IPSET_BITMAP_MAX_RANGE` and one).
    private static final long LIMIT = 1 << 16;

    /// The range that the kernel makes of it for a bitmap of networks of `netmask` bits: whole
    /// networks, which are together one network again (`bitmap_ip_create` and `range_to_mask` in
    /// ip_set_bitmap_ip.c); empty where they are not, or are too many.
    Optional<AddressRange> ofNetworks(int netmask) {
      if (!(first instanceof Ip.V4(int low)) || !(last instanceof Ip.V4(int high))) {
        return Optional.empty();
      }
      if (netmask == 32) {
        boolean fits = Integer.toUnsignedLong(high) - Integer.toUnsignedLong(low) < LIMIT;
        return fits ? Optional.of(this) : Optional.empty();
      }
      int mask = -1 << (32 - netmask);
      int from = low & mask;
      int to = high | ~mask;
      int bits = 31;
      while (bits > 0 && (to & (-1 << (32 - bits))) != from) {
        bits--;
      }
      boolean one = bits > 0 || (from == 0 && to == -1);
      boolean fits = netmask > bits && 1L << (netmask - bits) <= LIMIT;
      return one && fits
          ? Optional.of(new AddressRange(new Ip.V4(from), new Ip.V4(to)))
          : Optional.empty();
    }
  }

  /// The ports that a bitmap is made for.
  record Ports(PortRange range) implements SetOption {}

  /// What entries of the set may carry, or how it behaves.
  enum Flag implements SetOption {
    /// Entries count packets and bytes.
    COUNTERS("counters"),
    /// Entries may have comments.
    COMMENT("comment"),
    /// Entries may have a mark, a priority and a queue.
    SKBINFO("skbinfo"),
    /// A full set gives up an entry for a new one.
    FORCEADD("forceadd");

    private final String text;

    Flag(String text) {
      this.text = text;
    }

    /// The spelling of ipset.
    @Override
    public String toString() {
      return text;
    }
  }
}
