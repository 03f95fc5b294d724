package dev.kproxy.symbolic;

import dev.kproxy.iproute.Interface;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.line.WrittenChain;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.Packet;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.packet.Sample;
import dev.kproxy.symbolic.packet.Ways;
import dev.kproxy.symbolic.rules.AskedRules;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ForkJoinTask;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What differs between the behaviour of two rule sets of one family on two hosts, or on one at two
/// times.
///
/// Every packet is in one of the sets of [#differences] exactly where it fares differently: new
/// ones and those of connections, from everywhere and from the host itself, whose own packets come
/// from one of its addresses where these are known. Where they are not, packets from an address to
/// itself may fare otherwise: whether it is the host's is then one question, not two. Fields of a
/// packet that are not in [PacketSet] are as those of [Packet#of(dev.kproxy.simulate.Header)].
///
/// @param differences what is kept of each difference
/// @param ways where packets can come from, as far as it makes a difference
public record Comparison<D>(List<D> differences, Ways ways) {
  public Comparison {
    differences = List.copyOf(differences);
  }

  /// Compares two rule sets of one family.
  public static Comparison<Difference> of(RuledHost before, RuledHost after) {
    return of(before, after, Function.identity());
  }

  /// Compares two rule sets of one family, of whose differences little need be kept: there may be
  /// thousands, and their traces take more room than large rule sets.
  ///
  /// @param digest makes of a difference what is kept of it; called by several threads
  public static <D> Comparison<D> of(
      RuledHost before, RuledHost after, Function<Difference, D> digest) {
    Family family = before.rules().family();
    Ways ways = new Ways(Stream.of(before, after).flatMap(Comparison::interfaces).toList());
    AskedRules old = new AskedRules(before.rules(), before.host(), ways);
    AskedRules now = new AskedRules(after.rules(), after.host(), ways);
    PacketSet all = PacketSet.all(family, ways);
    HostChanges changes = new HostChanges(before.host(), after.host(), old, now);
    List<PacketSet> suspects =
        changes.areMany()
            ? List.of(
                all.with(Field.WAY, Ranges.of(Ways.LOCAL)), all.with(Field.WAY, ways.forwarded()))
            : new Suspects(old, now, changes, all, ways).find();
    Set<Ip> own = new TreeSet<>(old.host().own());
    own.addAll(now.host().own());
    Exploration exploration =
        new Exploration(
            List.of(old, now),
            ways,
            new Sample(ways, family, own, old.host().virtual().or(now.host().virtual())),
            before.machine(),
            after.machine());
    Overlaps overlaps = new Overlaps(suspects);
    // one task for each set: some take much longer than others
    List<ForkJoinTask<List<D>>> tasks =
        IntStream.range(0, overlaps.sets().size())
            .mapToObj(
                i ->
                    ForkJoinTask.adapt(
                        () ->
                            exploration.of(overlaps.sets().get(i), overlaps.before(i)).stream()
                                .map(digest)
                                .toList()))
            .toList();
    List<D> differences =
        ForkJoinTask.invokeAll(tasks).stream().flatMap(task -> task.join().stream()).toList();
    return new Comparison<>(differences, ways);
  }

  /// The patterns that tell apart the interfaces that packets come in by. Those of IPv6 that belong
  /// to a link leave by the same one, where it matters which addresses that has.
  private static Stream<String> interfaces(RuledHost side) {
    Stream<String> asked =
        patterns(
            side.rules(),
            'i',
            match -> match instanceof Match.InInterface(String pattern, _) ? pattern : null);
    if (side.rules().family() == Family.IPV4) {
      return asked;
    }
    Stream<String> left =
        patterns(
            side.rules(),
            'o',
            match -> match instanceof Match.OutInterface(String pattern, _) ? pattern : null);
    Stream<String> told =
        side.host().interfaces().stream().flatMap(List::stream).map(Interface::name);
    return Stream.of(asked, left, told, Stream.of("lo"))
        .flatMap(names -> names)
        .filter(name -> !name.isEmpty());
  }

  private static Stream<String> patterns(
      Ruleset rules, char option, Function<Match, @Nullable String> pattern) {
    return rules.tables().stream()
        .flatMap(
            table ->
                table.chains().parallelStream()
                    .filter(it -> !(it instanceof WrittenChain text) || text.mayHaveOption(option))
                    .toList()
                    .stream())
        .flatMap(chain -> chain.rules().stream())
        .flatMap(rule -> rule.matches().stream())
        .map(pattern)
        .filter(Objects::nonNull);
  }
}
