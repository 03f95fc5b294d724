package dev.kproxy.iproute;

import dev.kproxy.net.Ip;
import java.util.List;
import java.util.Optional;

/// A list of `-m recent`: the addresses that were seen, as `/proc/net/xt_recent/NAME` shows them.
///
/// Times are jiffies, ticks of a clock whose rate (100 to 1000 a second) and whose reading at the
/// moment of the dump the file does not tell. How old an entry is, is known only from both; what
/// the file tells by itself is which entry is older than which, and by how many ticks.
public record RecentList(List<Entry> entries) {
  public RecentList {
    entries = List.copyOf(entries);
  }

  /// The entry of an address.
  public Optional<Entry> entry(Ip address) {
    return entries.stream().filter(entry -> entry.address().equals(address)).findFirst();
  }

  /// An address that was seen.
  ///
  /// @param ttl the TTL of the packet that made the entry or refreshed it last
  /// @param lastSeen when it was seen last, in jiffies, unsigned
  /// @param stamps when it was seen, in jiffies, unsigned, in the order of the kernel's ring, whose
  ///   first is not always the oldest
  public record Entry(Ip address, int ttl, long lastSeen, List<Long> stamps) {
    public Entry {
      stamps = List.copyOf(stamps);
    }
  }
}
