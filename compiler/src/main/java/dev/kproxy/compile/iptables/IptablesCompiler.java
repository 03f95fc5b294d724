package dev.kproxy.compile.iptables;

import dev.kproxy.compile.rule.Dialect;
import dev.kproxy.compile.rule.KubeChains;
import dev.kproxy.compile.rule.MasqueradeRules;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.net.Family;
import dev.kproxy.plan.Plan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// Makes the rules of iptables mode, as kube-proxy's first sync on an empty node leaves them.
///
/// Chains are ordered by name, after the built-in ones; the rules of chains that Services share by
/// Service port; inside the chains of one Service everything is in kube-proxy's own order. The
/// rules of a chain are made when they are asked for, so that a large rule set is never held whole.
///
/// Source: `syncProxyRules` in `pkg/proxy/iptables/proxier.go` of Kubernetes 1.36.
public final class IptablesCompiler {
  private static final int PARALLEL = 1000;

  /// So many bits of a rank are one digit; it pays to sort by digits from so many chains on as a
  /// digit has values.
  private static final int DIGIT_BITS = 16;

  private static final Comparator<Chain> BY_NAME = (a, b) -> a.name().compareTo(b.name());

  private final Plan plan;
  private final Dialect dialect;
  private final BaseRules base;
  private final List<ServiceRules> services;

  private IptablesCompiler(Plan plan, Dialect dialect) {
    this.plan = plan;
    this.dialect = dialect;
    this.base = new BaseRules(plan, dialect);
    this.services =
        stream(plan.services()).map(service -> new ServiceRules(plan, service, dialect)).toList();
  }

  /// All that is in the kernel after kube-proxy has run: its chains, the built-in ones with the
  /// jumps to them, and its canaries.
  public static Ruleset save(Plan plan, Dialect dialect) {
    return new IptablesCompiler(plan, dialect).save();
  }

  /// What kube-proxy itself feeds to iptables-restore: the chains that it fills, without the jumps
  /// to them, which it makes one by one.
  public static Ruleset restore(Plan plan, Dialect dialect) {
    return new IptablesCompiler(plan, dialect).restore();
  }

  /// What [#save] makes, from what [#restore] made of the same plan: with the jumps from the
  /// built-in chains, and with the chains that kube-proxy only makes sure of.
  public static Ruleset completed(Ruleset restored) {
    return withHooks(restored.family(), restored.userChains("filter"), restored.userChains("nat"));
  }

  private Ruleset save() {
    return withHooks(plan.family(), filter(), nat());
  }

  private static Ruleset withHooks(Family family, List<Chain> filter, List<Chain> nat) {
    Chain canary = new Chain.Of(KubeChains.CANARY, List.of());
    List<Chain> ensured = new ArrayList<>(List.of(canary));
    if (filter.stream().noneMatch(chain -> chain.name().equals(KubeChains.FIREWALL))) {
      // The jumps to it are there even where kube-proxy has no rule for it.
      ensured.add(new Chain.Of(KubeChains.FIREWALL, List.of()));
    }
    return new Ruleset(
        family,
        List.of(
            table("filter", BaseRules.filterHooks(), both(filter, ensured)),
            table("mangle", BaseRules.mangleHooks(), List.of(canary)),
            table("nat", BaseRules.natHooks(), both(nat, List.of(canary)))));
  }

  private Ruleset restore() {
    return new Ruleset(
        plan.family(),
        List.of(table("filter", List.of(), filter()), table("nat", List.of(), nat())));
  }

  private static Table table(String name, List<Chain> hooks, List<Chain> chains) {
    return new Table(name, both(hooks, sorted(chains)));
  }

  private static List<Chain> both(List<Chain> first, List<Chain> second) {
    List<Chain> both = new ArrayList<>(first.size() + second.size());
    both.addAll(first);
    both.addAll(second);
    return both;
  }

  /// The chains by name.
  private static List<Chain> sorted(List<Chain> chains) {
    Chain[] sorted = chains.toArray(new Chain[0]);
    if (sorted.length > 1 << DIGIT_BITS) {
      return Arrays.asList(radixSorted(sorted));
    }
    Arrays.sort(sorted, BY_NAME);
    return Arrays.asList(sorted);
  }

  /// The chains by their ranks, digit by digit from the last to the first, and by their names where
  /// those begin alike. Hundreds of thousands of hashes are as far from any order as can be, and to
  /// compare two of them waits for memory.
  private static Chain[] radixSorted(Chain[] chains) {
    Chain[] from = chains;
    long[] ranks = new long[from.length];
    for (int i = 0; i < from.length; i++) {
      ranks[i] = from[i] instanceof MadeChain made ? made.rank() : ChainNames.rank(from[i].name());
    }
    for (int shift = 0; shift < ChainNames.RANK_BITS; shift += DIGIT_BITS) {
      int[] places = places(ranks, shift);
      Chain[] to = new Chain[from.length];
      long[] moved = new long[from.length];
      for (int i = 0; i < from.length; i++) {
        int place = places[digit(ranks[i], shift)]++;
        to[place] = from[i];
        moved[place] = ranks[i];
      }
      from = to;
      ranks = moved;
    }
    int begin = 0;
    for (int i = 1; i <= from.length; i++) {
      if (i == from.length || ranks[i] != ranks[begin]) {
        if (i > begin + 1) {
          Arrays.sort(from, begin, i, BY_NAME);
        }
        begin = i;
      }
    }
    return from;
  }

  /// Where the first rank with each digit goes.
  private static int[] places(long[] ranks, int shift) {
    int[] places = new int[(1 << DIGIT_BITS) + 1];
    for (long rank : ranks) {
      places[digit(rank, shift) + 1]++;
    }
    for (int i = 1; i < places.length; i++) {
      places[i] += places[i - 1];
    }
    return places;
  }

  private static int digit(long rank, int shift) {
    return (int) (rank >>> shift) & ((1 << DIGIT_BITS) - 1);
  }

  private List<Chain> filter() {
    List<Chain> chains = new ArrayList<>();
    chains.add(shared(KubeChains.SERVICES, ServiceRules::internalRefusals, List.of()));
    chains.add(shared(KubeChains.EXTERNAL_SERVICES, ServiceRules::externalRefusals, List.of()));
    chains.add(shared(KubeChains.NODE_PORTS, ServiceRules::healthChecks, List.of()));
    chains.add(shared(KubeChains.PROXY_FIREWALL, ServiceRules::firewallDrops, List.of()));
    chains.add(new Chain.Of(KubeChains.FORWARD, base.forward()));
    if (plan.localhostNodePorts()) {
      chains.add(new Chain.Of(KubeChains.FIREWALL, base.firewall()));
    }
    return chains;
  }

  private List<Chain> nat() {
    List<Chain> chains = new ArrayList<>();
    chains.add(shared(KubeChains.SERVICES, ServiceRules::captures, base.nodePortJumps()));
    chains.add(shared(KubeChains.NODE_PORTS, ServiceRules::nodePortCaptures, List.of()));
    int mark = plan.masqueradeMark();
    chains.add(new Chain.Of(KubeChains.POSTROUTING, MasqueradeRules.postrouting(mark, dialect)));
    chains.add(new Chain.Of(KubeChains.MARK_MASQUERADE, MasqueradeRules.mark(mark)));
    chains.addAll(stream(services).map(ServiceRules::chains).flatMap(List::stream).toList());
    return chains;
  }

  /// Names are hashes, and a large cluster has hundreds of thousands: then all processors take
  /// part.
  private static <T> Stream<T> stream(List<T> list) {
    return list.size() > PARALLEL ? list.parallelStream() : list.stream();
  }

  /// A chain with rules of all Services, and last the given ones.
  private Chain shared(String name, Function<ServiceRules, List<Rule>> rulesOf, List<Rule> last) {
    return MadeChain.of(
        name,
        () -> {
          List<Rule> rules = new ArrayList<>();
          services.forEach(service -> rules.addAll(rulesOf.apply(service)));
          rules.addAll(last);
          return rules;
        });
  }
}
