package dev.kproxy.symbolic;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.line.WrittenChain;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.iptables.IptablesMachine;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Sample;
import dev.kproxy.symbolic.packet.Ways;
import dev.kproxy.symbolic.rules.AskedRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// What differs between the behaviour of two rule sets of one family on two hosts, or on one at two
/// times.
///
/// Every packet is in one of the sets of [#differences] exactly where it fares differently: new
/// ones and those of connections, from everywhere and from the host itself, whose own packets come
/// from one of its addresses where these are known. Where they are not, packets from an address to
/// itself may fare otherwise: whether it is the host's is then one question, not two. Fields of a
/// packet that are not in [PacketSet] are as those of [Packet#of(dev.kproxy.simulate.Header)].
public final class Comparison {
  private final Ways ways;
  private final List<Difference> differences;

  private Comparison(Ways ways, List<Difference> differences) {
    this.ways = ways;
    this.differences = List.copyOf(differences);
  }

  /// Compares two rule sets of one family.
  public static Comparison of(RuledHost before, RuledHost after) {
    Family family = before.rules().family();
    Set<String> patterns = new TreeSet<>();
    interfaces(before.rules(), patterns);
    interfaces(after.rules(), patterns);
    Ways ways = new Ways(patterns);
    AskedRules old = new AskedRules(before.rules(), before.host(), ways);
    AskedRules now = new AskedRules(after.rules(), after.host(), ways);
    PacketSet all = PacketSet.all(family, ways);
    HostChanges changes = new HostChanges(before.host(), after.host(), old, now);
    List<PacketSet> suspects =
        changes.areMany() ? List.of(all) : new Suspects(old, now, changes, all, ways).find();
    Set<Ip> own = new TreeSet<>(old.host().own());
    own.addAll(now.host().own());
    Exploration exploration =
        new Exploration(
            List.of(old, now),
            ways,
            new Sample(ways, family, own, old.host().virtual().or(now.host().virtual())),
            new IptablesMachine(before.rules(), before.host()),
            new IptablesMachine(after.rules(), after.host()));
    Overlaps overlaps = new Overlaps(suspects);
    List<List<Difference>> found =
        IntStream.range(0, overlaps.sets().size())
            .parallel()
            .mapToObj(i -> exploration.of(overlaps.sets().get(i), overlaps.before(i)))
            .toList();
    List<Difference> differences = new ArrayList<>();
    found.forEach(differences::addAll);
    return new Comparison(ways, differences);
  }

  /// The patterns of interfaces that rules ask for where packets come in.
  private static void interfaces(Ruleset rules, Set<String> patterns) {
    for (Table table : rules.tables()) {
      for (Chain chain : table.chains()) {
        if (chain instanceof WrittenChain written && !written.mentions("-i")) {
          continue;
        }
        for (Rule rule : chain.rules()) {
          for (Match match : rule.matches()) {
            if (match instanceof Match.InInterface(String pattern, _)) {
              patterns.add(pattern);
            }
          }
        }
      }
    }
  }

  /// What differs.
  public List<Difference> differences() {
    return differences;
  }

  /// Where packets can come from, as far as it makes a difference.
  public Ways ways() {
    return ways;
  }
}
