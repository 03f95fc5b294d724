package dev.kproxy.ipset;

import static dev.kproxy.ipset.Dimension.ADDRESS;
import static dev.kproxy.ipset.Dimension.INTERFACE;
import static dev.kproxy.ipset.Dimension.MAC;
import static dev.kproxy.ipset.Dimension.MARK;
import static dev.kproxy.ipset.Dimension.NETWORK;
import static dev.kproxy.ipset.Dimension.PORT;
import static dev.kproxy.ipset.Dimension.PROTOCOL_PORT;
import static dev.kproxy.ipset.Dimension.SET;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The type of a set: how it is stored, and what its entries consist of.
public enum SetType {
  /// IPv4 addresses of one range.
  BITMAP_IP("bitmap:ip", ADDRESS),
  /// IPv4 addresses of one range, each with the hardware address that it must come with, or with
  /// none until the first packet tells it.
  BITMAP_IP_MAC("bitmap:ip,mac", ADDRESS, MAC),
  /// Ports of one range, without a protocol.
  BITMAP_PORT("bitmap:port", PORT),
  /// Addresses.
  HASH_IP("hash:ip", ADDRESS),
  /// Addresses with hardware addresses.
  HASH_IP_MAC("hash:ip,mac", ADDRESS, MAC),
  /// Addresses with marks.
  HASH_IP_MARK("hash:ip,mark", ADDRESS, MARK),
  /// Addresses with ports.
  HASH_IP_PORT("hash:ip,port", ADDRESS, PROTOCOL_PORT),
  /// Addresses with ports and other addresses.
  HASH_IP_PORT_IP("hash:ip,port,ip", ADDRESS, PROTOCOL_PORT, ADDRESS),
  /// Addresses with ports and networks.
  HASH_IP_PORT_NET("hash:ip,port,net", ADDRESS, PROTOCOL_PORT, NETWORK),
  /// Hardware addresses.
  HASH_MAC("hash:mac", MAC),
  /// Networks.
  HASH_NET("hash:net", NETWORK),
  /// Networks with interfaces.
  HASH_NET_IFACE("hash:net,iface", NETWORK, INTERFACE),
  /// Pairs of networks.
  HASH_NET_NET("hash:net,net", NETWORK, NETWORK),
  /// Networks with ports.
  HASH_NET_PORT("hash:net,port", NETWORK, PROTOCOL_PORT),
  /// Networks with ports and other networks.
  HASH_NET_PORT_NET("hash:net,port,net", NETWORK, PROTOCOL_PORT, NETWORK),
  /// Other sets, asked in order.
  LIST_SET("list:set", SET);

  private static final Map<String, SetType> BY_TEXT =
      Arrays.stream(values()).collect(Collectors.toMap(SetType::toString, Function.identity()));

  private final String text;

  @SuppressWarnings("ImmutableEnumChecker") // List.of makes what nobody can change
  private final List<Dimension> dimensions;

  SetType(String text, Dimension... dimensions) {
    this.text = text;
    this.dimensions = List.of(dimensions);
  }

  /// The type that ipset spells so.
  public static Optional<SetType> parse(String text) {
    return Optional.ofNullable(BY_TEXT.get(text));
  }

  /// What each element of an entry is. A `-m set` match must name as many sides, a [#LIST_SET]'s as
  /// many as the set that it finds has.
  public List<Dimension> dimensions() {
    return dimensions;
  }

  /// Whether its sets are of an IP family and say of which.
  public boolean hasFamily() {
    return text.startsWith("hash:") && this != HASH_MAC;
  }

  /// Whether its sets have a range that they are made for.
  public boolean hasRange() {
    return text.startsWith("bitmap:");
  }

  /// The spelling of ipset: `hash:ip,port`.
  @Override
  public String toString() {
    return text;
  }
}
