package dev.kproxy.iproute;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A route of a host.
///
/// @param type what becomes of the packets
/// @param destination the network that it is for; the default route is for all addresses of its
///   family
/// @param table `main`, `local`, or another table's name or number
/// @param hops where packets go, one of them for each flow; empty where they go nowhere
/// @param source the address that packets of this host begin with (`src`)
/// @param metric the lower one wins between routes for the same network
/// @param protocol who made it: `kernel`, `static`, …; `boot`, which the tool does not show, where
///   nobody said
/// @param scope how far the destination is: `link`, `host`, …; `global` is not shown by the tool
/// @param from the only sources that it is for (IPv6)
/// @param tos the only type of service that it is for
/// @param preference of a router (IPv6): 1 high, -1 low, else 0; the higher one wins between routes
///   of the same metric
public record Route(
    Type type,
    Cidr destination,
    String table,
    List<Hop> hops,
    Optional<Ip> source,
    long metric,
    String protocol,
    String scope,
    Optional<Cidr> from,
    Optional<String> tos,
    int preference) {
  /// The table of a host's own addresses, which is asked first.
  public static final String LOCAL = "local";

  /// The table that routes stand in that name no other.
  public static final String MAIN = "main";

  private static final String LOOPBACK = "lo";

  public Route {
    hops = List.copyOf(hops);
  }

  /// The route that the kernel makes of an address of a loopback interface.
  public static Route local(Cidr destination, String device) {
    return new Route(
        Type.LOCAL,
        destination,
        LOCAL,
        List.of(new Hop(device, Optional.empty(), 1, List.of())),
        Optional.empty(),
        0,
        "kernel",
        "host",
        Optional.empty(),
        Optional.empty(),
        0);
  }

  /// Whether packets go no further. So it is with an IPv6 route by the loopback interface that is
  /// not for the host itself (`fib6_is_reject`).
  public boolean isReject() {
    return switch (type) {
      case BLACKHOLE, UNREACHABLE, PROHIBIT, THROW, NAT -> true;
      case UNICAST ->
          destination.family() == Family.IPV6
              && !destination.network().isLoopback()
              && isBy(LOOPBACK);
      case LOCAL, BROADCAST, ANYCAST, MULTICAST -> false;
    };
  }

  /// Whether packets may leave by that interface.
  public boolean isBy(String device) {
    return hops.stream().anyMatch(hop -> hop.device().equals(device));
  }

  /// A way that packets may take.
  ///
  /// @param device the interface that they leave by
  /// @param gateway the neighbour that they are sent to; empty where the destination is a neighbour
  ///   itself
  /// @param weight how many of the flows take it, compared with the others
  /// @param flags `onlink`, `linkdown`, `dead`, …
  public record Hop(String device, Optional<Ip> gateway, int weight, List<String> flags) {
    public Hop {
      flags = List.copyOf(flags);
    }

    /// Whether the kernel does not use it, because its link is down.
    public boolean isDead() {
      return flags.contains("dead");
    }
  }

  /// What becomes of packets.
  public enum Type {
    /// They are sent on.
    UNICAST,
    /// They are for this host.
    LOCAL,
    /// They are for all hosts of a link.
    BROADCAST,
    /// They are for one of several hosts.
    ANYCAST,
    /// They are for a group.
    MULTICAST,
    /// They vanish.
    BLACKHOLE,
    /// They are answered with "host unreachable".
    UNREACHABLE,
    /// They are answered with "administratively prohibited".
    PROHIBIT,
    /// The next table is asked.
    THROW,
    /// Addresses are translated; no kernel of today does it.
    NAT;

    private static final Map<String, Type> BY_TEXT =
        Arrays.stream(values()).collect(Collectors.toMap(Type::toString, Function.identity()));

    /// The type that iproute2 spells so.
    public static Optional<Type> parse(String text) {
      return Optional.ofNullable(BY_TEXT.get(text));
    }

    /// The spelling of iproute2.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
