package dev.kproxy.ipset;

/// What one part of a set's entries is; the packet's source or destination is asked for each.
public enum Dimension {
  /// Single addresses: [Element.Addresses].
  ADDRESS,
  /// Networks, of which the longest that holds an address decides: [Element.Network].
  NETWORK,
  /// Ports of a protocol: [Element.ProtocolPorts].
  PROTOCOL_PORT,
  /// Ports of TCP or UDP, whichever it is: [Element.Ports].
  PORT,
  /// The packet's mark: [Element.Mark].
  MARK,
  /// A hardware address: [Element.Mac].
  MAC,
  /// The interface that a packet came in by or leaves by: [Element.Interface].
  INTERFACE,
  /// Another set: [Element.Member].
  SET
}
