package dev.kproxy.simulate;

import dev.kproxy.net.Protocol;
import java.util.Optional;

/// What a packet carries, as far as rules can ask.
public sealed interface Transport {
  /// The number of the IP protocol.
  int number();

  /// What it is the answer to; empty where it is no answer by its kind
  /// (`nf_conntrack_invert_icmp_tuple`, `nf_conntrack_invert_icmpv6_tuple`).
  default Optional<Transport> request() {
    return switch (this) {
      case Icmp(int type, int code) ->
          switch (type) {
            case 0 -> Optional.of(new Icmp(8, code));
            case 14, 16, 18 -> Optional.of(new Icmp(type - 1, code));
            default -> Optional.empty();
          };
      case Icmp6(int type, int code) ->
          switch (type) {
            case 129, 140 -> Optional.of(new Icmp6(type - 1, code));
            default -> Optional.empty();
          };
      case Ports _ -> Optional.empty();
    };
  }

  /// What answers it; empty where nothing does by its kind.
  default Optional<Transport> answer() {
    return switch (this) {
      case Icmp(int type, int code) ->
          switch (type) {
            case 8 -> Optional.of(new Icmp(0, code));
            case 13, 15, 17 -> Optional.of(new Icmp(type + 1, code));
            default -> Optional.empty();
          };
      case Icmp6(int type, int code) ->
          switch (type) {
            case 128, 139 -> Optional.of(new Icmp6(type + 1, code));
            default -> Optional.empty();
          };
      case Ports _ -> Optional.empty();
    };
  }

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
