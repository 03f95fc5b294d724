package dev.kproxy.symbolic;

import dev.kproxy.iptables.Action;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.rules.AskedChain;
import dev.kproxy.symbolic.rules.AskedRules;
import dev.kproxy.symbolic.rules.Boxes;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Finds which packets a translation may turn into given ones.
final class Backtrack {
  private static final String NAT = "nat";
  private static final int MOST_ORIGINS = 4096;

  private final List<AskedRules> sides;
  private final Map<AskedRules, Translations> translations = new HashMap<>();
  private final PacketSet forwarded;
  private final PacketSet local;

  /// @param forwarded packets from elsewhere that rules of nat are asked for
  /// @param local packets of the host itself that rules of nat are asked for
  Backtrack(List<AskedRules> sides, PacketSet forwarded, PacketSet local) {
    this.sides = sides;
    this.forwarded = forwarded;
    this.local = local;
  }

  /// Packets that may become some of these when their destination is translated; those that are
  /// these already are left out.
  Set<PacketSet> origins(PacketSet packets) {
    Set<PacketSet> origins = new LinkedHashSet<>(translated(packets));
    for (PacketSet balanced : balanced(packets)) {
      origins.add(balanced);
      origins.addAll(translated(balanced));
    }
    return origins;
  }

  /// Packets that virtual servers may turn into some of these.
  private Set<PacketSet> balanced(PacketSet packets) {
    Ranges destinations = packets.get(Field.DESTINATION);
    Ranges ports = packets.get(Field.DESTINATION_PORT);
    Set<PacketSet> origins = new LinkedHashSet<>();
    for (AskedRules side : sides) {
      PacketSet anywhere =
          packets
              .with(Field.DESTINATION, forwarded.get(Field.DESTINATION))
              .with(Field.DESTINATION_PORT, forwarded.get(Field.DESTINATION_PORT));
      for (Boxes.Box<VirtualServer> box : side.servers().to(destinations, packets.family())) {
        if (box.what().servers().stream()
            .anyMatch(
                real ->
                    destinations.contains(real.address())
                        && (real.port() == 0 || ports.contains(real.port())))) {
          box.of(anywhere).ifPresent(origins::add);
        }
      }
    }
    return origins;
  }

  /// Packets that rules may turn into some of these.
  private Set<PacketSet> translated(PacketSet packets) {
    Ranges destinations = packets.get(Field.DESTINATION);
    Ranges ports = packets.get(Field.DESTINATION_PORT);
    if (destinations.equals(forwarded.get(Field.DESTINATION))
        && ports.equals(forwarded.get(Field.DESTINATION_PORT))) {
      return Set.of();
    }
    Set<PacketSet> origins = new LinkedHashSet<>();
    for (AskedRules side : sides) {
      Set<String> leading =
          translations
              .computeIfAbsent(side, it -> new Translations(it.chains(NAT)))
              .leading(destinations, ports);
      if (!leading.isEmpty()) {
        PacketSet anywhere =
            packets
                .with(Field.DESTINATION, forwarded.get(Field.DESTINATION))
                .with(Field.DESTINATION_PORT, forwarded.get(Field.DESTINATION_PORT));
        Walk walk = new Walk(side, leading, destinations, ports, origins);
        anywhere.and(forwarded).ifPresent(sent -> walk.chain("PREROUTING", sent, 0));
        anywhere.and(local).ifPresent(sent -> walk.chain("OUTPUT", sent, 0));
        if (origins.size() > MOST_ORIGINS) {
          return Set.of(anywhere);
        }
      }
    }
    return origins;
  }

  /// Goes from a hook to the rules that translate.
  private record Walk(
      AskedRules rules,
      Set<String> leading,
      Ranges destinations,
      Ranges ports,
      Set<PacketSet> origins) {
    void chain(String name, PacketSet packets, int depth) {
      AskedChain chain = leading.contains(name) ? rules.asked(NAT, name) : null;
      if (chain == null || origins.size() > MOST_ORIGINS) {
        return;
      }
      if (depth == ChainPairs.DEPTH) {
        origins.add(packets);
        return;
      }
      chain.forEachOf(
          packets,
          held -> {
            Action action = held.rule().rule().action();
            if (action.callee().isPresent()) {
              chain(action.callee().get(), held.packets(), depth + 1);
            } else if (Translations.translates(action, destinations, ports)) {
              origins.add(held.packets());
            }
          });
    }
  }
}
