package dev.kproxy.simulate.iptables.match;

import dev.kproxy.iproute.Route;
import dev.kproxy.iproute.RouteTable;
import dev.kproxy.iptables.Match.AddrType;
import dev.kproxy.iptables.Match.AddrType.Kind;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.host.Addresses;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.iptables.flow.Flow;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What `-m addrtype` asks (`net/netfilter/xt_addrtype.c`).
///
/// For IPv4 an address has one type, and any of those named will do. For IPv6 `UNICAST`,
/// `MULTICAST` and `UNSPEC` must all hold, where they are named, and are asked of the address
/// itself, so that a local address is unicast, too; the other types are asked of the route, which
/// is none of them for a multicast address.
final class AddrTypeMatching {
  private AddrTypeMatching() {}

  static Answer ask(AddrType match, Flow flow, Facts facts) {
    String device = null;
    if (match.limitIn() || match.limitOut()) {
      device = match.limitIn() ? flow.in() : flow.out();
      if (device == null) {
        return new Answer.Unknown(
            match.limitIn()
                ? new Why(
                    Missing.IN_INTERFACE,
                    "the interface that --limit-iface-in asks for is not given")
                : new Why(
                    facts.routing().missingOfWayOut(flow.header(), flow.in()),
                    "the interface that --limit-iface-out asks for is not given"),
            match);
      }
    }
    String asked = device == null || device.isEmpty() ? null : device;
    Answer source = ask(match.source(), flow.header().source(), asked, facts);
    if (source == Answer.Known.NO) {
      return source;
    }
    Answer destination = ask(match.destination(), flow.header().destination(), asked, facts);
    return destination == Answer.Known.YES ? source : destination;
  }

  private static Answer ask(
      Optional<Negatable<Set<Kind>>> kinds, Ip ip, @Nullable String device, Facts facts) {
    if (kinds.isEmpty()) {
      return Answer.Known.YES;
    }
    Set<Kind> wanted = kinds.get().value();
    Answer answer =
        ip.family() == Family.IPV4
            ? v4(wanted, ip, device, facts.addresses())
            : v6(wanted, ip, device, facts);
    return answer.invertedIf(kinds.get().inverted());
  }

  private static Answer v4(Set<Kind> wanted, Ip ip, @Nullable String device, Addresses addresses) {
    Optional<Kind> kind = addresses.kind(ip, device);
    return kind.isPresent()
        ? Answer.Known.of(wanted.contains(kind.get()))
        : unknown(wanted, ip, device, addresses);
  }

  private static Answer v6(Set<Kind> wanted, Ip ip, @Nullable String device, Facts facts) {
    Optional<Kind> kind = facts.addresses().kind(ip, device);
    boolean multicast = kind.equals(Optional.of(Kind.MULTICAST));
    if ((wanted.contains(Kind.MULTICAST) && !multicast)
        || (wanted.contains(Kind.UNICAST) && (multicast || ip.isUnspecified()))
        || (wanted.contains(Kind.UNSPEC) && !ip.isUnspecified())) {
      return Answer.Known.NO;
    }
    boolean asksRoutes =
        wanted.contains(Kind.LOCAL)
            || wanted.contains(Kind.ANYCAST)
            || wanted.contains(Kind.PROHIBIT)
            || wanted.contains(Kind.UNREACHABLE);
    if (!asksRoutes) {
      return Answer.Known.YES;
    }
    if (kind.isEmpty()) {
      return unknown(wanted, ip, device, facts.addresses());
    }
    if (kind.get() != Kind.UNICAST) {
      return Answer.Known.of(!multicast && wanted.contains(kind.get()));
    }
    return wanted.contains(Kind.UNREACHABLE) ? unreachable(ip, device, facts) : Answer.Known.NO;
  }

  /// Whether no route leads to an address, or one that refuses packets, whichever way
  /// (`match_lookup_rt6`). Where an interface is asked for, only its routes count.
  private static Answer unreachable(Ip ip, @Nullable String device, Facts facts) {
    Optional<RouteTable> told = facts.host().routes().flatMap(table -> table.of(ip.family()));
    if (told.isEmpty() || device != null) {
      return new Answer.Unknown(
          new Why(
              told.isEmpty() ? Missing.ROUTES : Missing.RUNNING_HOST,
              "whether a route leads to " + ip + " is not given"),
          new Asked(Set.of(Kind.UNREACHABLE), ip, device == null ? "" : device));
    }
    return Answer.Known.of(told.get().lookup(ip).map(Route::isReject).orElse(true));
  }

  /// Where only the local addresses are asked for, the question is the one that routing asks, too.
  private static Answer unknown(
      Set<Kind> wanted, Ip ip, @Nullable String device, Addresses addresses) {
    Object key =
        device == null && wanted.equals(Set.of(Kind.LOCAL))
            ? new Addresses.IsLocal(ip)
            : new Asked(wanted, ip, device == null ? "" : device);
    return new Answer.Unknown(addresses.whyOpen("what " + ip + " is for this host", ip), key);
  }

  private record Asked(Set<Kind> kinds, Ip ip, String device) {}
}
