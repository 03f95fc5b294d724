package dev.kproxy.cli.diff.words;

import dev.kproxy.iproute.Interface;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.packet.Ways;
import java.util.List;
import java.util.stream.Stream;

/// The addresses of one family that tell who may send a packet.
///
/// @param own those of the node, but for loopback addresses
/// @param loopback all loopback addresses
/// @param virtual those that the node has for its virtual servers
/// @param martian those that no packet from elsewhere has for its source, so that people need not
///   be told of them
public record NodeAddresses(Ranges own, Ranges loopback, Ranges virtual, Ranges martian) {
  private static final Ranges LOOPBACK_BROADCAST = network("127.255.255.255/32");

  /// Those of a node before and after a change.
  public static NodeAddresses of(HostFacts before, HostFacts after, Family family) {
    Ranges own = of(after.interfaces().stream().flatMap(List::stream), family);
    Ranges loopback = network(family == Family.IPV4 ? "127.0.0.0/8" : "::1/128");
    Ranges virtual = of(Stream.concat(before.virtual().stream(), after.virtual().stream()), family);
    Stream<String> nobodies =
        family == Family.IPV4
            ? Stream.of("0.0.0.0/32", "224.0.0.0/4", "255.255.255.255/32")
            : Stream.of("::/127", "ff00::/8", "fe80::/10");
    Ranges martian =
        Ranges.union(
            Stream.concat(nobodies.map(NodeAddresses::network), Stream.of(own, loopback, virtual))
                .toList());
    return new NodeAddresses(own.minus(loopback), loopback, virtual, martian);
  }

  private static Ranges of(Stream<Interface> interfaces, Family family) {
    return Ranges.union(
        interfaces
            .flatMap(device -> device.addresses().stream())
            .map(Interface.Address::ip)
            .filter(ip -> ip.family() == family)
            .map(Ranges::of)
            .toList());
  }

  private static Ranges network(String network) {
    return Ranges.of(Cidr.of(network));
  }

  /// Whether nobody sends such packets: from elsewhere, those with a source that nobody else has,
  /// or for a loopback address; from the node, those from another address to a loopback one, and
  /// those from the address of a virtual server to any other, since the kernel sends from the
  /// address that it sends to where that is its own.
  public boolean isForged(PacketSet packets) {
    Ranges sources = packets.get(Field.SOURCE);
    Ranges destinations = packets.get(Field.DESTINATION);
    boolean toLoopback = loopback.containsAll(destinations);
    return packets.get(Field.WAY).contains(Ways.LOCAL)
        ? (toLoopback && !loopback.meets(sources))
            || (virtual.containsAll(sources) && !destinations.meets(sources))
        : martian.containsAll(sources) || toLoopback;
  }

  /// Whether these are all loopback addresses, but for the one that goes to all hosts.
  boolean areAllLoopback(Ranges addresses) {
    return LOOPBACK_BROADCAST.containsAll(loopback.minus(addresses));
  }

  /// Whether these are the addresses of the node, whichever of its loopback addresses are with
  /// them.
  boolean areAll(Ranges addresses) {
    return !own.isEmpty() && addresses.containsAll(own) && own.or(loopback).containsAll(addresses);
  }
}
