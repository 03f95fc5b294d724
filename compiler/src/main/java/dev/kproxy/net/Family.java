package dev.kproxy.net;

/// The IP family of an address, a Service or a whole rule set.
public enum Family {
  /// IPv4, whose addresses have 32 bits.
  IPV4("IPv4", 32),
  /// IPv6, whose addresses have 128 bits.
  IPV6("IPv6", 128);

  private final String text;
  private final int bits;

  Family(String text, int bits) {
    this.text = text;
    this.bits = bits;
  }

  /// The number of bits of an address of this family: 32 or 128.
  public int bits() {
    return bits;
  }

  /// The other of the two families.
  public Family other() {
    return this == IPV4 ? IPV6 : IPV4;
  }

  /// The spelling of the Kubernetes API: `IPv4` or `IPv6`.
  @Override
  public String toString() {
    return text;
  }
}
