package dev.kproxy.simulate;

import dev.kproxy.net.Ip;

/// What one end of a connection was translated to.
public sealed interface Translation {
  /// An address and a port.
  ///
  /// @param port -1 where the protocol has no ports
  record To(Ip ip, int port) implements Translation {
    /// `10.244.1.4:53`.
    @Override
    public String toString() {
      return port < 0 ? ip.toString() : ip.withPort(port);
    }
  }

  /// The address of the interface that the packet leaves by.
  record Masquerade() implements Translation {
    @Override
    public String toString() {
      return "masquerade";
    }
  }
}
