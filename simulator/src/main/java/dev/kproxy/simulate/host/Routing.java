package dev.kproxy.simulate.host;

import dev.kproxy.iproute.Route;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iptables.Match.AddrType.Kind;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a host's kernel decides between the hooks (`net/ipv4/route.c`, `net/ipv6/ip6_input.c`).
///
/// Where the routes are not told, packets to other hosts leave by an interface that nobody knows,
/// and there is a way back to every source. So it is in a family of which no route was told: what
/// `ip route` prints has none of IPv6, and what `ip -6 route` prints none of IPv4.
public final class Routing {
  static final Decision FORWARDING_IS_OFF = new Decision.Dropped("forwarding is off");

  private static final Decision LOCAL = new Decision.Local();

  /// The scope of groups that reach no further than an interface (RFC 4291, 2.7).
  private static final int OF_INTERFACE = 1;

  private final Addresses addresses;
  private final Settings settings;
  private final Optional<RouteTable> routes;
  private final Martians martians;
  private final ReversePath reversePath;
  private final LinkRouting linkRouting;

  /// The routing of a host.
  Routing(Addresses addresses, Settings settings, Optional<RouteTable> routes) {
    this.addresses = addresses;
    this.settings = settings;
    this.routes = routes;
    this.martians = new Martians(addresses, settings, routes);
    this.reversePath = new ReversePath(addresses, settings, routes);
    this.linkRouting = new LinkRouting(addresses, settings, routes);
  }

  private Optional<RouteTable> routes(Family family) {
    return routes.flatMap(table -> table.of(family));
  }

  /// Whether connection tracking keeps the connections that ip_vs gives to real servers
  /// (`net.ipv4.vs.conntrack`); else they are exempt from it.
  public boolean tracksBalanced() {
    return settings.tracksBalanced();
  }

  /// The way back to where packets come from.
  public ReversePath reversePath() {
    return reversePath;
  }

  /// Why a packet does not even reach PREROUTING: an interface without IPv6, and IPv6 addresses
  /// that nothing from outside has (`ip6_rcv_core`).
  public Optional<Decision> arrival(Header header, @Nullable String in) {
    if (!(header.source() instanceof Ip.V6 source
        && header.destination() instanceof Ip.V6 destination)) {
      return Optional.empty();
    }
    if (settings.refuses6(in)) {
      return Optional.of(
          new Decision.Dropped("IPv6 is off on " + (in == null ? "all interfaces" : in)));
    }
    if (source.isLoopback() || destination.isLoopback()) {
      return Optional.of(new Decision.Dropped("a loopback address from outside"));
    }
    if (source.isMulticast()) {
      return Optional.of(new Decision.Dropped("a group for a source"));
    }
    return destination.isMulticast() && destination.multicastScope() <= OF_INTERFACE
        ? Optional.of(new Decision.Dropped("a group of another interface"))
        : Optional.empty();
  }

  /// Where a packet goes that came in by `in`.
  ///
  /// @param in null where nobody told
  /// @param out where somebody said by which interface it leaves
  public Decision input(Header header, @Nullable String in, @Nullable String out) {
    Decision any = null;
    if (in == null) {
      Set<Decision> ways = new LinkedHashSet<>();
      for (@Nullable String device : settings.differentInterfaces(header.family())) {
        ways.add(inputBy(header, device, out));
      }
      for (Decision way : ways) {
        any = any == null ? way : either(header, way, any);
      }
    }
    return any == null ? inputBy(header, in, out) : any;
  }

  private static Decision either(Header header, Decision way, Decision other) {
    return new Decision.Unknown(
        new Why(
            Missing.IN_INTERFACE,
            "the interface that the packet came in by, whose settings count, is not given"),
        new Goes(header, way),
        way,
        other);
  }

  private Decision inputBy(Header header, @Nullable String in, @Nullable String out) {
    if (header.family() == Family.IPV6) {
      return toDestination(header, in, out);
    }
    String martian = martians.why(header, in);
    if (martian != null) {
      return new Decision.Dropped(martian);
    }
    Decision way = toDestination(header, in, out);
    return martians.hangsOnRules(header, in)
        ? ifOwn(header.source(), new Decision.Dropped(Martians.ownSource(header)), way)
        : way;
  }

  private Decision toDestination(Header header, @Nullable String in, @Nullable String out) {
    Ip destination = header.destination();
    if (LinkRouting.isFor(destination)) {
      return linkRouting.input(destination, in);
    }
    Optional<Kind> kind = addresses.kind(destination);
    if (kind.isEmpty()) {
      return ifOwn(destination, reversePath.checked(header, in, LOCAL), forward(header, in, out));
    }
    return switch (kind.get()) {
      case LOCAL, ANYCAST -> reversePath.checked(header, in, LOCAL);
      case BROADCAST -> reversePath.checked(header, in, toAll(destination, in));
      case MULTICAST -> toGroup(destination, in, reversePath.checked(header, in, LOCAL));
      default -> forward(header, in, out);
    };
  }

  /// Where packets to all of a network go: on, if that is set, whether others are forwarded or not
  /// (`ip_route_input_slow`). Of the network that they came from, only those in a frame for this
  /// host alone, the others are dropped (`ip_forward`).
  private Decision toAll(Ip broadcast, @Nullable String in) {
    Optional<String> device = addresses.deviceOfBroadcast(broadcast);
    if (device.isEmpty() || !settings.forwardsBroadcasts(in)) {
      return LOCAL;
    }
    Decision on = new Decision.Out(device.get(), null);
    return device.get().equals(in)
        ? new Decision.Unknown(
            new Why(
                Missing.RUNNING_HOST,
                "whether the frame of the packet was for this host alone is not given"),
            new ForOne(broadcast),
            on,
            new Decision.Dropped("a frame for all is not forwarded"))
        : on;
  }

  private Decision toGroup(Ip group, @Nullable String in, Decision member) {
    return addresses.isMember(group, in)
        ? member
        : new Decision.Unknown(
            new Why(
                Missing.RUNNING_HOST,
                "whether this host is in the group " + group + " is not given"),
            new Addresses.IsLocal(group),
            member,
            new Decision.Dropped("a group that nobody here is in"));
  }

  private Decision forward(Header header, @Nullable String in, @Nullable String out) {
    if (!settings.forwards(header.family(), in)) {
      return FORWARDING_IS_OFF;
    }
    Decision way = way(header, in, out);
    boolean isForLink = header.source().isLinkLocal() || header.source().isUnspecified();
    return header.family() == Family.IPV6 && isForLink ? onLink(way, header, in) : way;
  }

  /// A source that means something on one link alone is sent back by its interface at most
  /// (`ip6_forward`).
  private static Decision onLink(Decision way, Header header, @Nullable String in) {
    if (!(way instanceof Decision.Out(@Nullable String device, _))) {
      return way;
    }
    Decision dropped = new Decision.Dropped("a link-local source is not forwarded");
    if (in != null && device != null) {
      return device.equals(in) ? way : dropped;
    }
    return new Decision.Unknown(
        new Why(
            in == null ? Missing.IN_INTERFACE : Missing.ROUTES,
            "whether a packet from " + header.source() + " stays on its link is not given"),
        new OnLink(header),
        way,
        dropped);
  }

  private Decision way(Header header, @Nullable String in, @Nullable String out) {
    Optional<RouteTable> told = routes(header.family());
    if (told.isEmpty()) {
      return reversePath.checked(header, in, new Decision.Out(out, null));
    }
    return told.get().lookup(header.source(), header.destination(), in).stream()
        .map(route -> way(route, header, in, out))
        .reduce((way, other) -> whichever(header, way, other))
        .orElseGet(() -> refused(header, "icmp-net-unreachable", "icmp6-no-route"));
  }

  /// Either of two ways, between which the interface decides that a packet came in by.
  private static Decision whichever(Header header, Decision way, Decision other) {
    if (way.equals(other)) {
      return way;
    }
    return way instanceof Decision.Out && other instanceof Decision.Out
        ? new Decision.Out(null, null)
        : either(header, way, other);
  }

  private Decision way(Route route, Header header, @Nullable String in, @Nullable String out) {
    return switch (route.type()) {
      case UNICAST ->
          route.isReject()
              ? refused(header, "icmp-net-unreachable", "icmp6-no-route")
              : reversePath.checked(header, in, out(route, header.destination(), out));
      case UNREACHABLE, THROW, NAT -> refused(header, "icmp-host-unreachable", "icmp6-no-route");
      case PROHIBIT -> refused(header, "icmp-admin-prohibited", "icmp6-adm-prohibited");
      case BLACKHOLE -> new Decision.Dropped("the route is a black hole");
      case LOCAL, ANYCAST, BROADCAST, MULTICAST -> reversePath.checked(header, in, LOCAL);
    };
  }

  private static Decision refused(Header header, String four, String six) {
    return new Decision.Refused(header.family() == Family.IPV4 ? four : six);
  }

  /// Of several hops, one for each flow, nothing tells which is taken. Without a gateway of its
  /// family the destination is a neighbour itself (`rt_nexthop`).
  private static Decision.Out out(Route route, Ip destination, @Nullable String out) {
    List<Route.Hop> alive = alive(route);
    if (out != null || alive.size() != 1) {
      return new Decision.Out(out, null);
    }
    Route.Hop hop = alive.get(0);
    Ip neighbour =
        hop.gateway().filter(ip -> ip.family() == destination.family()).orElse(destination);
    return new Decision.Out(hop.device(), neighbour);
  }

  /// What would tell the interface that a packet leaves by. Of a route with several hops nothing
  /// would.
  public Missing missingOfWayOut(Header header, @Nullable String in) {
    return routes(header.family())
        .map(table -> table.lookup(header.source(), header.destination(), in).size())
        .map(ways -> ways > 1 ? Missing.IN_INTERFACE : Missing.RUNNING_HOST)
        .orElse(Missing.ROUTES);
  }

  /// Where a packet goes that this host sends.
  ///
  /// @param out where somebody said by which interface it leaves
  public Decision output(Header header, @Nullable String out) {
    Ip destination = header.destination();
    Optional<Kind> kind = addresses.kind(destination);
    if (kind.isEmpty()) {
      return ifOwn(destination, LOCAL, leave(header, out));
    }
    return kind.get() == Kind.LOCAL ? LOCAL : leave(header, out);
  }

  /// Whether packets to this address are for this host; not where nobody told.
  public boolean isLocal(Ip ip) {
    return addresses.isLocal(ip);
  }

  /// The address that this host sends from to another one where nobody names it
  /// (`ip_route_output_key_hash_rcu`, `ip6_route_get_saddr`); empty where it is not known.
  public Optional<Ip> source(Ip destination) {
    if (addresses.isLocal(destination)) {
      return routes
          .flatMap(table -> table.lookup(destination))
          .filter(route -> route.type() == Route.Type.LOCAL)
          .flatMap(Route::source)
          .or(() -> Optional.of(addresses.toSelf(destination)));
    }
    return routes(destination.family())
        .flatMap(table -> table.lookup(destination))
        .filter(Routing::isFromHere)
        .flatMap(route -> route.source().or(() -> source(route, destination)));
  }

  private static boolean isFromHere(Route route) {
    return route.type() == Route.Type.UNICAST || route.type() == Route.Type.BROADCAST;
  }

  private Optional<Ip> source(Route route, Ip destination) {
    List<Route.Hop> alive = alive(route);
    if (alive.size() != 1 || !addresses.areGiven(alive.getFirst().device())) {
      return Optional.empty();
    }
    List<Ip> found = addresses.sources().select(route, alive.getFirst(), destination);
    return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
  }

  private static List<Route.Hop> alive(Route route) {
    return route.hops().stream().filter(hop -> !hop.isDead()).toList();
  }

  private Decision ifOwn(Ip ip, Decision own, Decision other) {
    return own.equals(other)
        ? own
        : new Decision.Unknown(
            addresses.whyOpen("whether " + ip + " is an address of this host", ip),
            new Addresses.IsLocal(ip),
            own,
            other);
  }

  /// Where a packet goes that ip_vs sends to a real server: as one that this host sends itself, but
  /// that one from a loopback address does not leave (`__ip_vs_get_out_rt`).
  ///
  /// @param header the packet, with the real server for its destination
  public Decision balanced(Header header, @Nullable String out) {
    return balanced(output(header, out), header);
  }

  private static Decision balanced(Decision way, Header header) {
    boolean loopback = header.source().isLoopback();
    return switch (way) {
      case Decision.Local _, Decision.Refused _ -> way;
      case Decision.Out _ ->
          loopback ? new Decision.Dropped("ip_vs sends out nothing from a loopback address") : way;
      case Decision.Dropped _ ->
          loopback ? way : refused(header, "icmp-host-unreachable", "icmp6-addr-unreachable");
      case Decision.Unknown(Why why, Object key, Decision ifTrue, Decision ifFalse) ->
          new Decision.Unknown(why, key, balanced(ifTrue, header), balanced(ifFalse, header));
    };
  }

  private Decision leave(Header header, @Nullable String out) {
    Decision.Out way = new Decision.Out(out, null);
    if (out == null && isForMany(header.destination())) {
      Optional<String> device = addresses.device(header.source());
      if (device.isPresent()) {
        return new Decision.Out(device.get(), null);
      }
    }
    Optional<RouteTable> told = routes(header.family());
    if (told.isPresent()) {
      Optional<Route> route =
          told.get().lookup(header.source(), header.destination(), "").stream().findFirst();
      if (route.isEmpty()) {
        return new Decision.Dropped("no route to " + header.destination());
      }
      if (route.get().isReject()) {
        return new Decision.Dropped("the route to " + header.destination() + " ends here");
      }
      if (route.get().type() == Route.Type.LOCAL || route.get().type() == Route.Type.ANYCAST) {
        return LOCAL;
      }
      way = out(route.get(), header.destination(), out);
    }
    return header.source() instanceof Ip.V4 source
            && source.isLoopback()
            && !settings.routesLocalnet(way.device())
        ? new Decision.Dropped("a source of 127.0.0.0/8 cannot leave, route_localnet is 0")
        : way;
  }

  /// What a host sends to many by IPv4 leaves by the interface that has its source, whatever the
  /// routes say.
  private static boolean isForMany(Ip destination) {
    return destination instanceof Ip.V4
        && (destination.isMulticast() || Addresses.isLimitedBroadcast(destination));
  }

  private record ForOne(Ip broadcast) {}

  private record Goes(Header header, Decision way) {}

  private record OnLink(Header header) {}
}
