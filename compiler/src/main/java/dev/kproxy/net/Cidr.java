package dev.kproxy.net;

import java.util.Optional;

/// A network: an address whose bits after `prefix` are zero.
public record Cidr(Ip network, int prefix) {
  private static final Cidr LOOPBACK = new Cidr(new Ip.V4(127 << 24), 8);

  /// @throws IllegalArgumentException where the prefix is longer than the family's addresses, or
  ///   bits are set beyond it
  public Cidr {
    if (prefix < 0 || prefix > network.family().bits() || !network.masked(prefix).equals(network)) {
      throw new IllegalArgumentException(network + "/" + prefix);
    }
  }

  /// The network of the given length that holds `ip`.
  public static Cidr of(Ip ip, int prefix) {
    return new Cidr(ip.masked(prefix), prefix);
  }

  /// The network that holds just `ip`.
  public static Cidr host(Ip ip) {
    return new Cidr(ip, ip.family().bits());
  }

  /// The addresses of a family that stay on the host: `127.0.0.0/8` or `::1/128`.
  public static Cidr loopback(Family family) {
    return family == Family.IPV4 ? LOOPBACK : host(new Ip.V6(0, 1));
  }

  /// The network that `text` spells; for constants.
  ///
  /// @throws IllegalArgumentException where it spells none
  public static Cidr of(String text) {
    return parse(text).orElseThrow(() -> new IllegalArgumentException(text));
  }

  /// The network of an `address/length`, as Go's `net.ParseCIDR`: bits beyond the length are
  /// cleared.
  public static Optional<Cidr> parse(String text) {
    return parse(text, false);
  }

  /// As [#parse], but with leading zeros allowed, in the length too: Go's `ParseCIDRSloppy`.
  public static Optional<Cidr> parseSloppy(String text) {
    return parse(text, true);
  }

  private static Optional<Cidr> parse(String text, boolean sloppy) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    int length = number(text, slash + 1);
    boolean sixteenBytes = text.lastIndexOf(':', slash) >= 0;
    return IpText.parse(text.substring(0, slash), sloppy)
        .filter(_ -> length >= 0 && length <= (sixteenBytes ? 128 : 32))
        .flatMap(ip -> masked(ip, length, sixteenBytes));
  }

  /// An IPv4-mapped network counts its length from the first of 128 bits; one that is wider than
  /// the mapped range is of no use to anybody, and Go prints nonsense for it.
  private static Optional<Cidr> masked(Ip ip, int length, boolean sixteenBytes) {
    boolean mapped = sixteenBytes && ip.family() == Family.IPV4;
    int prefix = mapped ? length - 96 : length;
    return prefix < 0 ? Optional.empty() : Optional.of(of(ip, prefix));
  }

  private static int number(String text, int from) {
    int value = -1;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = (value < 0 ? 0 : value) * 10 + (c - '0');
      if (value > 1000) {
        return -1;
      }
    }
    return value;
  }

  /// The family of the network's addresses.
  public Family family() {
    return network.family();
  }

  /// The last of its addresses; for IPv4 the broadcast address, where there is room for one.
  public Ip last() {
    return switch (network) {
      case Ip.V4(int bits) -> new Ip.V4(prefix == 32 ? bits : bits | -1 >>> prefix);
      case Ip.V6(long high, long low) ->
          prefix <= 64
              ? new Ip.V6(prefix == 64 ? high : high | -1L >>> prefix, -1)
              : new Ip.V6(high, prefix == 128 ? low : low | -1L >>> (prefix - 64));
    };
  }

  /// Whether `ip` lies in the network; an address of the other family never does.
  public boolean contains(Ip ip) {
    return ip.family() == family() && ip.masked(prefix).equals(network);
  }

  /// `10.0.0.0/8`.
  @Override
  public String toString() {
    return network + "/" + prefix;
  }
}
