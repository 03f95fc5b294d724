package dev.kproxy.simulate.host;

import dev.kproxy.ipset.Dimension;
import dev.kproxy.ipset.Element;
import dev.kproxy.ipset.Entry;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.SetOption;
import dev.kproxy.ipset.SetType;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Transport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The entries of one set that has no other sets in it, made ready to be asked
/// (`net/netfilter/ipset`).
///
/// An entry is found by its parts; where a part is a network, the lengths that occur are tried, the
/// longest first, and the first entry that is found decides. Entries that name many addresses or
/// ports are passed one by one.
final class SetIndex {
  private final IpSet set;
  private final List<Dimension> parts;
  private final Map<List<Object>, List<Entry>> byKey = new HashMap<>();
  private final List<Entry> ranges = new ArrayList<>();

  /// The lengths of networks that occur, one number for each part that is a network, in the order
  /// in which they are tried.
  private final Collection<List<Integer>> lengths;

  /// Whether only the narrowest network that holds the address is asked for its interfaces (`multi`
  /// in `mtype_test_cidrs`).
  private final boolean endsAtNarrowest;

  SetIndex(IpSet set) {
    this.set = set;
    this.parts = set.type().dimensions();
    this.endsAtNarrowest = parts.contains(Dimension.INTERFACE);
    TreeSet<List<Integer>> found = new TreeSet<>(SetIndex::longestFirst);
    for (Entry entry : set.entries()) {
      List<Object> key = key(entry);
      if (key == null) {
        ranges.add(entry);
      } else {
        byKey.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(entry);
        found.add(lengths(entry));
      }
    }
    lengths = found;
  }

  private static int longestFirst(List<Integer> left, List<Integer> right) {
    Comparator<Integer> longer = Comparator.reverseOrder();
    for (int i = 0; i < left.size(); i++) {
      int order = longer.compare(left.get(i), right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static List<Integer> lengths(Entry entry) {
    List<Integer> found = new ArrayList<>(2);
    for (Element element : entry.elements()) {
      if (element instanceof Element.Network(Cidr cidr)) {
        found.add(cidr.prefix());
      }
    }
    return found;
  }

  /// What an entry is found by, or null where it names many addresses or ports.
  private static @Nullable List<Object> key(Entry entry) {
    List<Object> key = new ArrayList<>(entry.elements().size());
    for (Element element : entry.elements()) {
      switch (element) {
        case Element.Addresses addresses when addresses.isSingle() -> key.add(addresses.first());
        case Element.Network(Cidr cidr) -> key.add(cidr);
        case Element.ProtocolPorts(int protocol, var ports) when ports.first() == ports.last() ->
            key.add(protocol << 16 | ports.first());
        case Element.Ports(var ports) when ports.first() == ports.last() -> key.add(ports.first());
        case Element.Mark(int value) -> key.add(value);
        case Element.Mac _, Element.Interface _ -> {}
        default -> {
          return null;
        }
      }
    }
    return key;
  }

  Membership ask(SetQuery query) {
    Optional<Family> family = set.family();
    if (query.sides().size() < parts.size()
        || (family.isPresent() && family.get() != query.family())) {
      return Membership.NO;
    }
    if (asksHidden(query)) {
      return set.entries().isEmpty() ? Membership.NO : Membership.UNKNOWN;
    }
    for (List<Integer> tried : lengths) {
      List<Object> key = key(query, tried);
      if (key == null) {
        return Membership.NO;
      }
      List<Entry> entries = byKey.get(key);
      if (entries != null) {
        Membership found = first(entries, query);
        if (found != Membership.NO || endsAtNarrowest) {
          return found;
        }
      }
    }
    List<Entry> holding = ranges.stream().filter(entry -> holds(entry, query)).toList();
    return first(holding, query);
  }

  private boolean asksHidden(SetQuery query) {
    for (int part = 0; part < parts.size(); part++) {
      boolean hidden =
          switch (parts.get(part)) {
            case PORT, PROTOCOL_PORT -> query.hidesPort(part);
            case MARK -> (query.unknownMark() & markmask()) != 0;
            default -> false;
          };
      if (hidden) {
        return true;
      }
    }
    return false;
  }

  /// What a packet is looked up by, or null where it can be in no entry.
  private @Nullable List<Object> key(SetQuery query, List<Integer> tried) {
    List<Object> key = new ArrayList<>(parts.size());
    int network = 0;
    for (int part = 0; part < parts.size(); part++) {
      switch (parts.get(part)) {
        case ADDRESS -> {
          Ip ip = set.masked(query.address(part));
          if (ip.isUnspecified() && set.type() == SetType.HASH_IP) {
            return null;
          }
          key.add(ip);
        }
        case NETWORK -> key.add(Cidr.of(query.address(part), tried.get(network++)));
        case PROTOCOL_PORT -> key.add(query.header().transport().number() << 16 | query.port(part));
        case PORT -> {
          if (!hasPlainPort(query)) {
            return null;
          }
          key.add(query.port(part));
        }
        case MARK -> key.add(query.mark() & markmask());
        case MAC, INTERFACE -> {}
        case SET -> throw new IllegalStateException("a list of sets");
      }
    }
    return key;
  }

  private int markmask() {
    for (SetOption option : set.options()) {
      if (option instanceof SetOption.Markmask(int mask)) {
        return mask;
      }
    }
    return -1;
  }

  private static boolean hasPlainPort(SetQuery query) {
    return query.header().transport() instanceof Transport.Ports(Protocol protocol, _, _)
        && protocol != Protocol.SCTP;
  }

  /// Whether the addresses, ports and marks of an entry that names many hold the packet's.
  private boolean holds(Entry entry, SetQuery query) {
    for (int part = 0; part < entry.elements().size(); part++) {
      boolean holds =
          switch (entry.elements().get(part)) {
            case Element.Addresses addresses -> addresses.contains(set.masked(query.address(part)));
            case Element.Network(Cidr cidr) -> cidr.contains(query.address(part));
            case Element.ProtocolPorts ports ->
                ports.contains(query.header().transport().number(), query.port(part));
            case Element.Ports(var ports) ->
                hasPlainPort(query) && ports.contains(query.port(part));
            case Element.Mark(int value) -> value == (query.mark() & markmask());
            case Element.Mac _, Element.Interface _ -> true;
            case Element.Member _ -> false;
          };
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  /// What the entries say whose addresses, ports and marks are the packet's.
  private static Membership first(List<Entry> entries, SetQuery query) {
    Membership answer = Membership.NO;
    for (Entry entry : entries) {
      Membership found = rest(entry, query);
      if (found == Membership.YES) {
        return entry.isNomatch() ? Membership.EXCLUDED : found;
      }
      answer = found == Membership.UNKNOWN ? found : answer;
    }
    return answer;
  }

  /// What is left to be compared: hardware addresses, which are not known, and interfaces.
  private static Membership rest(Entry entry, SetQuery query) {
    Membership answer = Membership.YES;
    for (int part = 0; part < entry.elements().size(); part++) {
      Membership found =
          switch (entry.elements().get(part)) {
            case Element.Mac _ -> Membership.UNKNOWN;
            case Element.Interface(String name, boolean bridgePort) ->
                device(name, entry.isWildcard(), bridgePort ? null : query.device(part));
            default -> Membership.YES;
          };
      if (found == Membership.NO) {
        return found;
      }
      answer = found == Membership.UNKNOWN ? found : answer;
    }
    return answer;
  }

  private static Membership device(String name, boolean wildcard, @Nullable String device) {
    if (device == null) {
      return Membership.UNKNOWN;
    }
    boolean holds = wildcard ? device.startsWith(name) : device.equals(name);
    return holds && !device.isEmpty() ? Membership.YES : Membership.NO;
  }
}
