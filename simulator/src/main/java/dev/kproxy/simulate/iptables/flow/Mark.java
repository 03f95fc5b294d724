package dev.kproxy.simulate.iptables.flow;

/// The mark of a packet or of a connection, of which some bits may not be known.
///
/// @param bits the mark, an unsigned 32-bit number; what it has where a bit is unknown is of no
///   account
/// @param unknown the bits that are not known
public record Mark(int bits, int unknown) {
  /// Of a packet or a connection that nobody has marked.
  public static final Mark NONE = of(0);

  /// Of which nobody told anything.
  public static final Mark UNKNOWN = new Mark(0, -1);

  /// A mark that is known.
  public static Mark of(int bits) {
    return new Mark(bits, 0);
  }

  /// The mark after `--set-xmark value/mask` (`mark_tg` in `net/netfilter/xt_mark.c`).
  public Mark set(int value, int mask) {
    return new Mark((bits & ~mask) ^ value, unknown & ~mask);
  }

  /// The mark after it has got bits of another one, as `--save-mark` and `--restore-mark` do
  /// (`connmark_tg_shift` in `net/netfilter/xt_connmark.c`).
  ///
  /// @param mask the bits that are cleared before
  /// @param otherMask the bits that come from the other one
  public Mark copy(int mask, Mark other, int otherMask) {
    return new Mark(
        (bits & ~mask) ^ (other.bits & otherMask), (unknown & ~mask) | (other.unknown & otherMask));
  }

  /// `0x4000`.
  @Override
  public String toString() {
    return "0x" + Integer.toHexString(bits);
  }
}
