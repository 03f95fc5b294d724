package dev.kproxy.iproute;

import dev.kproxy.net.Ip;
import java.util.List;

/// A network interface of a host.
///
/// @param name its name, without the `@PEER` that iproute2 appends
/// @param addresses its addresses in the order in which they are printed
public record Interface(String name, List<Address> addresses) {
  public Interface {
    addresses = List.copyOf(addresses);
  }

  /// An address of an interface.
  ///
  /// @param ip the address
  /// @param prefix the length of the network that it is in
  public record Address(Ip ip, int prefix) {}
}
