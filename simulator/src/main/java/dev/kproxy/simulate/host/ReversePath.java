package dev.kproxy.simulate.host;

import dev.kproxy.iproute.Route;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The way back to where a packet came from, as the setting `rp_filter` and the match `rpfilter`
/// ask for it (`__fib_validate_source`, `rpfilter_lookup_reverse`).
public final class ReversePath {
  private final Addresses addresses;
  private final Settings settings;
  private final Optional<RouteTable> routes;

  ReversePath(Addresses addresses, Settings settings, Optional<RouteTable> routes) {
    this.addresses = addresses;
    this.settings = settings;
    this.routes = routes;
  }

  /// What becomes of a packet that would go some way, if its source may come by that interface.
  Decision checked(Header header, @Nullable String in, Decision decision) {
    int filter = settings.reversePathFilter(in);
    Ip source = header.source();
    if (filter == 0 || "lo".equals(in) || source.isUnspecified() || source instanceof Ip.V6) {
      return decision;
    }
    Decision dropped = new Decision.Dropped("rp_filter: no way back to " + source);
    Optional<Boolean> back = filter == 1 || hasNoAddress(in) ? isBy(header, in) : exists(header);
    if (back.isPresent()) {
      return back.get() ? decision : dropped;
    }
    return new Decision.Unknown(
        new Why(
            missing(header.family()),
            "whether the way back to " + source + " is the one that it came is not given"),
        new Question(source, filter),
        decision,
        dropped);
  }

  /// An interface that has no IPv4 address is checked strictly where others are loosely.
  private boolean hasNoAddress(@Nullable String in) {
    return addresses.areGiven(in) && !addresses.has(in, Family.IPV4);
  }

  /// Whether there is a way back to the source of a packet; empty where nobody told.
  public Optional<Boolean> exists(Header header) {
    return told(header.family()).map(table -> routes(table, header).findAny().isPresent());
  }

  /// Whether there is one by an interface; empty where nobody told.
  ///
  /// @param device null where it is not known
  public Optional<Boolean> isBy(Header header, @Nullable String device) {
    Optional<Boolean> exists = exists(header);
    return device == null || exists.equals(Optional.of(false))
        ? exists.filter(isThere -> !isThere)
        : told(header.family())
            .map(table -> routes(table, header).anyMatch(route -> route.isBy(device)));
  }

  /// The routes for the narrowest network of an address. Of IPv4 the first one counts, of IPv6 the
  /// first one by the interface (`rt6_device_match`). The way to an own address is one, too: where
  /// that is no source for others, it is known by now.
  private static Stream<Route> routes(RouteTable table, Header header) {
    return table.candidates(header.destination(), header.source()).stream()
        .limit(header.family() == Family.IPV4 ? 1 : Long.MAX_VALUE)
        .filter(it -> it.type() == Route.Type.UNICAST || it.type() == Route.Type.LOCAL)
        .filter(it -> !it.isReject());
  }

  /// What would tell what is not known.
  public Missing missing(Family family) {
    return told(family).isEmpty() ? Missing.ROUTES : Missing.IN_INTERFACE;
  }

  private Optional<RouteTable> told(Family family) {
    return routes.flatMap(table -> table.of(family));
  }

  private record Question(Ip source, int filter) {}
}
