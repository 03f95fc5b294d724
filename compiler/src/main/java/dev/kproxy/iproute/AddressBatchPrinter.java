package dev.kproxy.iproute;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Prints lines for `ip -batch` that make an interface and give it addresses, as
/// [AddressBatchParser] reads them.
public final class AddressBatchPrinter {
  private AddressBatchPrinter() {}

  /// The interface with these addresses. It stays down: packets to its addresses are for this host
  /// all the same.
  public static List<String> print(String device, Collection<Ip> addresses) {
    List<String> lines = new ArrayList<>(addresses.size() + 1);
    lines.add(add(device));
    addresses.forEach(ip -> lines.add(bind(ip, device)));
    return lines;
  }

  /// Makes the interface.
  public static String add(String device) {
    return "link add " + device + " type dummy";
  }

  /// Gives it an address, which it may have already.
  public static String bind(Ip ip, String device) {
    return "addr replace " + Cidr.host(ip) + " dev " + device;
  }
}
