package dev.kproxy.simulate.host;

import dev.kproxy.ipset.Dimension;
import dev.kproxy.ipset.Element;
import dev.kproxy.ipset.Entry;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.SetType;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The sets of a host; each is made ready when it is first asked.
public final class Sets {
  private final Map<String, IpSet> sets = new HashMap<>();
  private final Map<String, SetIndex> ready = new ConcurrentHashMap<>();

  /// The sets of a host, by their names; of two of one name the first counts.
  public Sets(List<IpSet> all) {
    all.forEach(set -> sets.putIfAbsent(set.name(), set));
  }

  /// Whether a packet is in a set; empty where there is no set of that name.
  ///
  /// @param turned whether it is asked for what is taken out (`--return-nomatch`): in sets of
  ///   networks yes and taken out change places
  public Optional<Membership> ask(String name, SetQuery query, boolean turned) {
    IpSet set = sets.get(name);
    if (set == null) {
      return Optional.empty();
    }
    return Optional.of(
        set.type() == SetType.LIST_SET ? askMembers(set, query, turned) : ask(set, query, turned));
  }

  /// Whether a set may answer otherwise since a rule changed another, or the same. What is put into
  /// a list is put into one of its sets (`list_set_kadd` in
  /// `net/netfilter/ipset/ip_set_list_set.c`), and one that is not given may be a list.
  public boolean isTouched(String name, String changed) {
    return !sets.containsKey(changed) || !Collections.disjoint(parts(name), parts(changed));
  }

  /// A set itself, and those that it lists.
  private Set<String> parts(String name) {
    Set<String> parts = new HashSet<>(Set.of(name));
    IpSet set = sets.get(name);
    if (set != null && set.type() == SetType.LIST_SET) {
      set.entries().stream()
          .flatMap(entry -> entry.elements().stream())
          .filter(Element.Member.class::isInstance)
          .forEach(member -> parts.add(((Element.Member) member).set()));
    }
    return parts;
  }

  private Membership ask(IpSet set, SetQuery query, boolean turned) {
    Membership found = ready.computeIfAbsent(set.name(), _ -> new SetIndex(set)).ask(query);
    boolean turns = turned && set.type().dimensions().contains(Dimension.NETWORK);
    return switch (found) {
      case YES -> turns ? Membership.NO : found;
      case EXCLUDED -> turns ? Membership.YES : Membership.NO;
      case NO, UNKNOWN -> found;
    };
  }

  /// A list asks its sets one after the other; lists cannot be in lists.
  private Membership askMembers(IpSet list, SetQuery query, boolean turned) {
    Membership answer = Membership.NO;
    for (Entry entry : list.entries()) {
      for (Element element : entry.elements()) {
        Membership found = askMember(element, query, turned);
        if (found == Membership.YES) {
          return found;
        }
        answer = found == Membership.UNKNOWN ? found : answer;
      }
    }
    return answer;
  }

  private Membership askMember(Element element, SetQuery query, boolean turned) {
    IpSet set = element instanceof Element.Member(String name) ? sets.get(name) : null;
    return set == null || set.type() == SetType.LIST_SET
        ? Membership.UNKNOWN
        : ask(set, query, turned);
  }
}
