package dev.kproxy.ipset;

/// What an entry carries besides its elements.
public sealed interface EntryOption {
  /// The seconds that are left to the entry; 0 is for ever.
  record Timeout(long seconds) implements EntryOption {}

  /// How many packets the entry has matched, unsigned.
  record Packets(long count) implements EntryOption {}

  /// How many bytes the packets had that the entry has matched, unsigned.
  record Bytes(long count) implements EntryOption {}

  /// A remark of at most 255 bytes.
  record Comment(String text) implements EntryOption {
    /// @throws IllegalArgumentException where it holds what cannot be written: a double quote or a
    ///   line break
    public Comment {
      if (text.indexOf('"') >= 0 || text.indexOf('\n') >= 0) {
        throw new IllegalArgumentException(text);
      }
    }
  }

  /// The mark that `-j SET --map-set --map-mark` gives a packet: `(mark & ~mask) ^ value`.
  record SkbMark(int value, int mask) implements EntryOption {}

  /// The priority that `--map-prio` gives a packet.
  record SkbPriority(int major, int minor) implements EntryOption {}

  /// The transmit queue that `--map-queue` gives a packet.
  record SkbQueue(int queue) implements EntryOption {}

  /// What an entry is or is not.
  enum Flag implements EntryOption {
    /// What falls into this network, and no narrower one, is not in the set.
    NOMATCH("nomatch"),
    /// The interface's name is how names begin.
    WILDCARD("wildcard");

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
