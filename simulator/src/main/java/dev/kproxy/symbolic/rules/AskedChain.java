package dev.kproxy.symbolic.rules;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Rule;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// A chain whose rules are found by the packets that they may hold for.
public final class AskedChain {
  private static final int WORTH_AN_INDEX = 12;

  private final Chain chain;
  private final List<AskedRule> rules;

  /// The numbers of rules for one destination, and of the others, each again by port.
  private final @Nullable NavigableMap<Ranges, Numbers> byDestination;

  private final Numbers elsewhere = new Numbers();

  AskedChain(Chain chain, Questions questions, String table) {
    this.chain = chain;
    List<Rule> all = chain.rules();
    List<AskedRule> asked = new ArrayList<>(all.size());
    for (Rule rule : all) {
      asked.add(AskedRule.of(rule, questions, table));
    }
    this.rules = asked;
    this.byDestination = all.size() >= WORTH_AN_INDEX ? new TreeMap<>(Ranges.BY_FIRST) : null;
    if (byDestination != null) {
      for (int i = 0; i < asked.size(); i++) {
        Ranges destination = asked.get(i).only(Field.DESTINATION);
        Numbers into =
            destination == null
                ? elsewhere
                : byDestination.computeIfAbsent(destination, _ -> new Numbers());
        into.add(i, asked.get(i).only(Field.DESTINATION_PORT));
      }
    }
  }

  /// What becomes of packets at its end, where it is built in.
  public Optional<Chain.Policy> policy() {
    return chain.policy();
  }

  /// Its rules in order.
  public List<AskedRule> rules() {
    return rules;
  }

  /// A rule, and those of some packets that it may hold for.
  public record Held(AskedRule rule, PacketSet packets) {}

  /// Shows the rules that may hold for some of these packets, in no order.
  public void forEachOf(PacketSet packets, Consumer<Held> sink) {
    if (byDestination == null) {
      rules.forEach(rule -> show(rule, packets, sink));
      return;
    }
    Ranges port = packets.get(Field.DESTINATION_PORT);
    IntConsumer show = number -> show(rules.get(number), packets, sink);
    elsewhere.forEach(port, show);
    for (Ranges destinations : packets.get(Field.DESTINATION).parts()) {
      Ranges last = Ranges.of(destinations.last(0, packets.family()));
      byDestination
          .subMap(destinations, true, last, true)
          .values()
          .forEach(there -> there.forEach(port, show));
    }
  }

  private static void show(AskedRule rule, PacketSet packets, Consumer<Held> sink) {
    Optional<PacketSet> held = rule.of(packets);
    if (held.isPresent()) {
      sink.accept(new Held(rule, held.get()));
    }
  }

  /// Numbers of rules, by the one port that they are for.
  private static final class Numbers {
    private static final int[] NONE = {};

    private @Nullable Map<Ranges, int[]> byPort;
    private int[] others = NONE;

    void add(int number, @Nullable Ranges port) {
      if (port == null) {
        others = append(others, number);
      } else {
        byPort = byPort == null ? new HashMap<>(2) : byPort;
        byPort.merge(port, new int[] {number}, (old, one) -> append(old, one[0]));
      }
    }

    private static int[] append(int[] numbers, int number) {
      int[] longer = Arrays.copyOf(numbers, numbers.length + 1);
      longer[numbers.length] = number;
      return longer;
    }

    void forEach(Ranges port, IntConsumer sink) {
      forEach(others, sink);
      if (byPort != null && port.isSingle()) {
        forEach(byPort.getOrDefault(port, NONE), sink);
      } else if (byPort != null) {
        byPort.values().forEach(there -> forEach(there, sink));
      }
    }

    private static void forEach(int[] numbers, IntConsumer sink) {
      for (int number : numbers) {
        sink.accept(number);
      }
    }
  }
}
