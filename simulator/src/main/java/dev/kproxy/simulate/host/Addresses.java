package dev.kproxy.simulate.host;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.Route;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iptables.Match.AddrType.Kind;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the kernel takes an address for: the types of the routes in its table `local`, as they
/// follow from the addresses of the interfaces, and as they are told.
public final class Addresses {
  private static final Ip.V4 LOCALHOST = new Ip.V4(127 << 24 | 1);
  private static final Ip.V4 LIMITED_BROADCAST = new Ip.V4(-1);
  private static final Ip.V4 LOOPBACK_BROADCAST = new Ip.V4(0x7fff_ffff);

  private static final Set<Ip> ALL_HOSTS = Set.of(Ip.of("224.0.0.1"), Ip.of("ff02::1"));

  /// The length of IPv6 networks that are too small for an address of all their routers
  /// (`addrconf_join_anycast`).
  private static final int SUBNET_BITS = 127;

  /// The first ten bits of fec0::/10.
  private static final long SITE_PREFIX = 0x3fb;

  private final boolean given;

  /// The families of which table `local` was told.
  private final Set<Family> routed = EnumSet.noneOf(Family.class);

  /// Those of which it was told with the routes that the kernel makes of addresses: what has none
  /// is not in use.
  private final Set<Family> complete = EnumSet.noneOf(Family.class);

  private final Map<Ip, List<String>> local = new HashMap<>();
  private final Map<Ip, List<String>> broadcast = new HashMap<>();
  private final Map<Ip, List<String>> anycast = new HashMap<>();

  private final List<Interface> interfaces;
  private final SourceSelection sources;

  /// Those that were told, and those to networks of which a loopback interface has an address: all
  /// of one is local, as 127.0.0.0/8 is on every host.
  private final Optional<RouteTable> routes;

  /// The addresses of a host.
  Addresses(HostFacts host, Settings settings) {
    this.given = host.interfaces().isPresent();
    this.interfaces = host.interfaces().orElse(List.of());
    this.sources = new SourceSelection(interfaces);
    List<Route> told = host.routes().map(RouteTable::routes).orElse(List.of());
    List<Route> looped =
        Stream.concat(interfaces.stream(), host.virtual().stream())
            .filter(Interface::isLoopback)
            .flatMap(Addresses::networks)
            .toList();
    this.routes =
        looped.isEmpty()
            ? host.routes()
            : Optional.of(new RouteTable(Stream.concat(told.stream(), looped.stream()).toList()));
    told.forEach(this::add);
    interfaces.forEach(device -> add(device, settings));
    host.virtual()
        .forEach(
            device ->
                device.addresses().forEach(address -> note(local, address.ip(), device.name())));
  }

  /// The route that the kernel makes of an address.
  private void add(Route route) {
    Ip ip = route.destination().network();
    if (route.table().equals(Route.LOCAL)) {
      routed.add(ip.family());
      boolean isAddress =
          route.type() == Route.Type.LOCAL
              && route.protocol().equals("kernel")
              && route.destination().prefix() == ip.family().bits();
      if (isAddress) {
        complete.add(ip.family());
      }
      if (!given && isAddress && !ip.isLoopback()) {
        route.hops().forEach(hop -> note(local, ip, hop.device()));
      }
    }
  }

  private static void note(Map<Ip, List<String>> addresses, Ip ip, String device) {
    addresses.computeIfAbsent(ip, _ -> new ArrayList<>()).add(device);
  }

  private void add(Interface device, Settings settings) {
    for (Interface.Address address : device.addresses()) {
      boolean used =
          address.ip() instanceof Ip.V4
              || isUsed(address.ip(), Route.Type.LOCAL, !address.isProbed());
      if (used) {
        note(local, address.ip(), device.name());
      }
      if (address.ip() instanceof Ip.V4) {
        broadcasts(address).stream()
            .filter(ip -> isUsed(ip, Route.Type.BROADCAST, !device.isDown()))
            .forEach(ip -> note(broadcast, ip, device.name()));
      } else if (address.prefix() < SUBNET_BITS) {
        Ip routers = Cidr.of(address.ip(), address.prefix()).network();
        if (isUsed(routers, Route.Type.ANYCAST, used && settings.isRouter6(device.name()))) {
          note(anycast, routers, device.name());
        }
      }
    }
  }

  private static Stream<Route> networks(Interface loopback) {
    return loopback.addresses().stream()
        .filter(address -> address.ip().family() == Family.IPV4)
        .filter(address -> address.prefix() < 32 && !address.ip().isLoopback())
        .map(address -> Route.local(address.network(), loopback.name()));
  }

  /// Whether the kernel has a route for what follows from an address of an interface. It has none
  /// of IPv6 while the address is being probed (`addrconf_dad_completed`), and none to all of a
  /// network while the interface is down (`fib_add_ifaddr`).
  private boolean isUsed(Ip ip, Route.Type type, boolean otherwise) {
    return complete.contains(ip.family())
        ? routes
            .flatMap(table -> table.lookup(Route.LOCAL, ip))
            .filter(route -> route.type() == type)
            .isPresent()
        : otherwise;
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
    if (isOn(anycast.get(ip), device)) {
      return Optional.of(Kind.ANYCAST);
    }
    Optional<Kind> kind = routed(ip, device);
    if (hangsOnRules(ip)) {
      return Optional.empty();
    }
    boolean isTold = given || routed.contains(ip.family());
    return kind.isPresent() || !isTold ? kind : Optional.of(Kind.UNICAST);
  }

  /// The type of the route to an address, which may be for a network. Of one interface IPv6 asks
  /// the addresses alone (`match_lookup_rt6`).
  private Optional<Kind> routed(Ip ip, @Nullable String device) {
    return routes
        .filter(_ -> device == null || ip.family() == Family.IPV4)
        .flatMap(table -> table.lookup(ip))
        .filter(route -> device == null || route.isBy(device))
        .flatMap(Addresses::kind);
  }

  private static Optional<Kind> kind(Route route) {
    return switch (route.type()) {
      case LOCAL -> Optional.of(Kind.LOCAL);
      case BROADCAST -> Optional.of(Kind.BROADCAST);
      case ANYCAST -> Optional.of(Kind.ANYCAST);
      case UNICAST, MULTICAST, BLACKHOLE, UNREACHABLE, PROHIBIT, THROW, NAT -> Optional.empty();
    };
  }

  /// Whether rules of policy routing decide what an address is: they part table `local` from
  /// `main`, which has a route to a narrower network (`fib_unmerge`).
  boolean hangsOnRules(Ip ip) {
    return ip.family() == Family.IPV4
        && routes.filter(RouteTable::hintsAtRules).filter(table -> isParted(table, ip)).isPresent();
  }

  private static boolean isParted(RouteTable table, Ip ip) {
    return !table
        .lookup(ip)
        .flatMap(Addresses::kind)
        .equals(table.lookup(Route.LOCAL, ip).flatMap(Addresses::kind));
  }

  /// Why it is not known what an address is.
  ///
  /// @param question as in `what 10.0.0.1 is`
  public Why whyOpen(String question, Ip ip) {
    return hangsOnRules(ip)
        ? new Why(
            Missing.RUNNING_HOST,
            question + " hangs on rules of policy routing, which are not asked")
        : new Why(Missing.ADDRESSES, question + " is not given");
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
              : ip.isMulticast() ? Kind.MULTICAST : bits >>> 24 == 127 ? Kind.LOCAL : null;
      case Ip.V6 _ -> ip.isMulticast() ? Kind.MULTICAST : ip.isLoopback() ? Kind.LOCAL : null;
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

  /// The interface of the network that a broadcast address is of.
  Optional<String> deviceOfBroadcast(Ip ip) {
    return Optional.ofNullable(broadcast.get(ip))
        .map(List::getFirst)
        .or(
            () ->
                routes
                    .flatMap(table -> table.lookup(Route.LOCAL, ip))
                    .filter(route -> route.type() == Route.Type.BROADCAST)
                    .flatMap(route -> route.hops().stream().findFirst())
                    .map(Route.Hop::device));
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

  /// Whether an interface of that name was told with an address of that family.
  boolean has(@Nullable String device, Family family) {
    return interfaces.stream()
        .filter(candidate -> candidate.name().equals(device))
        .flatMap(candidate -> candidate.addresses().stream())
        .anyMatch(address -> address.ip().family() == family);
  }

  /// Whether every host is in a group, or this one is because of an address of the interface (RFC
  /// 4291, 2.7.1).
  boolean isMember(Ip group, @Nullable String device) {
    return ALL_HOSTS.contains(group)
        || interfaces.stream()
            .filter(candidate -> candidate.name().equals(device))
            .flatMap(candidate -> candidate.addresses().stream())
            .anyMatch(address -> group.equals(solicitedNode(address.ip())));
  }

  private static Ip solicitedNode(Ip ip) {
    return ip instanceof Ip.V6(_, long low)
        ? new Ip.V6(0xff02L << 48, 1L << 32 | 0xff00_0000L | (low & 0xff_ffff))
        : ip;
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
