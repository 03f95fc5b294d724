package dev.kproxy.symbolic.rules;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iproute.Route;
import dev.kproxy.iptables.Match.AddrType.Kind;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.symbolic.packet.Partition;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// What a host's kernel asks of every address, whatever the rules.
public final class HostQuestions {
  /// Groups that reach no further than an interface, whatever their flags (RFC 4291, 2.7).
  private static final Ranges OF_INTERFACES =
      Ranges.union(
          IntStream.range(0, 16)
              .mapToObj(flags -> new Ip.V6((0xff00L | flags << 4) << 48, 0))
              .map(ip -> Ranges.of(Cidr.of(ip, 15)))
              .toList());

  private final List<Ranges> addresses = new ArrayList<>();
  private final Ranges virtual;
  private final List<Ranges> parts;
  private final Facts facts;
  private final Family family;

  /// The questions of a host about addresses of a family.
  public HostQuestions(HostFacts host, Family family) {
    this.facts = Facts.of(host);
    this.family = family;
    special();
    for (Interface device : host.interfaces().orElse(List.of())) {
      for (Interface.Address address : device.addresses()) {
        if (address.ip().family() == family) {
          addresses.add(Ranges.of(address.ip()));
          addresses.add(Ranges.of(address.network().last()));
          addresses.add(Ranges.of(address.network().network()));
          address.broadcast().map(Ranges::of).ifPresent(addresses::add);
          if (device.isLoopback()) {
            addresses.add(Ranges.of(address.network()));
          }
        }
      }
    }
    virtual =
        Ranges.union(
            host.virtual().stream()
                .flatMap(device -> device.addresses().stream())
                .map(Interface.Address::ip)
                .filter(ip -> ip.family() == family)
                .map(Ranges::of)
                .toList());
    if (!virtual.isEmpty()) {
      addresses.add(virtual);
    }
    host.routes()
        .ifPresent(
            routes ->
                routes.routes().stream()
                    .map(Route::destination)
                    .filter(network -> network.family() == family)
                    .forEach(network -> addresses.add(Ranges.of(network))));
    parts = Partition.of(Ranges.all(family), addresses);
  }

  /// What is special on every host: no address, all hosts, groups, loopback, link-local.
  private void special() {
    List<String> networks =
        family == Family.IPV4
            ? List.of(
                "0.0.0.0/32",
                "255.255.255.255/32",
                "224.0.0.0/4",
                "224.0.0.0/24",
                "224.0.0.1/32",
                "127.0.0.0/8",
                "127.255.255.255/32")
            : List.of("::/128", "::1/128", "ff00::/8", "ff02::1/128", "fe80::/10");
    networks.forEach(network -> addresses.add(Ranges.of(Cidr.of(network))));
    if (family == Family.IPV6) {
      addresses.add(OF_INTERFACES);
    }
    if (!areGiven()) {
      addresses.add(Ranges.of(Ip.of(family == Family.IPV4 ? "127.0.0.1" : "::1")));
    }
  }

  /// Sets of addresses that the kernel treats differently.
  public List<Ranges> addresses() {
    return addresses;
  }

  /// The addresses of the host that others can reach, in order; those by which it sends.
  public Set<Ip> own() {
    Set<Ip> own = new TreeSet<>();
    for (Interface device : facts.host().interfaces().orElse(List.of())) {
      for (Interface.Address address : device.addresses()) {
        if (address.ip().family() == family && !address.ip().isLoopback()) {
          own.add(address.ip());
        }
      }
    }
    return own;
  }

  /// The addresses of interfaces that hold those of virtual servers.
  public Ranges virtual() {
    return virtual;
  }

  /// Whether somebody told the addresses of the host; if not, whether one address is another one
  /// makes a difference, too.
  public boolean areGiven() {
    return facts.addresses().areGiven();
  }

  /// Addresses that may be of one of these kinds.
  Ranges ofKinds(Set<Kind> kinds, boolean inverted) {
    Ranges found = Ranges.NONE;
    for (Ranges part : parts) {
      Optional<Kind> kind = facts.addresses().kind(part.first(0, family));
      if (kind.isEmpty() || kinds.contains(kind.get()) != inverted) {
        found = found.or(part);
      }
    }
    return found;
  }
}
