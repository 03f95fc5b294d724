package dev.kproxy.ipset;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;

/// One part of an entry; which one stands where, the set's type says.
///
/// What ipset prints names one address or port. Restore files may name many with a range; that is
/// one element here and as many entries in the kernel.
public sealed interface Element {
  /// Addresses from `first` to `last`, both included. An address of an IPv6 set is an [Ip.V6] even
  /// where it is IPv4-mapped.
  record Addresses(Ip first, Ip last) implements Element {
    /// @throws IllegalArgumentException where the families differ or the order is wrong
    public Addresses {
      if (first.family() != last.family() || first.compareTo(last) > 0) {
        throw new IllegalArgumentException(first + "-" + last);
      }
    }

    /// One address.
    public static Addresses of(Ip ip) {
      return new Addresses(ip, ip);
    }

    /// Whether `ip` is one of these.
    public boolean contains(Ip ip) {
      return ip.isBetween(first, last);
    }

    /// Whether it is one address.
    public boolean isSingle() {
      return first.equals(last);
    }
  }

  /// A network; one address is a network, too.
  record Network(Cidr cidr) implements Element {}

  /// Ports of a protocol.
  ///
  /// @param protocol the number of the IP protocol
  /// @param ports for ICMP and ICMPv6 the type times 256 plus the code; 0 where the protocol has no
  ///   ports
  record ProtocolPorts(int protocol, PortRange ports) implements Element {
    /// One port.
    public static ProtocolPorts of(int protocol, int port) {
      return new ProtocolPorts(protocol, PortRange.of(port));
    }

    /// Whether the port of that protocol is one of these.
    public boolean contains(int protocol, int port) {
      return protocol == this.protocol && ports.contains(port);
    }
  }

  /// Ports, of whatever protocol.
  record Ports(PortRange ports) implements Element {
    /// One port.
    public static Ports of(int port) {
      return new Ports(PortRange.of(port));
    }
  }

  /// A packet's mark.
  record Mark(int value) implements Element {}

  /// A hardware address, in the lower 48 bits.
  record Mac(long bits) implements Element {}

  /// An interface.
  ///
  /// @param name its name, or where the entry is a [EntryOption.Flag#WILDCARD] how it begins
  /// @param bridgePort whether the port of a bridge is meant, not the bridge (`physdev:`)
  record Interface(String name, boolean bridgePort) implements Element {}

  /// The name of another set.
  record Member(String set) implements Element {}
}
