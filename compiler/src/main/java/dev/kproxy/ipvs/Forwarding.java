package dev.kproxy.ipvs;

/// How packets reach a real server.
public sealed interface Forwarding {
  /// The methods that need nothing more to be said.
  enum Method implements Forwarding {
    /// The destination is rewritten to the real server's, and the source of replies back.
    MASQUERADE,
    /// The packet goes to the real server as it is; replies do not come back this way.
    ROUTE
  }

  /// The packet goes to the real server inside another one.
  ///
  /// @param port the UDP port of the tunnel; 0 but for [Encapsulation#GUE]
  record Tunnel(Encapsulation encapsulation, int port, Checksum checksum) implements Forwarding {
    /// What ipvsadm makes of `-i` alone.
    public static final Tunnel IPIP = new Tunnel(Encapsulation.IPIP, 0, Checksum.NONE);

    /// @throws IllegalArgumentException where the encapsulation has no such port or checksum
    public Tunnel {
      boolean hasPort = encapsulation == Encapsulation.GUE ? port > 0 && port < 65_536 : port == 0;
      if (!hasPort || !encapsulation.takes(checksum)) {
        throw new IllegalArgumentException(encapsulation + " " + port + " " + checksum);
      }
    }
  }

  /// What a tunnelled packet is wrapped in.
  enum Encapsulation {
    /// IP in IP, RFC 2003.
    IPIP,
    /// Generic UDP Encapsulation.
    GUE,
    /// Generic Routing Encapsulation, RFC 2784.
    GRE;

    /// Whether such packets can have that checksum.
    public boolean takes(Checksum checksum) {
      return switch (checksum) {
        case NONE -> true;
        case FULL -> this != IPIP;
        case REMOTE -> this == GUE;
      };
    }
  }

  /// The checksum of what a tunnelled packet is wrapped in.
  enum Checksum {
    /// None.
    NONE,
    /// One over the whole packet.
    FULL,
    /// One that the other end works out of the inner packet's.
    REMOTE
  }
}
