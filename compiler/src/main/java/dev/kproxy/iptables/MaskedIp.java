package dev.kproxy.iptables;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.Optional;

/// The addresses that agree with `ip` in the bits of `mask`: a network, or, since iptables allows
/// masks with holes (`10.0.0.1/255.0.0.255`), any other pattern. Bits of `ip` outside the mask are
/// zero.
///
/// @param bare whether it is written as a host without a length, which kube-proxy does for some and
///   not for others; iptables-save always prints one, and it takes no part in equality
public record MaskedIp(Ip ip, Ip mask, boolean bare) {
  private static final Ip.V4[] V4_MASKS = new Ip.V4[33];
  private static final Ip.V6[] V6_MASKS = new Ip.V6[129];

  static {
    for (int prefix = 0; prefix <= 32; prefix++) {
      V4_MASKS[prefix] = new Ip.V4(-1).masked(prefix);
    }
    for (int prefix = 0; prefix <= 128; prefix++) {
      V6_MASKS[prefix] = new Ip.V6(-1, -1).masked(prefix);
    }
  }

  /// @throws IllegalArgumentException where the families differ
  public MaskedIp {
    ip = and(ip, mask);
  }

  /// Addresses that are written with their mask.
  public MaskedIp(Ip ip, Ip mask) {
    this(ip, mask, false);
  }

  /// One address, written without a length.
  public static MaskedIp host(Ip ip) {
    return new MaskedIp(ip, mask(ip.family(), ip.family().bits()), true);
  }

  /// The addresses of a network.
  public static MaskedIp of(Cidr cidr) {
    return new MaskedIp(cidr.network(), mask(cidr.family(), cidr.prefix()));
  }

  /// The mask of a prefix of that length.
  public static Ip mask(Family family, int prefix) {
    return family == Family.IPV4 ? V4_MASKS[prefix] : V6_MASKS[prefix];
  }

  private static Ip and(Ip ip, Ip mask) {
    if (ip instanceof Ip.V4(int bits) && mask instanceof Ip.V4(int maskBits)) {
      return maskBits == -1 ? ip : new Ip.V4(bits & maskBits);
    }
    if (ip instanceof Ip.V6(long high, long low)
        && mask instanceof Ip.V6(long maskHigh, long maskLow)) {
      return new Ip.V6(high & maskHigh, low & maskLow);
    }
    throw new IllegalArgumentException(ip + "/" + mask);
  }

  /// The length of the mask where it is that of a prefix, else -1.
  public int prefix() {
    int ones =
        mask instanceof Ip.V6(long high, long low)
            ? Long.bitCount(high) + Long.bitCount(low)
            : Integer.bitCount(((Ip.V4) mask).bits());
    return mask(mask.family(), ones).equals(mask) ? ones : -1;
  }

  /// The network, where the mask is that of a prefix.
  public Optional<Cidr> cidr() {
    int prefix = prefix();
    return prefix < 0 ? Optional.empty() : Optional.of(new Cidr(ip, prefix));
  }

  /// Whether `address` is among these; one of the other family never is.
  public boolean contains(Ip address) {
    return address.family() == ip.family() && and(address, mask).equals(ip);
  }

  /// `10.0.0.0/8`, or `10.0.0.1/255.0.0.255` where the mask is no prefix.
  @Override
  public String toString() {
    int prefix = prefix();
    return ip + "/" + (prefix < 0 ? mask.toString() : Integer.toString(prefix));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MaskedIp that && ip.equals(that.ip) && mask.equals(that.mask);
  }

  @Override
  public int hashCode() {
    return 31 * ip.hashCode() + mask.hashCode();
  }
}
