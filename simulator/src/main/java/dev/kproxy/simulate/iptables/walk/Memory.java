package dev.kproxy.simulate.iptables.walk;

import dev.kproxy.iproute.RecentList;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Fraction;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Share;
import dev.kproxy.simulate.Verdict.Missing;
import dev.kproxy.simulate.Verdict.Why;
import dev.kproxy.simulate.iptables.chain.PreparedRule;
import dev.kproxy.simulate.iptables.flow.Flow;
import dev.kproxy.simulate.iptables.flow.Flow.Visit;
import dev.kproxy.simulate.iptables.flow.Trail;
import dev.kproxy.simulate.iptables.match.Answer;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What rules remember of earlier packets: the lists of `-m recent` and the counters of `-m
/// statistic --mode nth`.
final class Memory {
  private final Map<String, RecentList> lists;
  private final Map<String, Affinity> affinity = new LinkedHashMap<>();
  private final Map<CounterPlace, History> counters = new HashMap<>();
  private final Map<String, Ip> masks = new HashMap<>();
  private final Set<Place> entangled;
  private final Set<Place> found = new HashSet<>();
  private boolean marksInNat;

  /// @param lists the lists of the host; one that is not among them is empty
  /// @param entangled where nothing can be told
  Memory(Map<String, RecentList> lists, Set<Place> entangled) {
    this.lists = lists;
    this.entangled = entangled;
  }

  /// Where something is remembered.
  sealed interface Place {}

  /// One counter of a rule set.
  record CounterPlace(PreparedRule rule, int condition) implements Place {}

  /// A list, by its name.
  record ListPlace(String name) implements Place {}

  /// A counter that a packet has come by, and what it said.
  record Count(CounterPlace place, boolean held) {}

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

  /// Whether a rule of nat changed the mark of the packet.
  boolean marksInNat() {
    return marksInNat;
  }

  /// Remembers what a rule of nat did to the mark of the packet.
  void keepMarks(Branch before, Flow after) {
    marksInNat |= before.stage.isNat() && !before.flow.mark().equals(after.mark());
  }

  /// Counters that were found to be asked by packets which another counter had told apart: which of
  /// them come at which count is not a matter of shares. And lists that were found to be asked with
  /// several masks: a list has the mask of the rule that made it, and which that was does not show.
  Set<Place> entangled() {
    if (found.isEmpty()) {
      return entangled;
    }
    Set<Place> all = new HashSet<>(entangled);
    all.addAll(found);
    return all;
  }

  /// The share of the packets that come to a counter for which it holds: one in so many, over many
  /// connections.
  Answer count(PreparedRule rule, int condition, Match.Nth nth, Branch branch) {
    CounterPlace place = new CounterPlace(rule, condition);
    History known = counters.putIfAbsent(place, new History(branch.counts));
    if (known != null && !Objects.equals(known.before, branch.counts)) {
      found.add(place);
    }
    if (Trail.list(branch.counts).stream().anyMatch(count -> count.place().equals(place))) {
      found.add(place);
    }
    if (entangled.contains(place) || found.contains(place)) {
      return new Answer.Unknown(
          new Why(Missing.RUNNING_HOST, "the phase of the counter is not given"),
          null,
          nth.inverted());
    }
    Fraction share = Fraction.of(1, nth.every());
    Answer answer = share.isOne() ? Answer.Known.YES : new Answer.Chance(share, Share.LONG_RUN);
    return answer.invertedIf(nth.inverted());
  }

  /// Asks a list, and changes it for what follows (`recent_mt` in `net/netfilter/xt_recent.c`).
  Recollection recall(Match.Recent match, Branch branch, Packet packet) {
    Flow flow = branch.flow;
    Ip address = match.destination() ? flow.header().destination() : flow.header().source();
    Ip kept = masked(address, match.mask());
    Object entry = new ListEntry(match.name(), kept);
    Seen seen = seen(match.name(), kept, flow.lastVisit(entry), packet);
    Answer.Known plain = Answer.Known.of(!match.inverted());
    Answer.Known otherwise = Answer.Known.of(match.inverted());
    if (isOpen(match, address) && match.operation() != Match.Recent.Operation.SET) {
      Why why =
          new Why(Missing.RUNNING_HOST, "the mask of the list " + match.name() + " is not given");
      return new Recollection(new Answer.Unknown(why, null, match.inverted()), flow);
    }
    return switch (match.operation()) {
      case SET -> new Recollection(plain, flow.after(new Visit(entry, true)));
      case REMOVE ->
          seen == null
              ? new Recollection(otherwise, flow)
              : new Recollection(plain, flow.after(new Visit(entry, false)));
      case RCHECK, UPDATE -> check(match, branch, entry, seen);
    };
  }

  /// Whether the mask of a list is not the one that all rules name.
  private boolean isOpen(Match.Recent match, Ip address) {
    Ip all = address instanceof Ip.V4 ? new Ip.V4(-1) : new Ip.V6(-1, -1);
    Ip mask = match.mask().orElse(all);
    ListPlace place = new ListPlace(match.name());
    if (!Objects.requireNonNullElse(masks.putIfAbsent(match.name(), mask), mask).equals(mask)) {
      found.add(place);
    }
    return entangled.contains(place) || found.contains(place);
  }

  /// What a list has of an address, or null: first what rules did on the way, then what the packet
  /// brings, then the list of the host.
  private @Nullable Seen seen(String name, Ip address, @Nullable Visit last, Packet packet) {
    if (last != null) {
      return last.present() ? new Seen(0, -1) : null;
    }
    Integer age = packet.recent().get(name);
    if (age != null) {
      return new Seen(age, -1);
    }
    RecentList list = lists.get(name);
    return list == null
        ? null
        : list.entry(address).map(found -> new Seen(-1, found.stamps().size())).orElse(null);
  }

  private Recollection check(Match.Recent match, Branch branch, Object entry, @Nullable Seen seen) {
    Flow flow = branch.flow;
    boolean late = seen == null || (match.seconds() > 0 && seen.age > match.seconds());
    boolean seldom = seen != null && seen.times >= 0 && seen.times < match.hitCount();
    if (seen == null || late || seldom) {
      if (!affinity.containsKey(match.name())) {
        Branch there = branch.start();
        there.condition++;
        there.flow = flow.after(new Visit(entry, true));
        affinity.put(match.name(), new Affinity(match.name(), match.seconds(), there));
      }
      return answered(match, match.inverted(), flow, seen == null ? null : entry);
    }
    boolean aged = match.seconds() == 0 || seen.age >= 0;
    boolean counted = match.hitCount() <= 1 || (match.seconds() == 0 && seen.times >= 0);
    if (!aged || !counted || match.ttl()) {
      return new Recollection(
          new Answer.Unknown(why(match, aged, counted), new Asked(match, entry), match.inverted()),
          flow);
    }
    return answered(match, !match.inverted(), flow, entry);
  }

  /// Where it holds, `--update` renews the entry.
  ///
  /// @param entry null where there is none
  private static Recollection answered(
      Match.Recent match, boolean holds, Flow flow, @Nullable Object entry) {
    boolean isUpdate = match.operation() == Match.Recent.Operation.UPDATE;
    return new Recollection(
        Answer.Known.of(holds),
        holds && isUpdate && entry != null ? flow.after(new Visit(entry, true)) : flow);
  }

  private static Why why(Match.Recent match, boolean aged, boolean counted) {
    String end = " in the list " + match.name() + " is not given";
    if (!aged) {
      Missing missing = match.hitCount() <= 1 ? Missing.AGE : Missing.RUNNING_HOST;
      return new Why(missing, "how old the entry is" + end);
    }
    if (!counted) {
      Missing missing = match.seconds() == 0 ? Missing.LIST : Missing.RUNNING_HOST;
      return new Why(missing, "how often it was seen" + end);
    }
    return new Why(Missing.RUNNING_HOST, "its TTL" + end);
  }

  /// @param age in seconds, or -1 where it is not known
  /// @param times how often, or -1 where it is not known
  private record Seen(int age, int times) {}

  private record Asked(Match.Recent match, Object entry) {}

  private static Ip masked(Ip address, Optional<Ip> mask) {
    return mask.isEmpty() ? address : new MaskedIp(address, mask.get()).ip();
  }

  private record ListEntry(String list, Ip address) {}

  /// The counters that a packet came by before.
  private record History(@Nullable Trail<Count> before) {}
}
