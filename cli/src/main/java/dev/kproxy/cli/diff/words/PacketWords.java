package dev.kproxy.cli.diff.words;

import dev.kproxy.net.Family;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Packet;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Protocols;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.packet.States;
import dev.kproxy.symbolic.packet.Ways;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Describes sets of packets of one family in words.
public final class PacketWords {
  private static final int MOST_RANGES = 3;
  private static final String ALL_BUT = "all but ";

  private final NodeAddresses node;

  /// @param node the addresses of the node that the packets meet
  public PacketWords(NodeAddresses node) {
    this.node = node;
  }

  /// Where packets are sent to.
  public Target target(PacketSet packets) {
    Family family = packets.family();
    Ranges destination = packets.get(Field.DESTINATION);
    Ranges ports = packets.get(Field.DESTINATION_PORT);
    boolean isIcmp = packets.get(Field.PROTOCOL).equals(Ranges.of(Protocols.ICMP));
    if (isIcmp || !ports.isSingle()) {
      return Target.of(
          destination.isSingle()
              ? destination.first(0, family).toString()
              : place(destination, family));
    }
    int port = ports.first(0);
    Target nodePort = Target.of("node port " + port);
    if (node.areAll(destination)) {
      return nodePort;
    }
    if (node.loopback().containsAll(destination)) {
      Ranges part = node.areAllLoopback(destination) ? node.loopback() : destination;
      String text = nodePort.text() + " of " + addresses(part, family);
      return new Target(text, Optional.of(nodePort));
    }
    return Target.of(
        destination.isSingle()
            ? destination.first(0, family).withPort(port)
            : "port " + port + " of " + place(destination, family));
  }

  private String place(Ranges destination, Family family) {
    String addresses = addresses(destination, family);
    return addresses.isEmpty() ? "any address" : addresses;
  }

  /// The protocol of packets, where it is one.
  public static String protocol(PacketSet packets) {
    Ranges protocols = packets.get(Field.PROTOCOL);
    return protocols.isSingle()
        ? Protocols.of(protocols.first(0)).map(Protocol::lowerCase).orElse("icmp")
        : "";
  }

  /// Which of the packets to a target are meant; empty where it is all of them.
  ///
  /// @param sets at least one
  public String sources(List<PacketSet> sets) {
    Ranges states = union(sets, Field.STATE);
    boolean areFirst = states.contains(States.number(Packet.State.NEW));
    return Stream.of(senders(sets), areFirst ? "" : "of packets that are " + states(states))
        .filter(words -> !words.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private String senders(List<PacketSet> sets) {
    Predicate<PacketSet> isLocal = set -> set.get(Field.WAY).equals(Ranges.of(Ways.LOCAL));
    List<PacketSet> local = sets.stream().filter(isLocal).toList();
    List<PacketSet> others = sets.stream().filter(isLocal.negate()).toList();
    Ranges elsewhere = union(others, Field.SOURCE);
    boolean fromNode = !local.isEmpty();
    if (others.isEmpty() || (fromNode && node.martian().containsAll(elsewhere))) {
      boolean isLoopback = node.loopback().containsAll(union(local, Field.SOURCE));
      return "from the node itself" + (isLoopback ? " by a loopback address" : "");
    }
    String addresses = addresses(elsewhere, sets.getFirst().family());
    if (addresses.isEmpty()) {
      return fromNode ? "" : "from " + ALL_BUT + "the node itself";
    }
    boolean isList = !addresses.startsWith(ALL_BUT);
    return "from " + addresses + (fromNode == isList ? " and the node itself" : "");
  }

  private static Ranges union(List<PacketSet> sets, Field field) {
    return Ranges.union(sets.stream().map(set -> set.get(field)).toList());
  }

  private static String states(Ranges states) {
    return Arrays.stream(Packet.State.values())
        .filter(state -> states.contains(States.number(state)))
        .map(state -> state.toString().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(" or "));
  }

  /// Addresses in few words; empty where it is all or nearly all of them.
  private String addresses(Ranges ranges, Family family) {
    Ranges others = Ranges.all(family).minus(ranges).minus(node.martian());
    if (others.isEmpty()) {
      return "";
    }
    Ranges likely = ranges.minus(node.martian());
    Ranges shown = likely.isEmpty() ? ranges : likely;
    if (shown.count() <= MOST_RANGES) {
      return Networks.text(shown, family);
    }
    return others.count() <= MOST_RANGES
        ? ALL_BUT + Networks.text(others, family)
        : Networks.count(shown, family);
  }
}
