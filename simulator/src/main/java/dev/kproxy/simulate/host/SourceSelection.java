package dev.kproxy.simulate.host;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.Route;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which of its own addresses a host sends from where nobody names one.
public final class SourceSelection {
  private static final int LINK_LOCAL = 2;
  private static final int SITE_LOCAL = 5;
  private static final int GLOBAL = 14;
  private static final Cidr SITE = Cidr.of("fec0::/10");

  /// The networks of the kernel's own table of labels (`net/ipv6/addrlabel.c`).
  private static final List<Cidr> LABELS =
      Stream.of(
              "::1/128",
              "::/96",
              "2001:10::/28",
              "2001::/32",
              "2002::/16",
              "3ffe::/16",
              "fec0::/10",
              "fc00::/7",
              "::/0")
          .map(Cidr::of)
          .toList();

  /// The scopes of addresses that other hosts can answer to; one that is not shown is global.
  private static final Set<String> FAR = Set.of("", "global");

  /// With those that the hosts of a link can answer to.
  private static final Set<String> NEAR = Set.of("", "global", "site", "link");

  private final List<Interface> interfaces;

  /// The choice among the addresses of these interfaces.
  SourceSelection(List<Interface> interfaces) {
    this.interfaces = List.copyOf(interfaces);
  }

  /// An address and the interface that has it.
  private record Candidate(String device, Interface.Address address) {}

  /// The address for packets to `destination` that leave by `device`: empty where there is none,
  /// several where one of them is taken and nobody told what decides.
  ///
  /// @param neighbour to whom they are sent; null where it is not known
  public List<Ip> select(String device, Ip destination, @Nullable Ip neighbour) {
    return destination.family() == Family.IPV4
        ? select4(device, neighbour, FAR)
        : select6(device, destination);
  }

  /// The address of packets to `destination` that the host itself sends by a route that names none.
  /// For IPv4 a route without a gateway has the neighbour 0.0.0.0, which is in no network, and an
  /// address need not reach further than the route (`fib_info_update_nhc_saddr`).
  List<Ip> select(Route route, Route.Hop hop, Ip destination) {
    if (destination.family() == Family.IPV6) {
      return select6(hop.device(), destination);
    }
    Ip neighbour = hop.gateway().filter(ip -> ip.family() == Family.IPV4).orElse(new Ip.V4(0));
    return select4(hop.device(), neighbour, route.scope().equals("link") ? NEAR : FAR);
  }

  /// `inet_select_addr`: the first address of the interface in whose network the neighbour is, else
  /// its first, else the first of any interface.
  ///
  /// @param scopes of the addresses of the interface that will do
  private List<Ip> select4(String device, @Nullable Ip neighbour, Set<String> scopes) {
    List<Interface.Address> own =
        interfaces.stream()
            .filter(it -> it.name().equals(device))
            .flatMap(it -> it.addresses().stream())
            .filter(address -> isForOthers(address, scopes))
            .toList();
    if (own.isEmpty()) {
      return interfaces.stream()
          .flatMap(it -> it.addresses().stream())
          .filter(address -> isForOthers(address, FAR))
          .map(Interface.Address::ip)
          .limit(1)
          .toList();
    }
    return neighbour == null
        ? own.stream().map(Interface.Address::ip).toList()
        : List.of(
            own.stream()
                .filter(address -> address.network().contains(neighbour))
                .findFirst()
                .orElse(own.getFirst())
                .ip());
  }

  private static boolean isForOthers(Interface.Address address, Set<String> scopes) {
    return address.ip().family() == Family.IPV4
        && !address.ip().isLoopback()
        && !address.isSecondary()
        && scopes.contains(address.scope());
  }

  /// `ipv6_dev_get_saddr`, which goes by RFC 6724.
  private List<Ip> select6(String device, Ip destination) {
    if (device.equals("lo")) {
      // the best source for an address of this host is that address itself (rule 1)
      return List.of(destination);
    }
    int scope = scope(destination);
    boolean ofDevice = destination.isMulticast() || scope <= LINK_LOCAL;
    List<Candidate> all =
        candidates()
            .filter(it -> !ofDevice || it.device().equals(device))
            .filter(it -> !it.address().flags().contains("tentative"))
            .toList();
    Comparator<Candidate> rules =
        Comparator.comparing((Candidate it) -> it.address().ip().equals(destination))
            .thenComparingInt(it -> nearness(scope(it.address().ip()), scope))
            .thenComparing(it -> !it.address().flags().contains("deprecated"))
            .thenComparing(it -> it.device().equals(device))
            .thenComparing(it -> label(it.address().ip()).equals(label(destination)));
    if (all.isEmpty()) {
      return List.of();
    }
    Candidate any = Collections.max(all, rules);
    List<Interface.Address> best =
        all.stream().filter(it -> rules.compare(it, any) == 0).map(Candidate::address).toList();
    long temporary = best.stream().filter(it -> it.flags().contains("temporary")).count();
    if (temporary > 0 && temporary < best.size()) {
      // `use_tempaddr` decides
      return best.stream().map(Interface.Address::ip).toList();
    }
    int longest = best.stream().mapToInt(it -> common(it, destination)).max().orElse(0);
    return best.stream()
        .filter(it -> common(it, destination) == longest)
        .map(Interface.Address::ip)
        .limit(1)
        .toList();
  }

  private Stream<Candidate> candidates() {
    return interfaces.stream()
        .flatMap(
            device ->
                device.addresses().stream()
                    .filter(address -> address.ip().family() == Family.IPV6)
                    .map(address -> new Candidate(device.name(), address)));
  }

  /// The narrowest scope that reaches the destination is the best, then the widest that does not.
  private static int nearness(int scope, int wanted) {
    return scope >= wanted ? -scope : scope - 128;
  }

  /// `__ipv6_addr_src_scope`.
  private static int scope(Ip ip) {
    if (ip instanceof Ip.V6 group && group.isMulticast()) {
      return group.multicastScope();
    }
    return ip.isLinkLocal() || ip.isLoopback()
        ? LINK_LOCAL
        : SITE.contains(ip) ? SITE_LOCAL : GLOBAL;
  }

  private static Cidr label(Ip ip) {
    return LABELS.stream().filter(network -> network.contains(ip)).findFirst().orElseThrow();
  }

  /// How many bits two addresses begin with alike, at most those of the network.
  private static int common(Interface.Address address, Ip destination) {
    if (!(address.ip() instanceof Ip.V6(long high, long low)
        && destination instanceof Ip.V6(long otherHigh, long otherLow))) {
      return 0;
    }
    int alike =
        high == otherHigh
            ? 64 + Long.numberOfLeadingZeros(low ^ otherLow)
            : Long.numberOfLeadingZeros(high ^ otherHigh);
    return Math.min(alike, address.prefix());
  }
}
