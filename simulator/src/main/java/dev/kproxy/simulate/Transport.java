package dev.kproxy.simulate;

import dev.kproxy.net.Protocol;

/// What a packet carries, as far as rules can ask.
public sealed interface Transport {
  /// The number of the IP protocol.
  int number();

  /// A packet of a protocol with ports.
  record Ports(Protocol protocol, int source, int destination) implements Transport {
    /// @throws IllegalArgumentException where a number is no port
    public Ports {
      if ((source | destination) >>> 16 != 0) {
        throw new IllegalArgumentException(source + ", " + destination);
      }
    }

    @Override
    public int number() {
      return switch (protocol) {
        case TCP -> 6;
        case UDP -> 17;
        case SCTP -> 132;
      };
    }
  }

  /// An ICMP packet.
  record Icmp(int type, int code) implements Transport {
    /// An echo request.
    public static final Icmp ECHO_REQUEST = new Icmp(8, 0);

    @Override
    public int number() {
      return 1;
    }
  }

  /// An ICMPv6 packet.
  record Icmp6(int type, int code) implements Transport {
    /// An echo request.
    public static final Icmp6 ECHO_REQUEST = new Icmp6(128, 0);

    @Override
    public int number() {
      return 58;
    }
  }
}
