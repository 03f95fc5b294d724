package dev.kproxy.simulate.host;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.Route;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iptables.Match.AddrType.Kind;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What the kernel takes an address for: the types of the routes in its table `local`, as they
/// follow from the addresses of the interfaces, and as they are told.
public final class Addresses {
  private static final Ip.V4 LOCALHOST = new Ip.V4(127 << 24 | 1);
  private static final Ip.V4 LIMITED_BROADCAST = new Ip.V4(-1);
  private static final Ip.V4 LOOPBACK_BROADCAST = new Ip.V4(0x7fff_ffff);

  /// The first ten bits of fec0::/10.
  private static final long SITE_PREFIX = 0x3fb;

  private final boolean given;
  private final Map<Ip, List<String>> local = new HashMap<>();
  private final Map<Ip, List<String>> broadcast = new HashMap<>();

  /// Networks of which a loopback interface has an address, with its name: all of one is local, as
  /// 127.0.0.0/8 is on every host.
  private final Map<Cidr, String> looped = new LinkedHashMap<>();

  private final List<Interface> interfaces;
  private final SourceSelection sources;
  private final Optional<RouteTable> routes;

  /// @param interfaces empty where nobody told them
  /// @param virtual interfaces that are known even then
  public Addresses(
      Optional<List<Interface>> interfaces, List<Interface> virtual, Optional<RouteTable> routes) {
    this.routes = routes;
    this.given = interfaces.isPresent();
    this.interfaces = interfaces.orElse(List.of());
    this.sources = new SourceSelection(this.interfaces);
    this.interfaces.forEach(this::add);
    virtual.forEach(this::add);
  }

  private void add(Interface device) {
    for (Interface.Address address : device.addresses()) {
      local.computeIfAbsent(address.ip(), _ -> new ArrayList<>()).add(device.name());
      if (address.ip() instanceof Ip.V4) {
        for (Ip ip : broadcasts(address)) {
          broadcast.computeIfAbsent(ip, _ -> new ArrayList<>()).add(device.name());
        }
        if (device.isLoopback() && address.prefix() < 32 && !address.ip().isLoopback()) {
          looped.putIfAbsent(address.network(), device.name());
        }
      }
    }
  }

  /// The broadcast address that was given, and the last one of the network, where that has room for
  /// one (`fib_add_ifaddr`).
  private static Set<Ip> broadcasts(Interface.Address address) {
    Set<Ip> all = new LinkedHashSet<>();
    address.broadcast().ifPresent(all::add);
    if (address.prefix() < 31) {
      all.add(address.network().last());
    }
    return all;
  }

  /// What an address is; empty where nobody told the addresses of the host.
  public Optional<Kind> kind(Ip ip) {
    return kind(ip, null);
  }

  /// What an address is as seen from one interface: a local address of another one is none.
  public Optional<Kind> kind(Ip ip, @Nullable String device) {
    Kind fixed = fixed(ip);
    if (fixed != null) {
      return Optional.of(
          fixed == Kind.LOCAL && device != null && !device.equals("lo") ? Kind.UNICAST : fixed);
    }
    if (isOn(local.get(ip), device)) {
      return Optional.of(Kind.LOCAL);
    }
    if (isOn(broadcast.get(ip), device)) {
      return Optional.of(Kind.BROADCAST);
    }
    if (isLooped(ip, device)) {
      return Optional.of(Kind.LOCAL);
    }
    Optional<Kind> routed = routed(ip, device);
    return routed.isPresent() || !given ? routed : Optional.of(Kind.UNICAST);
  }

  /// The type of the route that table `local` has for an address, which may be for a network. Of
  /// one interface IPv6 asks the addresses alone (`match_lookup_rt6`).
  private Optional<Kind> routed(Ip ip, @Nullable String device) {
    return routes
        .filter(_ -> device == null || ip.family() == Family.IPV4)
        .flatMap(table -> table.lookup(Route.LOCAL, ip))
        .filter(route -> device == null || isBy(route, device))
        .flatMap(
            route ->
                switch (route.type()) {
                  case LOCAL -> Optional.of(Kind.LOCAL);
                  case BROADCAST -> Optional.of(Kind.BROADCAST);
                  case ANYCAST -> Optional.of(Kind.ANYCAST);
                  default -> Optional.empty();
                });
  }

  private boolean isLooped(Ip ip, @Nullable String device) {
    for (Map.Entry<Cidr, String> network : looped.entrySet()) {
      if (network.getKey().contains(ip) && (device == null || network.getValue().equals(device))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBy(Route route, String device) {
    return !route.hops().isEmpty() && route.hops().getFirst().device().equals(device);
  }

  private static boolean isOn(@Nullable List<String> devices, @Nullable String device) {
    return devices != null && (device == null || devices.contains(device));
  }

  /// What an address is on every host.
  private static @Nullable Kind fixed(Ip ip) {
    return switch (ip) {
      case Ip.V4(int bits) ->
          bits == 0 || isLimitedBroadcast(ip) || ip.equals(LOOPBACK_BROADCAST)
              ? Kind.BROADCAST
              : bits >>> 28 == 14 ? Kind.MULTICAST : bits >>> 24 == 127 ? Kind.LOCAL : null;
      case Ip.V6(long high, long low) ->
          high >>> 56 == 0xff ? Kind.MULTICAST : high == 0 && low == 1 ? Kind.LOCAL : null;
    };
  }

  /// Whether an interface has this address; of 127.0.0.0/8 each host has 127.0.0.1, and all of it
  /// is local.
  boolean isAssigned(Ip ip) {
    return local.containsKey(ip) || (!given && ip.equals(LOCALHOST));
  }

  /// Whether packets to this address are for this host; not where nobody told.
  public boolean isLocal(Ip ip) {
    return kind(ip).equals(Optional.of(Kind.LOCAL));
  }

  /// The address of packets that the host sends to one of its own, where no route names it: the
  /// primary one of the same network (`fib_add_ifaddr`).
  Ip toSelf(Ip destination) {
    for (Interface device : interfaces) {
      for (Interface.Address address : device.addresses()) {
        if (address.isSecondary() && address.ip().equals(destination)) {
          return primary(device, address.network()::equals).orElse(destination);
        }
      }
    }
    if (isAssigned(destination)) {
      return destination;
    }
    return interfaces.stream()
        .filter(Interface::isLoopback)
        .flatMap(device -> primary(device, network -> network.contains(destination)).stream())
        .findFirst()
        .orElse(destination instanceof Ip.V4 && destination.isLoopback() ? LOCALHOST : destination);
  }

  private static Optional<Ip> primary(Interface device, Predicate<Cidr> isIts) {
    return device.addresses().stream()
        .filter(address -> !address.isSecondary() && isIts.test(address.network()))
        .map(Interface.Address::ip)
        .findFirst();
  }

  /// The interface that has an address.
  Optional<String> device(Ip ip) {
    List<String> devices = local.get(ip);
    return devices == null ? Optional.empty() : Optional.of(devices.get(0));
  }

  /// Whether somebody told the addresses of the host.
  public boolean areGiven() {
    return given;
  }

  /// Whether this is 255.255.255.255.
  static boolean isLimitedBroadcast(Ip ip) {
    return ip.equals(LIMITED_BROADCAST);
  }

  /// Which of these addresses the host sends from.
  public SourceSelection sources() {
    return sources;
  }

  /// Whether somebody told what addresses an interface of that name has.
  public boolean areGiven(@Nullable String device) {
    return interfaces.stream().anyMatch(candidate -> candidate.name().equals(device));
  }

  /// The addresses to which a packet to `destination` may be redirected that came in by `device`:
  /// at most one where its addresses are told. Else the packet came in by an interface that has the
  /// addresses told one by one, or by any; empty is an interface that has none that will do.
  ///
  /// @param device null where it is not known
  public Set<Optional<Ip>> redirected(@Nullable String device, Ip destination) {
    Set<Optional<Ip>> reached = new LinkedHashSet<>();
    boolean told = areGiven(device);
    for (Interface candidate : interfaces) {
      if (candidate.name().isEmpty() && !told) {
        candidate.addresses().stream()
            .filter(address -> isReached(address, destination))
            .forEach(address -> reached.add(Optional.of(address.ip())));
      } else if (told
          ? candidate.name().equals(device)
          : device == null && !isLoopback(candidate)) {
        reached.add(
            candidate.addresses().stream()
                .filter(address -> isReached(address, destination))
                .map(Interface.Address::ip)
                .findFirst());
      }
    }
    return reached;
  }

  private static boolean isLoopback(Interface device) {
    return device.name().equals("lo");
  }

  /// `nf_nat_redirect_ipv4` takes the first primary address, `nf_nat_redirect_ipv6_usable` the
  /// first of the reach that the destination has, or just the first where that reaches everywhere.
  private static boolean isReached(Interface.Address address, Ip destination) {
    Reach reach = reach(destination);
    return address.ip().family() == destination.family()
        && !address
            .flags()
            .contains(destination.family() == Family.IPV4 ? "secondary" : "tentative")
        && (reach == Reach.EVERYWHERE || reach(address.ip()) == reach);
  }

  /// What `IPV6_ADDR_SCOPE_MASK` leaves of the type of an address.
  private enum Reach {
    EVERYWHERE,
    HOST,
    LINK,
    SITE,
    /// Addresses that begin with 96 zeros.
    COMPATIBLE
  }

  private static Reach reach(Ip ip) {
    if (!(ip instanceof Ip.V6(long high, long low))) {
      return Reach.EVERYWHERE;
    }
    if (high == 0 && low >>> 32 == 0) {
      return low == 0 ? Reach.EVERYWHERE : low == 1 ? Reach.HOST : Reach.COMPATIBLE;
    }
    return ip.isLinkLocal()
        ? Reach.LINK
        : high >>> 54 == SITE_PREFIX ? Reach.SITE : Reach.EVERYWHERE;
  }

  /// The question whether an address is one of the host's.
  public record IsLocal(Ip ip) {}
}
