package dev.kproxy.ipset;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Makes sets of every type, with every option and entry that the type takes.
final class RandomSets {
  private static final String NAME_CHARACTERS = "abzAZ09;#|!{}[]$~?^()<>*&%'_-:,./\\é";

  private static final List<SetType> TYPES = List.of(SetType.values());

  private final Random random;

  RandomSets(long seed) {
    this.random = new Random(seed);
  }

  IpSet set() {
    SetType type = TYPES.get(random.nextInt(TYPES.size()));
    Family family = type.hasFamily() && random.nextBoolean() ? Family.IPV6 : Family.IPV4;
    Map<List<Element>, Entry> entries = new LinkedHashMap<>();
    int size = random.nextInt(6);
    for (int i = 0; i < size; i++) {
      List<Element> elements = new ArrayList<>();
      for (Dimension dimension : type.dimensions()) {
        if (!(type == SetType.BITMAP_IP_MAC && dimension == Dimension.MAC && one(3))) {
          elements.add(element(type, dimension, family, elements.isEmpty()));
        }
      }
      List<Element> key = type == SetType.BITMAP_IP_MAC ? elements.subList(0, 1) : elements;
      entries.putIfAbsent(key, new Entry(elements, entryOptions(type)));
    }
    return new IpSet(name(), type, options(type, family), List.copyOf(entries.values()));
  }

  private List<SetOption> options(SetType type, Family family) {
    List<SetOption> options = new ArrayList<>();
    if (type == SetType.BITMAP_PORT) {
      options.add(new SetOption.Ports(PortRange.ALL));
    } else if (type.hasRange()) {
      options.add(new SetOption.AddressRange(Ip.of("10.96.0.0"), Ip.of("10.96.255.255")));
    }
    if (type.hasFamily()) {
      options.add(new SetOption.AddressFamily(family));
    }
    if (type == SetType.HASH_IP_MARK) {
      options.add(new SetOption.Markmask(-1));
    }
    for (SetOption.Count.Name name : SetOption.Count.Name.values()) {
      if (one(3) && name != SetOption.Count.Name.NETMASK) {
        options.add(new SetOption.Count(name, random.nextLong(name.limit() + 1)));
      }
    }
    for (SetOption.Flag flag : SetOption.Flag.values()) {
      if (one(3)) {
        options.add(flag);
      }
    }
    if (one(2)) {
      options.add(new SetOption.InitialValue(random.nextInt()));
    }
    return options;
  }

  private List<EntryOption> entryOptions(SetType type) {
    List<EntryOption> options = new ArrayList<>();
    if (one(4)) {
      options.add(new EntryOption.Timeout(random.nextInt(2_147_484)));
    }
    if (one(4) && type.dimensions().contains(Dimension.NETWORK)) {
      options.add(EntryOption.Flag.NOMATCH);
    }
    if (one(4) && type.dimensions().contains(Dimension.INTERFACE)) {
      options.add(EntryOption.Flag.WILDCARD);
    }
    if (one(4)) {
      options.add(new EntryOption.Packets(random.nextLong(Long.MAX_VALUE)));
      options.add(new EntryOption.Bytes(-2 - random.nextInt(9)));
    }
    if (one(4)) {
      options.add(new EntryOption.Comment(pick("", "x", "a  b", "-exist", "# \\ ' ü", "add a b")));
    }
    if (one(4)) {
      options.add(new EntryOption.SkbMark(random.nextInt(), one(2) ? -1 : random.nextInt()));
      options.add(new EntryOption.SkbPriority(random.nextInt(65_536), random.nextInt(65_536)));
      options.add(new EntryOption.SkbQueue(random.nextInt(65_536)));
    }
    return options;
  }

  private Element element(SetType type, Dimension dimension, Family family, boolean first) {
    return switch (dimension) {
      case ADDRESS -> addresses(type, family, first);
      case NETWORK -> new Element.Network(network(family, type == SetType.HASH_NET_IFACE));
      case PROTOCOL_PORT -> ports(family);
      case PORT -> new Element.Ports(range());
      case MARK -> new Element.Mark(random.nextInt());
      case MAC -> new Element.Mac(random.nextLong(1L << 48));
      case INTERFACE -> new Element.Interface(pick("eth0", "cali+", "a@b", "0"), one(2));
      case SET -> new Element.Member(name());
    };
  }

  private Element addresses(SetType type, Family family, boolean first) {
    Ip ip = type.hasRange() ? inRange() : ip(family);
    if (first && family == Family.IPV4 && one(3)) {
      Ip other = type.hasRange() ? inRange() : ip(family);
      return ip.compareTo(other) <= 0
          ? new Element.Addresses(ip, other)
          : new Element.Addresses(other, ip);
    }
    return Element.Addresses.of(ip);
  }

  /// An address of the range of bitmaps.
  private Ip inRange() {
    return new Ip.V4(0x0a60_0000 | random.nextInt(1 << 16));
  }

  private Cidr network(Family family, boolean all) {
    return Cidr.of(ip(family), all && one(4) ? 0 : 1 + random.nextInt(family.bits()));
  }

  private Element ports(Family family) {
    int icmp = family == Family.IPV4 ? 1 : 58;
    int protocol =
        random.nextInt(4) == 0 ? icmp : List.of(6, 17, 132, 136, 47, 253).get(random.nextInt(6));
    return switch (protocol) {
      case 6, 17, 132, 136 -> new Element.ProtocolPorts(protocol, range());
      case 1, 58 -> Element.ProtocolPorts.of(protocol, random.nextInt(65_536));
      default -> Element.ProtocolPorts.of(protocol, 0);
    };
  }

  private PortRange range() {
    int first = random.nextInt(65_536);
    return one(2)
        ? PortRange.of(first)
        : new PortRange(first, first + random.nextInt(65_536 - first));
  }

  private Ip ip(Family family) {
    if (family == Family.IPV4) {
      return new Ip.V4(random.nextInt());
    }
    return switch (random.nextInt(4)) {
      case 0 -> new Ip.V6(0, random.nextInt(1 << 20));
      case 1 -> new Ip.V6(0, 0xffff_0000_0000L | random.nextInt(1 << 20));
      case 2 -> new Ip.V6(0xfe80L << 48, random.nextInt(1 << 20));
      default -> new Ip.V6(random.nextLong(), random.nextLong());
    };
  }

  private String name() {
    StringBuilder name = new StringBuilder("N");
    int length = random.nextInt(15);
    for (int i = 0; i < length; i++) {
      name.append(NAME_CHARACTERS.charAt(random.nextInt(NAME_CHARACTERS.length())));
    }
    return name.toString();
  }

  private boolean one(int in) {
    return random.nextInt(in) == 0;
  }

  private String pick(String... texts) {
    return texts[random.nextInt(texts.length)];
  }
}
