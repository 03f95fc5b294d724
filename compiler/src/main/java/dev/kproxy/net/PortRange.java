package dev.kproxy.net;

/// Ports from `first` to `last`, both included; each within 0 to 65535 and in order.
public record PortRange(int first, int last) {
  /// Every port.
  public static final PortRange ALL = new PortRange(0, 65535);

  public PortRange {
    if (first < 0 || last > 65535 || first > last) {
      throw new IllegalArgumentException(first + ":" + last);
    }
  }

  /// The range of one port.
  public static PortRange of(int port) {
    return new PortRange(port, port);
  }

  /// Whether `port` lies in the range.
  public boolean contains(int port) {
    return first <= port && port <= last;
  }

  /// `80`, or `80:90` as iptables writes a range.
  @Override
  public String toString() {
    return first == last ? Integer.toString(first) : first + ":" + last;
  }
}
