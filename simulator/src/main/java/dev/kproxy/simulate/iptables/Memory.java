package dev.kproxy.simulate.iptables;

import dev.kproxy.iptables.Match;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.iptables.Branch.Counter;
import dev.kproxy.simulate.iptables.Flow.Visit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What rules remember of earlier packets: the lists of `-m recent` and the counters of `-m
/// statistic --mode nth`.
final class Memory {
  private final Map<String, Affinity> affinity = new LinkedHashMap<>();
  private final Map<CounterPlace, History> counters = new HashMap<>();
  private final Set<CounterPlace> entangled;
  private final Set<CounterPlace> found = new HashSet<>();

  /// @param entangled counters whose shares cannot be told
  Memory(Set<CounterPlace> entangled) {
    this.entangled = entangled;
  }

  /// One counter of a rule set.
  record CounterPlace(PreparedRule rule, int condition) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof CounterPlace(PreparedRule that, int number)
          && rule == that
          && condition == number;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(rule) + condition;
    }
  }

  /// A list that was asked for an address that is not on it.
  ///
  /// @param branch where a packet goes on whose address is on the list
  record Affinity(String list, int seconds, Branch branch) {}

  /// What a list said, and the packet after it.
  record Recollection(Answer answer, Flow flow) {}

  /// The lists that were asked in vain, in order.
  Collection<Affinity> affinity() {
    return affinity.values();
  }

  /// Counters that were found to be asked by packets which another counter had told apart: which of
  /// them come at which count is not a matter of shares.
  Set<CounterPlace> entangled() {
    Set<CounterPlace> all = new HashSet<>(entangled);
    all.addAll(found);
    return all;
  }

  /// The share of the packets that come to a counter for which it holds: one in so many, over many
  /// connections.
  Answer count(PreparedRule rule, int condition, Match.Nth nth, Branch branch) {
    CounterPlace place = new CounterPlace(rule, condition);
    History known = counters.putIfAbsent(place, new History(branch.counters));
    if (known != null && !Counter.same(known.counters, branch.counters)) {
      found.add(place);
    }
    for (Counter seen = branch.counters; seen != null; seen = seen.before) {
      if (seen.rule == rule && seen.condition == condition) {
        found.add(place);
      }
    }
    if (entangled.contains(place) || found.contains(place)) {
      return new Answer.Unknown("the phase of the counter is not given", null, nth.inverted());
    }
    Fraction share = Fraction.of(1, nth.every());
    return share.isOne()
        ? Answer.Known.of(!nth.inverted())
        : new Answer.Chance(nth.inverted() ? share.complement() : share, Share.LONG_RUN);
  }

  /// Asks a list, and changes it for what follows (`recent_mt` in `net/netfilter/xt_recent.c`).
  Recollection recall(Match.Recent match, Branch branch, Packet packet) {
    Flow flow = branch.flow;
    Ip address = match.destination() ? flow.header().destination() : flow.header().source();
    Object entry = new ListEntry(match.name(), masked(address, match.mask()));
    Visit last = Visit.last(flow.visits(), entry);
    Integer age = last == null ? packet.recent().get(match.name()) : last.present() ? 0 : null;
    Answer.Known plain = Answer.Known.of(!match.inverted());
    Answer.Known otherwise = Answer.Known.of(match.inverted());
    return switch (match.operation()) {
      case SET -> new Recollection(plain, flow.after(new Visit(entry, true, flow.visits())));
      case REMOVE ->
          age == null
              ? new Recollection(otherwise, flow)
              : new Recollection(plain, flow.after(new Visit(entry, false, flow.visits())));
      case RCHECK, UPDATE -> check(match, branch, entry, age);
    };
  }

  private Recollection check(
      Match.Recent match, Branch branch, Object entry, @Nullable Integer age) {
    Flow flow = branch.flow;
    boolean fresh = age != null && (match.seconds() == 0 || age <= match.seconds());
    if (fresh && (match.hitCount() > 1 || match.ttl())) {
      String asked = match.ttl() ? "the TTL of the entry" : "how often the entry was seen";
      return new Recollection(
          new Answer.Unknown(asked + " in the list " + match.name() + " is not given", match),
          flow);
    }
    if (!fresh && !affinity.containsKey(match.name())) {
      Branch there = branch.start();
      there.condition++;
      there.flow = flow.after(new Visit(entry, true, flow.visits()));
      affinity.put(match.name(), new Affinity(match.name(), match.seconds(), there));
    }
    boolean holds = fresh != match.inverted();
    boolean refreshed = match.operation() == Match.Recent.Operation.UPDATE && holds && age != null;
    return new Recollection(
        Answer.Known.of(holds),
        refreshed ? flow.after(new Visit(entry, true, flow.visits())) : flow);
  }

  private static Ip masked(Ip address, Optional<Ip> mask) {
    return mask.isEmpty() ? address : new dev.kproxy.iptables.MaskedIp(address, mask.get()).ip();
  }

  private record ListEntry(String list, Ip address) {}

  /// The counters that a packet came by before.
  private record History(@Nullable Counter counters) {}
}
