package dev.kproxy.symbolic;

import dev.kproxy.ipset.Element;
import dev.kproxy.ipset.Entry;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Match.MatchSet;
import dev.kproxy.iptables.Rule;
import dev.kproxy.ipvs.RealServer;
import dev.kproxy.ipvs.VirtualAddress;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.host.Settings;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.rules.AskedRules;
import dev.kproxy.symbolic.rules.Boxes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is different between two hosts, apart from their rules: sets, virtual servers, and the
/// addresses of these.
final class HostChanges {
  /// So many addresses are looked at one by one.
  private static final int MANY = 4096;

  private final HostFacts before;
  private final HostFacts after;
  private final AskedRules old;
  private final AskedRules now;
  private final Set<String> sets = new HashSet<>();
  private final Map<MatchSet, Optional<List<Boxes.Box<Entry>>>> entries = new HashMap<>();
  private final List<Boxes.Box<VirtualServer>> servers;

  HostChanges(HostFacts before, HostFacts after, AskedRules old, AskedRules now) {
    this.before = before;
    this.after = after;
    this.old = old;
    this.now = now;
    this.servers = onOneSide(servers(old), servers(now));
    Stream.concat(before.sets().stream(), after.sets().stream())
        .map(IpSet::name)
        .filter(name -> !isSame(name))
        .forEach(sets::add);
    // a list of sets changes with what is on it
    Stream.concat(before.sets().stream(), after.sets().stream())
        .filter(list -> list.entries().stream().anyMatch(this::isChanged))
        .map(IpSet::name)
        .forEach(sets::add);
  }

  private boolean isSame(String name) {
    return isAlike(name)
        && new HashSet<>(entries(old, name)).equals(new HashSet<>(entries(now, name)));
  }

  private static List<Entry> entries(AskedRules side, String name) {
    return Objects.requireNonNull(side.sets().set(name)).entries();
  }

  private boolean isChanged(Entry entry) {
    return entry.elements().stream()
        .anyMatch(element -> element instanceof Element.Member(String name) && sets.contains(name));
  }

  /// Whether so much is different that every packet may fare differently.
  boolean areMany() {
    return !before.interfaces().equals(after.interfaces())
        || !before.routes().equals(after.routes())
        || !before.recent().equals(after.recent())
        || before.backend() != after.backend()
        || before.ipvs().isPresent() != after.ipvs().isPresent()
        || !settings(before).isLike(settings(after))
        || !marked(old).equals(marked(now));
  }

  private static Settings settings(HostFacts host) {
    return new Settings(host.sysctls(), host.ipvs().isPresent());
  }

  /// The virtual servers that are there for marks, not for addresses.
  private static Set<VirtualServer> marked(AskedRules side) {
    return side.servers().servers().all().stream()
        .map(Boxes.Box::what)
        .filter(server -> server.address() instanceof VirtualAddress.FirewallMark)
        .collect(Collectors.toSet());
  }

  /// Whether a rule asks or changes a set that is different.
  boolean concern(Rule rule) {
    return !sets.isEmpty()
        && (rule.matches().stream().anyMatch(this::isChanged) || isChanged(rule.action()));
  }

  private boolean isChanged(Match match) {
    return match instanceof MatchSet set && sets.contains(set.set());
  }

  /// Whether it is `-j SET` for such a set, whose name is a word of an option (`--add-set NAME`).
  private boolean isChanged(Action action) {
    return action instanceof Action.Target target
        && target.name().equals("SET")
        && target.options().stream()
            .flatMap(option -> option.words().stream())
            .anyMatch(sets::contains);
  }

  /// Whether any set is different.
  boolean areOfSets() {
    return !sets.isEmpty();
  }

  /// Those of some packets that a rule may find in a set of one side only.
  List<PacketSet> ofSets(Rule rule, PacketSet packets) {
    List<PacketSet> found = new ArrayList<>();
    if (isChanged(rule.action())) {
      found.add(packets);
    }
    for (Match match : rule.matches()) {
      if (match instanceof MatchSet set && isChanged(set)) {
        entries
            .computeIfAbsent(set, this::ofSet)
            .ifPresentOrElse(
                boxes -> boxes.forEach(box -> box.of(packets).ifPresent(found::add)),
                () -> found.add(packets));
      }
    }
    return found;
  }

  /// The entries that a match finds on one side only; empty where more than entries is different.
  private Optional<List<Boxes.Box<Entry>>> ofSet(MatchSet match) {
    if (!match.options().isEmpty() || !isComparable(match.set())) {
      return Optional.empty();
    }
    return Optional.of(
        onOneSide(boxes(old.sets().entries(match)), boxes(now.sets().entries(match))));
  }

  /// Whether the sets of a name, and those on them where they are lists, take entries for the same
  /// on both sides.
  private boolean isComparable(String name) {
    return isAlike(name)
        && Stream.of(old, now)
            .flatMap(side -> entries(side, name).stream())
            .flatMap(entry -> entry.elements().stream())
            .allMatch(it -> !(it instanceof Element.Member(String member)) || isAlike(member));
  }

  private boolean isAlike(String name) {
    IpSet left = old.sets().set(name);
    IpSet right = now.sets().set(name);
    return left != null
        && right != null
        && left.type() == right.type()
        && left.options().equals(right.options());
  }

  private static Map<Object, Boxes.Box<Entry>> boxes(Boxes<Entry> entries) {
    return entries.all().stream()
        .collect(
            Collectors.toMap(
                Function.identity(), Function.identity(), (one, _) -> one, LinkedHashMap::new));
  }

  private static <T> List<T> onOneSide(Map<Object, T> one, Map<Object, T> other) {
    return Stream.concat(only(one, other), only(other, one)).toList();
  }

  private static <T> Stream<T> only(Map<Object, T> one, Map<Object, T> other) {
    return one.entrySet().stream()
        .filter(it -> !other.containsKey(it.getKey()))
        .map(Map.Entry::getValue);
  }

  /// Packets for virtual servers that are different.
  List<PacketSet> ofServers(PacketSet packets) {
    return servers.stream().flatMap(box -> box.of(packets).stream()).toList();
  }

  /// In which order the real servers stand is of no account.
  private static Map<Object, Boxes.Box<VirtualServer>> servers(AskedRules side) {
    Map<Object, Boxes.Box<VirtualServer>> servers = new LinkedHashMap<>();
    for (Boxes.Box<VirtualServer> box : side.servers().servers().all()) {
      Map<RealServer, Long> reals =
          box.what().servers().stream()
              .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
      servers.put(List.of(box.what().withServers(List.of()), reals), box);
    }
    return servers;
  }

  /// Packets from and to addresses that only one of the hosts has.
  List<PacketSet> ofAddresses(PacketSet packets) {
    Ranges left = old.host().virtual();
    Ranges right = now.host().virtual();
    Ranges changed = left.minus(right).or(right.minus(left));
    List<PacketSet> found = new ArrayList<>();
    for (Ranges addresses : parts(changed)) {
      packets.and(Field.DESTINATION, addresses).ifPresent(found::add);
    }
    packets.and(Field.SOURCE, changed).ifPresent(found::add);
    return found;
  }

  private static List<Ranges> parts(Ranges changed) {
    return changed.isEmpty() || changed.count() > MANY ? List.of(changed) : changed.parts();
  }
}
