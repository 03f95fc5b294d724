package dev.kproxy.ipvs;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;

/// What packets a virtual server is for; it also names the virtual server.
public sealed interface VirtualAddress {
  /// The family of these packets.
  Family family();

  /// Packets to one port, or to all ports of an address that no other virtual server is for.
  ///
  /// @param port 0 stands for all ports
  record Port(Protocol protocol, Ip address, int port) implements VirtualAddress {
    /// @throws IllegalArgumentException where the port is out of range
    public Port {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port " + port);
      }
    }

    @Override
    public Family family() {
      return address.family();
    }

    /// `TCP 10.96.0.1:443`.
    @Override
    public String toString() {
      return protocol + " " + address.withPort(port);
    }
  }

  /// Packets with a mark, of whatever protocol and to whatever address.
  ///
  /// @param mark not 0
  record FirewallMark(int mark, Family family) implements VirtualAddress {
    /// @throws IllegalArgumentException where the mark is 0, which no packet with a mark has
    public FirewallMark {
      if (mark == 0) {
        throw new IllegalArgumentException("mark 0");
      }
    }

    /// `FWM 1`, or `FWM 1 IPv6`.
    @Override
    public String toString() {
      return "FWM " + Integer.toUnsignedString(mark) + (family == Family.IPV6 ? " " + family : "");
    }
  }
}
