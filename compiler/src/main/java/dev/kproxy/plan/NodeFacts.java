package dev.kproxy.plan;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The node whose rules are made.
///
/// @param name its name, or empty: then no endpoint is local
/// @param zone its zone, or empty
/// @param ips its address in each family in which it is known
/// @param primary the family of its first address, or of the one that kube-proxy binds to; empty
///   where none is known
/// @param addresses every address of its interfaces, loopback included
/// @param podCidrs the ranges of its Pods
/// @param cpus the number of its CPUs, where known
public record NodeFacts(
    String name,
    String zone,
    Map<Family, Ip> ips,
    Optional<Family> primary,
    List<Ip> addresses,
    List<Cidr> podCidrs,
    OptionalInt cpus) {

  public NodeFacts {
    ips = Map.copyOf(ips);
    addresses = List.copyOf(addresses);
    podCidrs = List.copyOf(podCidrs);
  }

  /// Its address in `family`; loopback where it is not known.
  public Ip ip(Family family) {
    return ips.getOrDefault(family, loopback(family));
  }

  /// Its addresses of `family` that others may reach it at in IPVS mode: not loopback, and for IPv6
  /// not those of a link, either.
  public List<Ip> ownAddresses(Family family) {
    return addresses.stream()
        .filter(ip -> ip.family() == family && !ip.isLoopback())
        .filter(ip -> family == Family.IPV4 || !ip.isLinkLocal())
        .distinct()
        .toList();
  }

  /// 127.0.0.1 or ::1.
  public static Ip loopback(Family family) {
    return family == Family.IPV4 ? new Ip.V4(0x7f000001) : new Ip.V6(0, 1);
  }
}
