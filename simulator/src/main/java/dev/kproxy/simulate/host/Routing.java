package dev.kproxy.simulate.host;

import dev.kproxy.iptables.Match.AddrType.Kind;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Sysctls;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a host's kernel decides between the hooks (`net/ipv4/route.c`, `net/ipv6/ip6_input.c`).
public final class Routing {
  private static final Decision LOCAL = new Decision.Local();

  private final Addresses addresses;
  private final Sysctls sysctls;

  /// The routing of a host.
  public Routing(HostFacts facts, Addresses addresses) {
    this.addresses = addresses;
    this.sysctls = facts.sysctls();
  }

  /// Why a packet does not even reach PREROUTING: a loopback address of IPv6 that comes from
  /// outside.
  public Optional<Decision> arrival(Header header) {
    boolean loopback = header.source().isLoopback() || header.destination().isLoopback();
    return header.family() == Family.IPV6 && loopback
        ? Optional.of(new Decision.Dropped("a loopback address from outside"))
        : Optional.empty();
  }

  /// Where a packet goes that came in by `in`.
  ///
  /// @param in null where nobody told
  /// @param out where somebody said by which interface it leaves
  public Decision input(Header header, @Nullable String in, @Nullable String out) {
    if (header.family() == Family.IPV4) {
      String martian = martian(header, in);
      if (martian != null) {
        return new Decision.Dropped(martian);
      }
    }
    Ip destination = header.destination();
    Optional<Kind> kind = addresses.kind(destination);
    if (kind.isEmpty()) {
      return new Decision.Unknown(
          "whether " + destination + " is an address of this host is not given",
          new Addresses.IsLocal(destination),
          LOCAL,
          forward(header, in, out));
    }
    return switch (kind.get()) {
      case LOCAL, BROADCAST -> LOCAL;
      case MULTICAST ->
          new Decision.Unknown(
              "whether this host is in the group " + destination + " is not given",
              new Addresses.IsLocal(destination),
              LOCAL,
              new Decision.Dropped("a group that nobody here is in"));
      default -> forward(header, in, out);
    };
  }

  private Decision forward(Header header, @Nullable String in, @Nullable String out) {
    if (!sysctls.forwards(header.family(), in)) {
      return new Decision.Dropped("forwarding is off");
    }
    return new Decision.Out(out);
  }

  /// Why addresses are impossible, as `ip_route_input_slow` asks; null where they are not.
  private @Nullable String martian(Header header, @Nullable String in) {
    Ip source = header.source();
    Ip destination = header.destination();
    Optional<Kind> sourceKind = addresses.kind(source);
    if (sourceKind.equals(Optional.of(Kind.MULTICAST)) || Addresses.isLimitedBroadcast(source)) {
      return "martian source " + source;
    }
    if (Addresses.isLimitedBroadcast(destination)) {
      return null;
    }
    if (source.masked(8).isUnspecified()) {
      return "martian source " + source;
    }
    if (destination.masked(8).isUnspecified()) {
      return "martian destination " + destination;
    }
    if ((source.isLoopback() || destination.isLoopback()) && !sysctls.routesLocalnet(in)) {
      return destination.isLoopback()
          ? "martian destination " + destination + ", route_localnet is 0"
          : "martian source " + source + ", route_localnet is 0";
    }
    if (sourceKind.equals(Optional.of(Kind.LOCAL))
        && !source.isLoopback()
        && !sysctls.acceptsLocal(in)) {
      return "martian source " + source + ", an address of this host";
    }
    return null;
  }

  /// Where a packet goes that this host sends.
  ///
  /// @param out where somebody said by which interface it leaves
  public Decision output(Header header, @Nullable String out) {
    Ip destination = header.destination();
    Optional<Kind> kind = addresses.kind(destination);
    if (kind.isEmpty()) {
      return new Decision.Unknown(
          "whether " + destination + " is an address of this host is not given",
          new Addresses.IsLocal(destination),
          LOCAL,
          leave(header, out));
    }
    return kind.get() == Kind.LOCAL ? LOCAL : leave(header, out);
  }

  private Decision leave(Header header, @Nullable String out) {
    return header.source() instanceof Ip.V4 source
            && source.isLoopback()
            && !sysctls.routesLocalnet(out)
        ? new Decision.Dropped("a source of 127.0.0.0/8 cannot leave, route_localnet is 0")
        : new Decision.Out(out);
  }
}
