package dev.kproxy.symbolic.packet;

import dev.kproxy.iptables.Match;
import dev.kproxy.simulate.Packet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Where packets can come from, as far as rules tell it apart: the host itself, an interface that
/// nobody told, and one interface for each class of names that agree with the same patterns.
public final class Ways {
  /// The host itself.
  public static final int LOCAL = 0;

  /// An interface that nobody told.
  public static final int UNKNOWN = 1;

  private static final int NAMES = 2;

  /// What interfaces may be called that no rule names, the likeliest first.
  private static final List<String> OTHERS = List.of("eth0", "ens3", "other0", "kproxy-other");

  private final List<String> patterns;
  private final List<String> names = new ArrayList<>();
  private final Map<BitSet, Integer> classes = new HashMap<>();

  /// The ways that these patterns tell apart.
  public Ways(Collection<String> patterns) {
    this.patterns = List.copyOf(new TreeSet<>(patterns));
    OTHERS.forEach(this::add);
    for (String pattern : this.patterns) {
      boolean many = pattern.endsWith("+");
      String name = many ? pattern.substring(0, pattern.length() - 1) : pattern;
      if (many) {
        add(name + "0");
        add(name + "~");
      }
      add(name);
    }
  }

  private void add(String name) {
    if (!name.isEmpty() && classes.putIfAbsent(signature(name), NAMES + names.size()) == null) {
      names.add(name);
    }
  }

  private BitSet signature(String name) {
    BitSet agreed = new BitSet();
    for (int i = 0; i < patterns.size(); i++) {
      if (Match.matchesInterface(patterns.get(i), name)) {
        agreed.set(i);
      }
    }
    return agreed;
  }

  /// All of them.
  public Ranges all() {
    return Ranges.of(0, NAMES + names.size() - 1L);
  }

  /// All of them, one by one.
  public List<Ranges> each() {
    return IntStream.range(0, NAMES + names.size()).mapToObj(Ranges::of).toList();
  }

  /// Those of packets from elsewhere.
  public Ranges forwarded() {
    return Ranges.of(UNKNOWN, NAMES + names.size() - 1L);
  }

  /// Those of which a packet may agree with a pattern. What the host sends comes in by no
  /// interface, and what it sends to itself then by `lo`.
  public Ranges agreeing(String pattern, boolean inverted) {
    Ranges agreeing = Ranges.of(UNKNOWN);
    if (Match.matchesInterface(pattern, "lo") != inverted
        || Match.matchesInterface(pattern, "") != inverted) {
      agreeing = agreeing.or(Ranges.of(LOCAL));
    }
    for (int i = 0; i < names.size(); i++) {
      if (Match.matchesInterface(pattern, names.get(i)) != inverted) {
        agreeing = agreeing.or(Ranges.of(NAMES + i));
      }
    }
    return agreeing;
  }

  /// The way of a packet.
  public int of(Packet packet) {
    if (packet.origin() == Packet.Origin.LOCAL) {
      return LOCAL;
    }
    return packet.in().map(name -> classes.getOrDefault(signature(name), UNKNOWN)).orElse(UNKNOWN);
  }

  /// The interface of a way; empty where it has none, or nobody told.
  public Optional<String> name(int way) {
    return way < NAMES ? Optional.empty() : Optional.of(names.get(way - NAMES));
  }
}
