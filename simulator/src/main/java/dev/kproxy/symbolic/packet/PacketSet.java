package dev.kproxy.symbolic.packet;

import dev.kproxy.net.Family;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Transport;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The packets each of whose fields has one of the values that stand here for it.
public final class PacketSet {
  private static final int FIELDS = Field.values().length;

  private final Family family;
  private final Ranges[] fields;

  private PacketSet(Family family, Ranges[] fields) {
    this.family = family;
    this.fields = fields;
  }

  /// All packets of a family.
  public static PacketSet all(Family family, Ways ways) {
    Ranges[] fields = new Ranges[FIELDS];
    fields[Field.WAY.number()] = ways.all();
    fields[Field.STATE.number()] = States.ALL;
    fields[Field.PROTOCOL.number()] = Protocols.ALL;
    fields[Field.DESTINATION.number()] = Ranges.all(family);
    fields[Field.DESTINATION_PORT.number()] = Ranges.of(0, 0xffff);
    fields[Field.SOURCE_PORT.number()] = Ranges.of(0, 0xffff);
    fields[Field.SOURCE.number()] = Ranges.all(family);
    return new PacketSet(family, fields);
  }

  /// The family of all its packets.
  public Family family() {
    return family;
  }

  /// The values of a field.
  public Ranges get(Field field) {
    return fields[field.number()];
  }

  /// The same with other values of a field.
  public PacketSet with(Field field, Ranges values) {
    Ranges[] copy = fields.clone();
    copy[field.number()] = values;
    return new PacketSet(family, copy);
  }

  /// Those of them whose field has one of these values; empty where there is none.
  public Optional<PacketSet> and(Field field, Ranges values) {
    Ranges old = get(field);
    Ranges both = old.and(values);
    if (both.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(both.equals(old) ? this : with(field, both));
  }

  /// What is in both; empty where nothing is.
  public Optional<PacketSet> and(PacketSet other) {
    Optional<PacketSet> both = Optional.of(this);
    for (Field field : Field.values()) {
      both = both.flatMap(set -> set.and(field, other.get(field)));
    }
    return both;
  }

  /// Whether a packet is in both.
  public boolean meets(PacketSet other) {
    for (int i = 0; i < FIELDS; i++) {
      if (!fields[i].meets(other.fields[i])) {
        return false;
      }
    }
    return true;
  }

  /// Whether a packet is in it.
  public boolean contains(Packet packet, Ways ways) {
    Header header = packet.header();
    return header.family() == family
        && get(Field.WAY).contains(ways.of(packet))
        && get(Field.STATE).contains(States.number(packet.state()))
        && get(Field.DESTINATION).contains(header.destination())
        && get(Field.SOURCE).contains(header.source())
        && contains(header.transport());
  }

  private boolean contains(Transport transport) {
    return switch (transport) {
      case Transport.Ports(Protocol protocol, int source, int destination) ->
          contains(Protocols.number(protocol), source, destination);
      case Transport.Icmp(int type, int code) -> contains(Protocols.ICMP, 0, type << 8 | code);
      case Transport.Icmp6(int type, int code) -> contains(Protocols.ICMP, 0, type << 8 | code);
    };
  }

  private boolean contains(int protocol, int source, int destination) {
    return get(Field.PROTOCOL).contains(protocol)
        && get(Field.DESTINATION_PORT).contains(destination)
        && (protocol == Protocols.ICMP || get(Field.SOURCE_PORT).contains(source));
  }

  /// Whether all packets of the other set are in this one.
  public boolean containsAll(PacketSet other) {
    for (int i = 0; i < FIELDS; i++) {
      if (!fields[i].containsAll(other.fields[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PacketSet that
        && family == that.family
        && Arrays.equals(fields, that.fields);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(fields);
  }
}
