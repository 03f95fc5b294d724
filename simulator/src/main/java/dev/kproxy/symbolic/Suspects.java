package dev.kproxy.symbolic;

import dev.kproxy.iptables.Chain;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.packet.States;
import dev.kproxy.symbolic.packet.Ways;
import dev.kproxy.symbolic.rules.AskedChain;
import dev.kproxy.symbolic.rules.AskedRule;
import dev.kproxy.symbolic.rules.AskedRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds sets of packets such that both rule sets treat all other packets alike.
///
/// Packets that a set, a virtual server or its address tells apart which only one side has are
/// among them. Rules of two chains that ask and do the same are partners, in whatever order they
/// stand. A packet that no rule without a partner may hold for, that no two partners may hold for
/// which changed places, and that no rule may hold for whose chain differs from that of its
/// partner, meets the same rules on both sides.
final class Suspects {
  /// Of a chain for one Service, so many parts are not looked at one by one.
  private static final int MANY_PARTS = 12;

  private final AskedRules before;
  private final AskedRules after;
  private final HostChanges changes;
  private final PacketSet forwarded;
  private final PacketSet local;
  private final ChainPairs pairs;
  private final Map<Chains, RulePairs> paired = new HashMap<>();

  Suspects(AskedRules before, AskedRules after, HostChanges changes, PacketSet all, Ways ways) {
    this.before = before;
    this.after = after;
    this.forwarded = all.with(Field.WAY, ways.forwarded());
    this.local = all.with(Field.WAY, Ranges.of(Ways.LOCAL));
    this.changes = changes;
    this.pairs = new ChainPairs(before, after, changes);
  }

  /// The sets, as packets are before anything is done to them.
  List<PacketSet> find() {
    Set<PacketSet> found = new LinkedHashSet<>();
    for (String table : List.of("raw", "mangle", "nat")) {
      boolean nat = table.equals("nat");
      compare(table, "PREROUTING", nat ? translated(forwarded) : forwarded, found);
      compare(table, "OUTPUT", nat ? translated(local) : local, found);
    }
    Set<PacketSet> later = later();
    for (PacketSet packets : List.of(forwarded, local)) {
      later.addAll(changes.ofServers(packets));
      later.addAll(changes.ofAddresses(packets));
    }
    Backtrack backtrack =
        new Backtrack(List.of(before, after), translated(forwarded), translated(local));
    for (PacketSet packets : later) {
      found.add(packets);
      found.addAll(backtrack.origins(packets));
    }
    return new ArrayList<>(found);
  }

  private static PacketSet translated(PacketSet packets) {
    return packets.with(Field.STATE, States.CONNECTED);
  }

  /// The sets of packets as they are when their destination has been translated.
  private Set<PacketSet> later() {
    Set<PacketSet> found = new LinkedHashSet<>();
    compare("filter", "OUTPUT", local, found);
    compare("security", "OUTPUT", local, found);
    for (String table : List.of("mangle", "filter", "security")) {
      compare(table, "FORWARD", forwarded, found);
    }
    for (String table : List.of("mangle", "nat")) {
      compare(table, "POSTROUTING", forwarded, found);
      compare(table, "POSTROUTING", local, found);
    }
    for (String table : List.of("mangle", "filter", "security", "nat")) {
      compare(table, "INPUT", forwarded, found);
    }
    found.addAll(looped());
    found.addAll(balanced());
    return found;
  }

  /// What the host sends to itself may have got another source before it comes in.
  private List<PacketSet> looped() {
    Set<PacketSet> found = new LinkedHashSet<>();
    for (String table : List.of("mangle", "filter", "security", "nat")) {
      compare(table, "INPUT", local, found);
    }
    compare("raw", "PREROUTING", local, found);
    compare("mangle", "PREROUTING", local, found);
    return found.stream()
        .map(
            packets ->
                packets
                    .with(Field.SOURCE, local.get(Field.SOURCE))
                    .with(Field.SOURCE_PORT, local.get(Field.SOURCE_PORT)))
        .toList();
  }

  /// What comes from elsewhere and is sent on by a virtual server passes the hook OUTPUT as what
  /// the host sends does.
  private List<PacketSet> balanced() {
    if (before.servers().servers().all().isEmpty() && after.servers().servers().all().isEmpty()) {
      return List.of();
    }
    Set<PacketSet> found = new LinkedHashSet<>();
    for (String table : List.of("raw", "mangle", "filter", "security")) {
      compare(table, "OUTPUT", local, found);
    }
    return found.stream()
        .map(packets -> packets.with(Field.WAY, forwarded.get(Field.WAY)))
        .toList();
  }

  private void compare(String table, String hook, PacketSet packets, Set<PacketSet> sink) {
    if (!pairs.same(table, hook, hook)) {
      compare(table, hook, hook, packets, 0, sink);
    }
  }

  private void compare(
      String table,
      @Nullable String oldName,
      @Nullable String newName,
      PacketSet packets,
      int depth,
      Set<PacketSet> sink) {
    AskedChain old = oldName == null ? null : before.asked(table, oldName);
    AskedChain now = newName == null ? null : after.asked(table, newName);
    boolean ends = drops(old) != drops(now);
    if (depth == ChainPairs.DEPTH || ends || (depth > 0 && (old == null || now == null))) {
      sink.add(packets);
      return;
    }
    Set<PacketSet> parts = new LinkedHashSet<>();
    RulePairs rules = pair(old, now);
    for (AskedRule alone : rules.alone()) {
      alone.of(packets).ifPresent(parts::add);
    }
    for (RulePairs.Pair pair : rules.pairs()) {
      parts.addAll(changes.ofSets(pair.before().rule(), packets));
    }
    new RuleOrder(packets, parts::add).compare(rules.pairs());
    for (RulePairs.Pair pair : rules.pairs()) {
      String oldCallee = pair.before().rule().action().callee().orElse(null);
      String newCallee = pair.after().rule().action().callee().orElse(null);
      if (!pairs.same(table, oldCallee, newCallee)) {
        pair.before()
            .of(packets)
            .ifPresent(held -> compare(table, oldCallee, newCallee, held, depth + 1, parts));
      }
    }
    boolean isNarrow =
        packets.get(Field.DESTINATION).isSingle() || packets.get(Field.DESTINATION_PORT).isSingle();
    if (isNarrow && parts.size() > MANY_PARTS) {
      sink.add(packets);
    } else {
      sink.addAll(parts);
    }
  }

  private static boolean drops(@Nullable AskedChain chain) {
    return chain != null && chain.policy().equals(Optional.of(Chain.Policy.DROP));
  }

  /// How the rules of two chains pair, most often asked at more than one hook.
  private RulePairs pair(@Nullable AskedChain old, @Nullable AskedChain now) {
    return paired.computeIfAbsent(
        new Chains(old, now),
        _ ->
            RulePairs.of(
                old == null ? List.of() : old.rules(), now == null ? List.of() : now.rules()));
  }

  private record Chains(@Nullable AskedChain before, @Nullable AskedChain after) {}
}
