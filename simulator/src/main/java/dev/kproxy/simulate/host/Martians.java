package dev.kproxy.simulate.host;

import dev.kproxy.iproute.Route;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iptables.Match.AddrType.Kind;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// IPv4 addresses with which no packet can come in, which the kernel calls martian
/// (`ip_route_input_slow`).
final class Martians {
  /// Groups that reach no further than a link.
  private static final Cidr OF_LINK = Cidr.of("224.0.0.0/24");

  private final Addresses addresses;
  private final Settings settings;

  /// Whether somebody has made routes to the host itself, beside those that the kernel makes
  /// (`inet_rtm_newroute`).
  private final boolean hasCustomLocalRoutes;

  Martians(Addresses addresses, Settings settings, Optional<RouteTable> routes) {
    this.addresses = addresses;
    this.settings = settings;
    this.hasCustomLocalRoutes =
        routes.stream().flatMap(table -> table.routes().stream()).anyMatch(Martians::isCustomLocal);
  }

  private static boolean isCustomLocal(Route route) {
    return route.destination().family() == Family.IPV4
        && route.type() == Route.Type.LOCAL
        && !route.protocol().equals("kernel");
  }

  /// Why the addresses of a packet are impossible; null where they are not.
  @Nullable String why(Header header, @Nullable String in) {
    Ip source = header.source();
    Ip destination = header.destination();
    Optional<Kind> sourceKind = addresses.kind(source);
    if (sourceKind.equals(Optional.of(Kind.MULTICAST)) || Addresses.isLimitedBroadcast(source)) {
      return "martian source " + source;
    }
    String impossible =
        Addresses.isLimitedBroadcast(destination) ? null : impossible(source, destination, in);
    if (impossible != null || source.isUnspecified()) {
      return impossible;
    }
    if (sourceKind.equals(Optional.of(Kind.BROADCAST))) {
      return asksRoutes(in) ? "martian source " + source + ", a broadcast address" : null;
    }
    return isFromSelf(source, in) && !settings.acceptsLocal(in) ? ownSource(header) : null;
  }

  static String ownSource(Header header) {
    return "martian source " + header.source() + ", an address of this host";
  }

  /// Whether rules of policy routing decide if the source is one of the host's own.
  boolean hangsOnRules(Header header, @Nullable String in) {
    return asksRoutes(in) && !settings.acceptsLocal(in) && addresses.hangsOnRules(header.source());
  }

  private @Nullable String impossible(Ip source, Ip destination, @Nullable String in) {
    if (source.isUnspecified()) {
      return destination.isUnspecified() || OF_LINK.contains(destination)
          ? null
          : "martian source " + source;
    }
    if (destination.isUnspecified()) {
      return "martian destination " + destination;
    }
    if ((source.isLoopback() || destination.isLoopback()) && !settings.routesLocalnet(in)) {
      return destination.isLoopback()
          ? "martian destination " + destination + ", route_localnet is 0"
          : "martian source " + source + ", route_localnet is 0";
    }
    return null;
  }

  /// Whether a source is taken for one of the host's own: where the routes are asked, every local
  /// address is, else those of the interfaces are.
  private boolean isFromSelf(Ip source, @Nullable String in) {
    return addresses.isAssigned(source) || (asksRoutes(in) && addresses.isLocal(source));
  }

  /// Whether the routes are asked for the source, because sources are checked or somebody has made
  /// local ones (`fib_validate_source`).
  private boolean asksRoutes(@Nullable String in) {
    return hasCustomLocalRoutes || settings.reversePathFilter(in) != 0;
  }
}
