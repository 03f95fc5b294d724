package dev.kproxy.symbolic;

import dev.kproxy.ipset.Entry;
import dev.kproxy.iptables.Action;
import dev.kproxy.ipvs.RealServer;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.simulate.Packet;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Protocols;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.packet.States;
import dev.kproxy.symbolic.packet.Ways;
import dev.kproxy.symbolic.rules.AskedChain;
import dev.kproxy.symbolic.rules.AskedRule;
import dev.kproxy.symbolic.rules.AskedRules;
import dev.kproxy.symbolic.rules.Boxes;
import dev.kproxy.symbolic.rules.Question;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Everything that rules and kernel may ask of some packets as they were sent, on their whole way.
///
/// Marks and draws do not hold a packet back here, so that some of it may never be asked. A packet
/// whose destination was translated is followed as one of all that it may have become.
final class Survey {
  /// IPv6 destinations that are looked for on the interface that packets come in by.
  private static final Ranges OF_A_LINK =
      Ranges.of(Cidr.of("fe80::/10")).or(Ranges.of(Cidr.of("::1/128")));

  private final PacketSet packets;
  private final List<AskedRules> sides;
  private final Map<Field, Set<Ranges>> asked = new EnumMap<>(Field.class);
  private boolean isExact = true;

  private Survey(PacketSet packets, List<AskedRules> sides) {
    this.packets = packets;
    this.sides = sides;
    for (Field field : Field.values()) {
      asked.put(field, new LinkedHashSet<>());
    }
  }

  /// What may be asked of some packets.
  static Survey of(PacketSet packets, List<AskedRules> sides, Ways ways) {
    Survey survey = new Survey(packets, sides);
    survey.kernel(ways);
    for (AskedRules side : sides) {
      survey.new Way(side).go(ways);
    }
    return survey;
  }

  /// For each field the sets of values that make a difference.
  Set<Ranges> asked(Field field) {
    return asked.getOrDefault(field, Set.of());
  }

  /// Whether packets that give the same answers fare the same. They may not where a hash of their
  /// addresses decides, or a pattern of addresses with many holes.
  boolean isExact() {
    return isExact;
  }

  private void kernel(Ways ways) {
    ask(Field.WAY, Ranges.of(Ways.LOCAL));
    if (packets.family() == Family.IPV6 && OF_A_LINK.meets(packets.get(Field.DESTINATION))) {
      ways.each().forEach(way -> ask(Field.WAY, way));
    }
    ask(Field.PROTOCOL, Ranges.of(Protocols.ICMP));
    ask(Field.STATE, Ranges.of(States.number(Packet.State.NEW)));
    ask(Field.STATE, States.CONNECTED);
    ask(Field.STATE, Ranges.of(States.number(Packet.State.INVALID)));
    if (packets.get(Field.PROTOCOL).contains(Protocols.ICMP)) {
      ask(Field.STATE, Ranges.of(States.number(Packet.State.RELATED)));
    }
    for (AskedRules side : sides) {
      for (Ranges addresses : side.host().addresses()) {
        ask(Field.SOURCE, addresses);
        ask(Field.DESTINATION, addresses);
      }
      if (!side.host().areGiven()) {
        same(packets.get(Field.DESTINATION));
      }
    }
  }

  /// Where nobody told the addresses of the host, it makes a difference whether an address is one
  /// of which the same was asked.
  private void same(Ranges address) {
    if (address.isSingle()) {
      ask(Field.SOURCE, address);
      ask(Field.DESTINATION, address);
    }
  }

  private void ask(Field field, Ranges values) {
    Ranges of = packets.get(field);
    if (!of.isSingle() && of.meets(values) && !values.containsAll(of)) {
      asked(field).add(values);
    }
  }

  /// The way through the hooks of one side.
  private final class Way {
    private final AskedRules rules;
    private final Set<Object> visited = new HashSet<>();
    private final Set<Ranges> destinations = new LinkedHashSet<>();
    private final Set<Ranges> ports = new LinkedHashSet<>();
    private boolean keepsPort;

    Way(AskedRules rules) {
      this.rules = rules;
    }

    private record Visit(String table, String chain, PacketSet packets, boolean translated) {}

    void go(Ways ways) {
      boolean translates = States.CONNECTED.meets(packets.get(Field.STATE));
      for (String table : List.of("raw", "mangle", "nat")) {
        if (translates || !table.equals("nat")) {
          packets
              .and(Field.WAY, ways.forwarded())
              .ifPresent(sent -> visit(table, "PREROUTING", sent, false));
          packets
              .and(Field.WAY, Ranges.of(Ways.LOCAL))
              .ifPresent(sent -> visit(table, "OUTPUT", sent, false));
        }
      }
      onward(packets, false, ways);
      balance(packets, false);
      if (!destinations.isEmpty()) {
        balance(translated(), true);
        onward(translated(), true, ways);
        translated().and(Field.WAY, ways.forwarded()).ifPresent(this::sent);
      }
    }

    /// The packets after the translation of their destination.
    private PacketSet translated() {
      Ranges others = Ranges.union(ports);
      return packets
          .with(Field.DESTINATION, Ranges.union(destinations))
          .with(
              Field.DESTINATION_PORT,
              keepsPort ? others.or(packets.get(Field.DESTINATION_PORT)) : others);
    }

    /// Virtual servers send packets to real ones.
    private void balance(PacketSet come, boolean translated) {
      rules
          .servers()
          .servers()
          .forEachOf(
              come,
              box -> {
                box.questions().forEach(question -> ask(question, translated));
                box.what().servers().forEach(this::to);
                keepsPort |= box.what().persistence().isPresent();
              });
    }

    private void to(RealServer server) {
      to(Ranges.of(server.address()));
      keepsPort |= server.port() == 0;
      ports.add(Ranges.of(server.port()));
    }

    /// What comes from elsewhere and is sent to a real server passes the hook OUTPUT.
    private void sent(PacketSet balanced) {
      if (!rules.servers().servers().all().isEmpty()) {
        for (String table : List.of("raw", "mangle", "filter", "security")) {
          visit(table, "OUTPUT", balanced.with(Field.WAY, Ranges.of(Ways.LOCAL)), true);
        }
      }
    }

    /// The hooks after the destination's translation.
    private void onward(PacketSet sent, boolean translated, Ways ways) {
      for (String table : List.of("mangle", "filter", "security", "nat")) {
        sent.and(Field.WAY, ways.forwarded())
            .ifPresent(
                arrived -> {
                  visit(table, "INPUT", arrived, translated);
                  visit(table, "FORWARD", arrived, translated);
                });
        visit(table, "POSTROUTING", sent, translated);
      }
      sent.and(Field.WAY, Ranges.of(Ways.LOCAL))
          .ifPresent(
              local -> {
                visit("filter", "OUTPUT", local, translated);
                visit("security", "OUTPUT", local, translated);
                PacketSet looped =
                    local
                        .with(Field.SOURCE, Ranges.all(packets.family()))
                        .with(Field.SOURCE_PORT, Ranges.of(0, 0xffff));
                for (String table : List.of("raw", "mangle", "filter", "security", "nat")) {
                  visit(table, "INPUT", looped, translated);
                  if (!table.equals("nat")) {
                    visit(table, "PREROUTING", looped, translated);
                  }
                }
              });
    }

    private void visit(String table, String name, PacketSet held, boolean translated) {
      AskedChain chain = rules.asked(table, name);
      if (chain == null || !visited.add(new Visit(table, name, held, translated))) {
        return;
      }
      chain.forEachOf(
          held,
          rule -> {
            rule(rule.rule(), rule.packets(), translated);
            rule.rule()
                .rule()
                .action()
                .callee()
                .ifPresent(callee -> visit(table, callee, rule.packets(), translated));
          });
    }

    private void rule(AskedRule rule, PacketSet held, boolean translated) {
      isExact &= rule.isExact();
      for (Question question : rule.all()) {
        ask(question, translated);
      }
      for (Question question : rule.further()) {
        ask(question, translated);
      }
      for (Boxes<Entry> entries : rule.sets()) {
        entries.forEachOf(
            held, box -> box.questions().forEach(question -> ask(question, translated)));
      }
      action(rule.rule().action());
    }

    /// Of what the destination was translated to, the answers are known.
    private void ask(Question question, boolean translated) {
      boolean known =
          translated
              && (question.field() == Field.DESTINATION
                  || (question.field() == Field.DESTINATION_PORT && !keepsPort));
      if (!known) {
        Survey.this.ask(question.field(), question.values());
      }
    }

    private void action(Action action) {
      switch (action) {
        case Action.Dnat(Action.Translation to, boolean random, _) -> translation(to, random);
        case Action.Redirect(var range, boolean random) -> {
          to(own());
          range.ifPresentOrElse(found -> ports(found, random), () -> keepsPort = true);
        }
        case Action.Netmap _ -> {
          to(Ranges.all(packets.family()));
          keepsPort = true;
          isExact = false;
        }
        case Action.Snat(Action.Translation to, _, _, _) -> isExact &= to.first().equals(to.last());
        case Action.Masquerade _,
            Action.None _,
            Action.Jump _,
            Action.Goto _,
            Action.Accept _,
            Action.Drop _,
            Action.Return _,
            Action.Queue _,
            Action.Reject _,
            Action.Mark _,
            Action.ConnMark _,
            Action.SaveMark _,
            Action.RestoreMark _,
            Action.NoTrack _,
            Action.Ct _,
            Action.Tproxy _,
            Action.Target _ -> {}
      }
    }

    private void translation(Action.Translation to, boolean random) {
      isExact &= to.base().isEmpty() && to.last().or(to::first).equals(to.first());
      to(Translations.addresses(to).orElseGet(() -> packets.get(Field.DESTINATION)));
      to.ports().ifPresentOrElse(range -> ports(range, random), () -> keepsPort = true);
    }

    private void to(Ranges addresses) {
      destinations.add(addresses);
      if (!rules.host().areGiven()) {
        same(addresses);
      }
    }

    /// A port within the range stays as it is.
    private void ports(PortRange range, boolean random) {
      Ranges values = Ranges.of(range.first(), range.last());
      ports.add(values);
      if (range.first() != range.last() && !random) {
        keepsPort = true;
        Survey.this.ask(Field.DESTINATION_PORT, values);
      }
    }

    private Ranges own() {
      if (!rules.host().areGiven()) {
        return Ranges.all(packets.family());
      }
      Ranges own =
          packets.family() == Family.IPV4 ? Ranges.of(Ip.of("127.0.0.1")) : Ranges.of(Ip.of("::1"));
      for (Ip ip : rules.host().own()) {
        own = own.or(Ranges.of(ip));
      }
      return own;
    }
  }
}
