package dev.kproxy.ipset;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.ProtocolNames;
import dev.kproxy.net.SyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the elements of one set's entries.
final class ElementParser {
  private static final int ICMP = 1;
  private static final int ICMPV6 = 58;

  private final IpSet set;
  private final Family family;

  /// @param set without its entries
  ElementParser(IpSet set) {
    this.set = set;
    this.family = set.family().orElse(Family.IPV4);
  }

  /// The entries that `word` makes, each with its elements: one, or several where it has a range of
  /// addresses in the place of a network, which no single network need cover.
  List<List<Element>> parse(Word word) throws SyntaxException {
    List<Dimension> dimensions = set.type().dimensions();
    List<Word> parts = dimensions.size() == 1 ? List.of(word) : split(word);
    boolean mayLackMac = set.type() == SetType.BITMAP_IP_MAC && parts.size() == 1;
    if (parts.size() != dimensions.size() && !mayLackMac) {
      throw SyntaxException.at(word, word.shown() + " has not the parts of " + set.type());
    }
    List<List<Element>> entries = List.of(List.of());
    for (int i = 0; i < parts.size(); i++) {
      entries = product(entries, elements(dimensions.get(i), i > 0, parts.get(i)));
    }
    return entries;
  }

  private static List<Word> split(Word word) {
    List<Word> parts = new ArrayList<>();
    int from = 0;
    for (int at = word.text().indexOf(','); at >= 0; at = word.text().indexOf(',', from)) {
      parts.add(word.part(from, at));
      from = at + 1;
    }
    parts.add(word.part(from, word.text().length()));
    return parts;
  }

  private static List<List<Element>> product(
      List<List<Element>> entries, List<? extends Element> elements) {
    List<List<Element>> longer = new ArrayList<>(entries.size() * elements.size());
    for (List<Element> entry : entries) {
      for (Element element : elements) {
        List<Element> copy = new ArrayList<>(entry);
        copy.add(element);
        longer.add(copy);
      }
    }
    return longer;
  }

  private List<? extends Element> elements(Dimension dimension, boolean later, Word word)
      throws SyntaxException {
    return switch (dimension) {
      case ADDRESS -> List.of(addresses(word, later));
      case NETWORK -> networks(word);
      case PROTOCOL_PORT -> List.of(protocolPorts(word));
      case PORT -> List.of(ports(word));
      case MARK -> List.of(mark(word));
      case MAC -> List.of(mac(word));
      case INTERFACE -> List.of(networkInterface(word));
      case SET -> List.of(member(word));
    };
  }

  private Element addresses(Word word, boolean later) throws SyntaxException {
    boolean many = word.has('-') || word.has('/');
    if (many && (later || family == Family.IPV6)) {
      throw SyntaxException.at(word, word.shown() + " is no single address");
    }
    Element.Addresses given = addresses(word, family);
    for (SetOption option : set.options()) {
      if (option instanceof SetOption.AddressRange(Ip first, Ip last)
          && (given.first().compareTo(first) < 0 || given.last().compareTo(last) > 0)) {
        throw SyntaxException.at(word, word.shown() + " is out of the range of the set");
      }
    }
    return new Element.Addresses(set.masked(given.first()), set.masked(given.last()));
  }

  /// An address, a network, or the addresses from one to another, in either order.
  static Element.Addresses addresses(Word word, Family family) throws SyntaxException {
    if (word.has('/')) {
      Cidr cidr = network(word, family);
      return new Element.Addresses(cidr.network(), last(cidr));
    }
    Ip first = word.before('-').address(family);
    Ip last = word.after('-').address(family);
    return first.compareTo(last) <= 0
        ? new Element.Addresses(first, last)
        : new Element.Addresses(last, first);
  }

  private static Cidr network(Word word, Family family) throws SyntaxException {
    Ip ip = word.before('/').address(family);
    return word.has('/') ? Cidr.of(ip, word.after('/').prefix(family)) : Cidr.host(ip);
  }

  private static Ip last(Cidr cidr) {
    int host = cidr.family().bits() - cidr.prefix();
    return switch (cidr.network()) {
      case Ip.V4(int bits) -> new Ip.V4(host == 32 ? -1 : bits | (1 << host) - 1);
      case Ip.V6(long high, long low) when host >= 64 ->
          new Ip.V6(host == 128 ? -1 : high | (1L << (host - 64)) - 1, -1);
      case Ip.V6(long high, long low) -> new Ip.V6(high, low | (1L << host) - 1);
    };
  }

  private List<Element.Network> networks(Word word) throws SyntaxException {
    if (word.has('-')) {
      Element.Addresses range = addresses(word, family);
      if (range.first() instanceof Ip.V4(int first) && range.last() instanceof Ip.V4(int last)) {
        return cover(word, Integer.toUnsignedLong(first), Integer.toUnsignedLong(last));
      }
      throw SyntaxException.at(word, word.shown() + " is a range, which IPv6 sets do not take");
    }
    Cidr cidr = network(word, family);
    if (cidr.prefix() == 0 && set.type() != SetType.HASH_NET_IFACE) {
      throw SyntaxException.at(word, "no set of type " + set.type() + " holds a network of all");
    }
    return List.of(new Element.Network(cidr));
  }

  /// The fewest networks that make up the range, in order. Of a range of more than half of all
  /// addresses the kernel makes single addresses until the set is full.
  private static List<Element.Network> cover(Word word, long first, long last)
      throws SyntaxException {
    if (last - first > Integer.MAX_VALUE) {
      throw SyntaxException.at(word, word.shown() + " is a range too wide for the kernel");
    }
    List<Element.Network> networks = new ArrayList<>();
    long from = first;
    while (from <= last) {
      int host = from == 0 ? 31 : Math.min(31, Long.numberOfTrailingZeros(from));
      while (from + (1L << host) - 1 > last) {
        host--;
      }
      networks.add(new Element.Network(new Cidr(new Ip.V4((int) from), 32 - host)));
      from += 1L << host;
    }
    return networks;
  }

  private Element protocolPorts(Word word) throws SyntaxException {
    int protocol = word.has(':') ? protocol(word.before(':')) : 6;
    Word port = word.after(':');
    return switch (protocol) {
      case 6, 17, 132, 136 -> new Element.ProtocolPorts(protocol, OptionParser.ports(port));
      case ICMP, ICMPV6 -> Element.ProtocolPorts.of(protocol, icmp(protocol, port));
      default -> {
        port.number(0, 0);
        yield Element.ProtocolPorts.of(protocol, 0);
      }
    };
  }

  private static int protocol(Word word) throws SyntaxException {
    Optional<Integer> named = ProtocolNames.number(word.text());
    return named.isPresent() && named.get() != 0 ? named.get() : (int) word.number(1, 255);
  }

  private int icmp(int protocol, Word word) throws SyntaxException {
    if ((protocol == ICMP) != (family == Family.IPV4)) {
      throw SyntaxException.at(word, "this ICMP is not that of " + family);
    }
    Optional<Integer> named = IcmpNames.of(family).number(word.text());
    if (named.isPresent()) {
      return named.get();
    }
    if (!word.has('/')) {
      throw SyntaxException.at(word, word.shown() + " is no type and code of ICMP");
    }
    return (int) (word.before('/').number(0, 255) << 8 | word.after('/').number(0, 255));
  }

  /// A protocol may stand before the port; the set does not keep it.
  private Element ports(Word word) throws SyntaxException {
    if (word.has(':')) {
      protocol(word.before(':'));
    }
    PortRange ports = OptionParser.ports(word.after(':'));
    for (SetOption option : set.options()) {
      if (option instanceof SetOption.Ports(PortRange range)
          && !(range.contains(ports.first()) && range.contains(ports.last()))) {
        throw SyntaxException.at(word, word.shown() + " is out of the range of the set");
      }
    }
    return new Element.Ports(ports);
  }

  private Element mark(Word word) throws SyntaxException {
    int mask = -1;
    for (SetOption option : set.options()) {
      if (option instanceof SetOption.Markmask(int given)) {
        mask = given;
      }
    }
    return new Element.Mark((int) word.number(0, 0xffff_ffffL) & mask);
  }

  private static Element mac(Word word) throws SyntaxException {
    String[] octets = word.text().split(":", -1);
    long bits = 0;
    boolean fits = octets.length == 6;
    for (String octet : octets) {
      fits &= octet.matches("[0-9A-Fa-f]{1,2}");
      bits = fits ? bits << 8 | Integer.parseInt(octet, 16) : 0;
    }
    if (!fits) {
      throw SyntaxException.at(word, word.shown() + " is no hardware address");
    }
    return new Element.Mac(bits);
  }

  private static Element networkInterface(Word word) throws SyntaxException {
    boolean bridgePort = word.text().startsWith("physdev:");
    String name = bridgePort ? word.text().substring("physdev:".length()) : word.text();
    if (name.isEmpty()
        || name.getBytes(StandardCharsets.UTF_8).length > 15
        || name.chars().anyMatch(c -> c <= ' ')) {
      throw SyntaxException.at(word, word.shown() + " is no name of an interface");
    }
    return new Element.Interface(name, bridgePort);
  }

  private static Element member(Word word) throws SyntaxException {
    if (!IpSet.isName(word.text())) {
      throw SyntaxException.at(word, word.shown() + " is no name of a set");
    }
    return new Element.Member(word.text());
  }
}
