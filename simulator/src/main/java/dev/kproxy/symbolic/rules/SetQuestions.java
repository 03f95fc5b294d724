package dev.kproxy.symbolic.rules;

import dev.kproxy.ipset.Element;
import dev.kproxy.ipset.Entry;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.SetOption;
import dev.kproxy.iptables.Match.MatchSet;
import dev.kproxy.iptables.Match.MatchSet.Side;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.Protocol;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.Protocols;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What the sets of a host ask of packets: each entry, whether a packet is one of its own.
public final class SetQuestions {
  private static final Ranges WITH_PLAIN_PORTS =
      Ranges.of(Protocols.number(Protocol.TCP), Protocols.number(Protocol.UDP));

  private final Family family;
  private final Map<String, IpSet> sets = new HashMap<>();
  private final Map<MatchSet, Boxes<Entry>> ready = new ConcurrentHashMap<>();

  /// @param all the sets of a host; of two of one name the first counts
  public SetQuestions(List<IpSet> all, Family family) {
    this.family = family;
    all.forEach(set -> sets.putIfAbsent(set.name(), set));
  }

  /// The set of a name; null where there is none.
  public @Nullable IpSet set(String name) {
    return sets.get(name);
  }

  /// The entries of the set that a match asks, each with the packets that the match finds in it.
  public Boxes<Entry> entries(MatchSet match) {
    return ready.computeIfAbsent(
        new MatchSet(match.set(), match.sides(), false, List.of()),
        it -> new Boxes<>(boxes(sets.get(it.set()), it.sides())));
  }

  private List<Boxes.Box<Entry>> boxes(@Nullable IpSet set, List<Side> sides) {
    List<Boxes.Box<Entry>> boxes = new ArrayList<>();
    if (set != null) {
      for (Entry entry : set.entries()) {
        if (entry.elements().getFirst() instanceof Element.Member(String name)) {
          boxes.addAll(boxes(member(name), sides));
        } else {
          box(set, entry, sides, false).ifPresent(boxes::add);
          if (set.bitmask().isPresent()) {
            box(set, entry, sides, true).ifPresent(boxes::add);
          }
        }
      }
    }
    return boxes;
  }

  /// Lists cannot be in lists.
  private @Nullable IpSet member(String name) {
    IpSet set = sets.get(name);
    return set == null || isList(set) ? null : set;
  }

  private static boolean isList(IpSet set) {
    return set.entries().stream()
        .anyMatch(it -> it.elements().getFirst() instanceof Element.Member);
  }

  /// Whether packets with the same answers are in the same entries.
  boolean isExact(MatchSet match) {
    IpSet set = set(match.set());
    return set == null || (set.bitmask().isEmpty() && !isList(set));
  }

  /// The packets of an entry; empty where there is none. With a bitmask these are too many ranges:
  /// the lowest and the highest address stand for all, of which one tells two masks apart.
  ///
  /// @param isHighest whether the highest is meant
  private Optional<Boxes.Box<Entry>> box(
      IpSet set, Entry entry, List<Side> sides, boolean isHighest) {
    List<Question> questions = new ArrayList<>();
    for (int part = 0; part < entry.elements().size(); part++) {
      if (part >= sides.size()) {
        return Optional.empty();
      }
      boolean isSource = sides.get(part) == Side.SRC;
      switch (entry.elements().get(part)) {
        case Element.Addresses(Ip first, Ip last) -> {
          if (first.family() != family) {
            return Optional.empty();
          }
          Ranges values =
              isHighest
                  ? Ranges.of(set.highest(first), set.highest(last))
                  : addresses(set, first, last);
          questions.add(address(isSource, values));
        }
        case Element.Network(Cidr cidr) -> {
          if (cidr.family() != family) {
            return Optional.empty();
          }
          questions.add(address(isSource, Ranges.of(cidr)));
        }
        case Element.ProtocolPorts(int protocol, PortRange ports) -> {
          Question asked = Questions.protocol(family, protocol, false);
          boolean isIcmp = asked.values().equals(Ranges.of(Protocols.ICMP));
          questions.add(asked);
          questions.add(port(isSource && !isIcmp, ports));
        }
        case Element.Ports(PortRange ports) -> {
          questions.add(new Question(Field.PROTOCOL, WITH_PLAIN_PORTS));
          questions.add(port(isSource, ports));
        }
        case Element.Mark _, Element.Mac _, Element.Interface _, Element.Member _ -> {}
      }
    }
    return Optional.of(new Boxes.Box<>(questions, entry));
  }

  /// The addresses that the kernel takes for some of an entry.
  private static Ranges addresses(IpSet set, Ip first, Ip last) {
    int bits = first.family().bits();
    int prefix = (int) Math.min(bits, set.count(SetOption.Count.Name.NETMASK).orElse(bits));
    return prefix == bits
        ? Ranges.of(first, last)
        : Ranges.of(Cidr.of(first, prefix))
            .or(Ranges.of(Cidr.of(last, prefix)))
            .or(Ranges.of(first, last));
  }

  private static Question address(boolean isSource, Ranges values) {
    return new Question(isSource ? Field.SOURCE : Field.DESTINATION, values);
  }

  private static Question port(boolean isSource, PortRange ports) {
    return new Question(
        isSource ? Field.SOURCE_PORT : Field.DESTINATION_PORT,
        Ranges.of(ports.first(), ports.last()));
  }
}
