package dev.kproxy.iproute;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A route that is being read: its words, before they are known to be addresses and numbers.
final class RouteDraft {
  private static final Set<String> FLAGS = Set.of("onlink", "linkdown", "dead", "pervasive");

  private final int line;
  private final int column;
  private final String shown;
  private final List<Hop> hops = new ArrayList<>();

  String type = "unicast";
  String destination = "";
  String table = Route.MAIN;
  String source = "";
  String metric = "0";
  String protocol = "boot";
  String scope = "global";
  String from = "";
  String tos = "";

  /// The preference of a router, which only IPv6 routes have.
  String preference = "";

  /// @param shown what stands for the route in a message
  RouteDraft(int line, int column, String shown) {
    this.line = line;
    this.column = column;
    this.shown = shown;
    hops.add(new Hop());
  }

  /// The hop that is being read.
  Hop hop() {
    return hops.getLast();
  }

  /// Begins another hop.
  void nextHop() {
    hops.add(new Hop());
  }

  /// The route; a fault where it is none.
  Optional<Route> build(Faults faults) {
    Optional<Route.Type> known = Route.Type.parse(type);
    Optional<Cidr> network = network(destination);
    Optional<Long> cost = number(metric);
    Optional<Ip> address = Ip.parse(source);
    Optional<Cidr> sources = network(from);
    boolean understood =
        known.isPresent()
            && network.isPresent()
            && cost.isPresent()
            && (address.isPresent() || source.isEmpty())
            && (sources.isPresent() || from.isEmpty())
            && hops.stream().allMatch(Hop::isUnderstood);
    if (!understood) {
      faults.syntax(line, column, "not a route: " + Printable.quote(shown));
      return Optional.empty();
    }
    Route.Type kind = known.orElseThrow();
    return Optional.of(
        new Route(
            kind,
            network.orElseThrow(),
            tableName(),
            goesSomewhere(kind)
                ? hops.stream().filter(Hop::isGiven).map(Hop::build).toList()
                : List.of(),
            address,
            cost.orElseThrow(),
            protocol,
            scope,
            sources,
            Optional.of(tos).filter(it -> !it.isEmpty() && !it.equals("0") && !it.equals("0x0")),
            preference.equals("high") ? 1 : preference.equals("low") ? -1 : 0));
  }

  private static boolean goesSomewhere(Route.Type type) {
    return switch (type) {
      case UNICAST, LOCAL, BROADCAST, ANYCAST, MULTICAST, NAT -> true;
      case BLACKHOLE, UNREACHABLE, PROHIBIT, THROW -> false;
    };
  }

  /// Where a host has no names for its tables, or `-N` asks for none, they are numbers.
  private String tableName() {
    return switch (table) {
      case "255" -> Route.LOCAL;
      case "254" -> Route.MAIN;
      case "253" -> "default";
      default -> table;
    };
  }

  private Optional<Cidr> network(String text) {
    if (text.equals("default")) {
      return Optional.of(isIpv6() ? new Cidr(new Ip.V6(0, 0), 0) : new Cidr(new Ip.V4(0), 0));
    }
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    Optional<Ip> ip = Ip.parse(address).map(it -> address.contains(":") ? sixteenBytes(it) : it);
    Optional<Long> prefix =
        slash < 0
            ? ip.map(it -> (long) it.family().bits())
            : number(text.substring(slash + 1)).filter(it -> it <= 128);
    return ip.flatMap(
        it ->
            prefix
                .filter(length -> length <= it.family().bits())
                .map(length -> Cidr.of(it, length.intValue())));
  }

  /// Some hosts have a route for all IPv4-mapped addresses, which is none for all of IPv4.
  private static Ip sixteenBytes(Ip ip) {
    return ip instanceof Ip.V4(int bits)
        ? new Ip.V6(0, 0xffff_0000_0000L | Integer.toUnsignedLong(bits))
        : ip;
  }

  private boolean isIpv6() {
    return !preference.isEmpty()
        || source.contains(":")
        || from.contains(":")
        || hops.stream().anyMatch(hop -> hop.gateway.contains(":") && !hop.otherFamily);
  }

  private static Optional<Long> number(String text) {
    return text.matches("\\d{1,10}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  /// One hop.
  static final class Hop {
    String device = "";
    String gateway = "";
    String weight = "1";
    private boolean otherFamily;
    private final List<String> flags = new ArrayList<>();

    /// Sets a gateway of the family that the route is not of.
    void otherFamily(String address) {
      gateway = address;
      otherFamily = true;
    }

    /// Keeps a word that says something of the way; others are passed over.
    void flag(String word) {
      if (FLAGS.contains(word)) {
        flags.add(word);
      }
    }

    boolean isGiven() {
      return !device.isEmpty() || !gateway.isEmpty();
    }

    boolean isUnderstood() {
      return (gateway.isEmpty() || Ip.parse(gateway).isPresent())
          && number(weight).filter(it -> it <= Integer.MAX_VALUE).isPresent();
    }

    Route.Hop build() {
      return new Route.Hop(device, Ip.parse(gateway), Integer.parseInt(weight), flags);
    }
  }
}
