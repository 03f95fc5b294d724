package dev.kproxy.simulate.host;

import dev.kproxy.iproute.Route;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iptables.Match.AddrType.Kind;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The routing of IPv6 destinations that mean something on one link alone, loopback and link-local
/// ones: they are looked for among the addresses and routes of the interface that a packet came in
/// by, and leave by no other (`rt6_need_strict`).
final class LinkRouting {
  private static final Decision LOCAL = new Decision.Local();
  private static final Decision REFUSED = new Decision.Refused("icmp6-no-route");

  private final Addresses addresses;
  private final Settings settings;
  private final Optional<RouteTable> routes;

  LinkRouting(Addresses addresses, Settings settings, Optional<RouteTable> routes) {
    this.addresses = addresses;
    this.settings = settings;
    this.routes = routes.flatMap(table -> table.of(Family.IPV6));
  }

  static boolean isFor(Ip destination) {
    return destination.family() == Family.IPV6
        && (destination.isLoopback() || destination.isLinkLocal());
  }

  /// Where a packet goes that came in by `in`.
  ///
  /// @param in null where nobody told
  Decision input(Ip destination, @Nullable String in) {
    Optional<Kind> kind = addresses.kind(destination, in);
    boolean isLocal = kind.filter(it -> it == Kind.LOCAL || it == Kind.ANYCAST).isPresent();
    if (destination.isLoopback() || (!isLocal && isKnown(in, kind))) {
      return forward(destination, in);
    }
    return isLocal && in != null
        ? LOCAL
        : new Decision.Unknown(
            new Why(
                in == null ? Missing.IN_INTERFACE : Missing.ADDRESSES,
                "whether the interface that the packet came in by has "
                    + destination
                    + " is not given"),
            new HasAddress(destination),
            LOCAL,
            forward(destination, in));
  }

  private boolean isKnown(@Nullable String in, Optional<Kind> kind) {
    return in == null ? kind.isPresent() : addresses.areGiven(in);
  }

  /// Every interface has a route for link-local addresses; one for a loopback address is the
  /// default route at most.
  private Decision forward(Ip destination, @Nullable String in) {
    Decision out = new Decision.Out(in, null);
    if (!settings.forwards(Family.IPV6, in)) {
      return Routing.FORWARDING_IS_OFF;
    }
    if (routes.isPresent() && in != null) {
      return hasRoute(routes.get(), destination, in) ? out : REFUSED;
    }
    return destination.isLinkLocal()
        ? out
        : new Decision.Unknown(
            new Why(
                routes.isEmpty() ? Missing.ROUTES : Missing.IN_INTERFACE,
                "whether a route to " + destination + " goes back by its interface is not given"),
            new HasRoute(destination),
            out,
            REFUSED);
  }

  private static boolean hasRoute(RouteTable table, Ip destination, String in) {
    return table.routes().stream()
        .filter(route -> route.type() == Route.Type.UNICAST)
        .filter(route -> route.destination().contains(destination))
        .anyMatch(route -> route.isBy(in));
  }

  private record HasAddress(Ip destination) {}

  private record HasRoute(Ip destination) {}
}
