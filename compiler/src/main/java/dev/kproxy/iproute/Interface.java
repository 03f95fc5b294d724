package dev.kproxy.iproute;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import java.util.List;
import java.util.Optional;

/// A network interface of a host.
///
/// @param name its name, without the `@PEER` that iproute2 appends
/// @param flags `UP`, `LOWER_UP`, `NO-CARRIER`, …; empty where they are not shown, as by `ip -o
///   addr`
/// @param addresses its addresses in the order in which they are printed
public record Interface(String name, List<String> flags, List<Address> addresses) {
  public Interface {
    flags = List.copyOf(flags);
    addresses = List.copyOf(addresses);
  }

  /// Whether it was switched on. An interface that is not sends and receives nothing, yet its IPv4
  /// addresses are the host's own, as those of `kube-ipvs0`.
  public boolean isUp() {
    return flags.contains("UP");
  }

  /// Whether it is shown that it was not switched on.
  public boolean isDown() {
    return !flags.isEmpty() && !isUp();
  }

  /// Whether it leads back to the host itself.
  public boolean isLoopback() {
    return name.equals("lo") || flags.contains("LOOPBACK");
  }

  /// An address of an interface.
  ///
  /// @param ip the address
  /// @param prefix the length of the network that it is in; with a peer, of the peer's
  /// @param peer the address at the other end, where it is given
  /// @param broadcast the address that reaches all of its network, where it is given
  /// @param scope `global`, `link`, `host`, …; empty where it is not shown
  /// @param flags `secondary`, `tentative`, `deprecated`, `dynamic`, …
  public record Address(
      Ip ip,
      int prefix,
      Optional<Ip> peer,
      Optional<Ip> broadcast,
      String scope,
      List<String> flags) {
    /// An address that is a network of its own.
    public static Address host(Ip ip) {
      return new Address(ip, ip.family().bits(), Optional.empty(), Optional.empty(), "", List.of());
    }

    public Address {
      flags = List.copyOf(flags);
    }

    /// The network that it is in.
    public Cidr network() {
      return Cidr.of(peer.orElse(ip), prefix);
    }

    /// Whether the host still finds out whether another one has it, or has found one (IPv6), and so
    /// does not use it yet.
    public boolean isProbed() {
      return flags.contains("tentative") && !flags.contains("optimistic");
    }

    /// Whether an earlier address of its interface is in the same network.
    public boolean isSecondary() {
      return flags.contains("secondary");
    }
  }
}
