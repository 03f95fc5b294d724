package dev.kproxy.host.apply;

import dev.kproxy.host.Backend;
import dev.kproxy.host.Host;
import dev.kproxy.host.HostFault;
import dev.kproxy.host.Progress;
import dev.kproxy.host.ToolCall;
import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.ipvs.Balancing;
import dev.kproxy.host.plan.Ownership;
import dev.kproxy.host.plan.Plan;
import dev.kproxy.host.plan.Planning;
import dev.kproxy.host.plan.Rehearsal;
import dev.kproxy.host.plan.Tables;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.rules.TableKey;
import dev.kproxy.host.rules.TableText;
import dev.kproxy.host.state.Deadline;
import dev.kproxy.host.state.Generation;
import dev.kproxy.host.state.Installed;
import dev.kproxy.host.state.State;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads the host and its state, and thinks a change through, up to the rehearsal.
final class Drafting {
  private final Host host;
  private final State state;
  private final Progress progress;
  private final Known known;
  private final Tables.Source source;

  Drafting(Host host, State state, Progress progress) throws HostFault {
    this(host, state, progress, Known.read(host, state));
  }

  private Drafting(Host host, State state, Progress progress, Known known) {
    this(host, state, progress, known, Tables.Source.of(host, known::tables));
  }

  /// @param known what is written down of the host
  /// @param source what reads its tables on the way in
  Drafting(Host host, State state, Progress progress, Known known, Tables.Source source) {
    this.host = host;
    this.state = state;
    this.progress = progress;
    this.known = known;
    this.source = source;
  }

  /// What kproxy has put on the host in this boot, if anything.
  Optional<Installed> now() {
    return known.now();
  }

  /// The way to what was compiled.
  Draft apply(Target target, Settings settings) throws HostFault {
    Backend backend = backend(settings, target.families());
    // What was rehearsed before is spelled as the host spells it.
    Optional<Generation> same = known.current().filter(it -> it.source().equals(target.source()));
    return in(Verb.APPLY, same.isPresent() ? same.get() : compiled(target, backend), settings);
  }

  /// The way in for a generation.
  Draft in(Verb verb, Generation wanted, Settings settings) throws HostFault {
    return to(verb, wanted, settings, Way.IN);
  }

  /// The way back to a generation that was there before.
  Draft back(Generation earlier, Settings settings, Way way) throws HostFault {
    return to(Verb.ROLLBACK, earlier, settings, way);
  }

  /// Where a change leads, and who waits for it.
  enum Way {
    /// To what was not there before.
    IN,
    /// To what was there before: not refused for what only matters on the way in.
    BACK,
    /// The same, with nobody there who could do something about a refusal: what rules of others
    /// need is left to them.
    BACK_ALONE
  }

  private Draft to(Verb verb, Generation wanted, Settings settings, Way way) throws HostFault {
    progress.step("read");
    Set<Family> families = new TreeSet<>(wanted.families());
    known.current().ifPresent(generation -> families.addAll(generation.families()));
    Optional<Generation> before = beforeKproxy();
    Optional<Generation> kubelets = before.map(Ownership::kubelets);
    kubelets.ifPresent(generation -> families.addAll(generation.families()));
    boolean counters = !wanted.counters().isEmpty();
    boolean sysctls = !wanted.sysctls().isEmpty();
    Preflight preflight = new Preflight(host, wanted.backend(), List.copyOf(families));
    switch (way) {
      case IN -> preflight.check(counters, sysctls, isBalanced(wanted));
      case BACK, BACK_ALONE -> preflight.checkBack(counters, sysctls, isBalanced(wanted), progress);
    }
    Tables tables =
        switch (way) {
          case IN -> Tables.readAll(host, source, wanted.backend(), families, progress);
          case BACK, BACK_ALONE -> Tables.read(host, wanted.backend(), families, known.tables());
        };
    Balancer balancer = balancer(wanted);
    Rehearsal rehearsal = new Rehearsal(host, progress, tables);
    Ownership ownership =
        new Ownership(
            tables,
            balancer,
            local(wanted, settings),
            known.now(),
            known.current().map(rehearsal::standing),
            known.ours(),
            settings.takeOver());
    switch (way) {
      case IN -> check(ownership, wanted);
      case BACK, BACK_ALONE -> ownership.checkBack(wanted).ifPresent(progress::note);
    }

    String id = newId();
    Generation settled = ownership.settled(wanted, kubelets.map(rehearsal::known));
    Planning planning = planning(tables, balancer, ownership.owned(settled));
    progress.step("plan");
    Generation goal = way == Way.BACK_ALONE ? planning.leavingUsed(settled) : settled;
    Rehearsed rehearsed = rehearsed(goal, id, planning, rehearsal);
    Generation to = rehearsed.to();
    Plan plan = rehearsed.plan();
    boolean same = plan.isEmpty();
    Generation from = same ? known.current().orElse(to) : ownership.standing(to);
    Duration left = Forecast.of(plan, tables.time(), rehearsed.time()).left();
    Optional<Deadline> confirmBy =
        deadline(settings, plan, left).or(() -> pendingDeadline(verb, to));
    return new Draft(
        verb,
        from,
        to,
        plan,
        Optional.of(next(verb, id, to, plan, planning, confirmBy)),
        same ? to : ownership.before(from, to, before),
        left,
        settings.drain());
  }

  /// Who plans keeps nobody out, and may see what is half changed.
  private void check(Ownership ownership, Generation wanted) throws HostFault {
    try {
      ownership.check(wanted);
    } catch (HostFault e) {
      boolean settled =
          state.journal().isEmpty() && Known.read(host, state).now().equals(known.now());
      throw settled
          ? e
          : new HostFault(
              HostFault.Kind.TIME,
              "another change is at work here, or was interrupted: kproxy status tells which,"
                  + " kproxy recover ends it");
    }
  }

  /// A generation as the host spells it, and the way to it.
  ///
  /// @param time how long the rehearsal took
  private record Rehearsed(Generation to, Plan plan, Duration time) {}

  /// Where no table changes there is nothing to rehearse.
  private Rehearsed rehearsed(Generation wanted, String id, Planning planning, Rehearsal rehearsal)
      throws HostFault {
    Plan plan = planning.to(wanted, Optional.of(id));
    if (plan.tables().stream().allMatch(step -> step.change().isEmpty())) {
      return new Rehearsed(wanted, plan, Duration.ZERO);
    }
    progress.step("rehearse");
    Duration begun = host.uptime();
    Generation spelled = rehearsal.of(wanted);
    Duration time = host.uptime().minus(begun);
    Plan asSpelled =
        spelled.equals(wanted)
            ? planning.again(plan, spelled)
            : planning.to(spelled, Optional.of(id));
    return new Rehearsed(spelled, asSpelled, time);
  }

  private Optional<Generation> beforeKproxy() throws HostFault {
    return known.now().isPresent()
        ? state.generation(known.now().get().before())
        : Optional.empty();
  }

  /// The way to what was there before kproxy came.
  ///
  /// @param drain how long connections have time to end
  Draft uninstall(Duration drain, Way way) throws HostFault {
    Installed installed =
        known.now().orElseThrow(() -> HostFault.refused("nothing is applied here"));
    Generation mine = require(known.current());
    Generation before = require(state.generation(installed.before()));
    progress.step("read");
    new Preflight(host, mine.backend(), mine.families())
        .checkBack(
            !installed.counters().isEmpty(),
            !installed.sysctlsBefore().isEmpty(),
            isBalanced(mine),
            progress);
    Tables tables = Tables.read(host, mine.backend(), mine.families(), mine.tables());
    Balancer balancer = balancer(mine);
    Rehearsal rehearsal = new Rehearsal(host, progress, tables);
    mine = rehearsal.standing(mine);
    before = rehearsal.known(before);
    Ownership ownership =
        new Ownership(
            tables, balancer, Set.of(), known.now(), Optional.of(mine), known.ours(), false);
    ownership.checkBack(before).ifPresent(progress::note);
    progress.step("plan");
    Planning planning = planning(tables, balancer, mine.withBalancer(known.ours()));
    if (way == Way.BACK_ALONE) {
      before = planning.leavingUsed(before);
    }
    Plan plan = planning.to(before, Optional.empty());
    return new Draft(
        Verb.UNINSTALL,
        ownership.standing(before),
        before,
        plan,
        Optional.empty(),
        before,
        Duration.ZERO,
        drain);
  }

  private boolean isBalanced(Generation wanted) {
    return !wanted.balancer().isNone() || !known.ours().isNone();
  }

  /// @param owned what is this kproxy's
  private Planning planning(Tables tables, Balancer balancer, Generation owned) {
    return new Planning(host, progress, tables, balancer, known.now(), known.pending(), owned);
  }

  private Balancer balancer(Generation wanted) throws HostFault {
    return isBalanced(wanted) ? new Balancing(host).read() : Balancer.NONE;
  }

  /// The host's own addresses, where virtual servers of a kube-proxy may be taken over.
  private Set<Ip> local(Generation wanted, Settings settings) throws HostFault {
    return settings.takeOver() && isBalanced(wanted) ? new Balancing(host).local() : Set.of();
  }

  private static Generation require(Optional<Generation> generation) throws HostFault {
    return generation.orElseThrow(
        () -> HostFault.refused("the state directory is damaged: a generation is missing in it"));
  }

  /// When a confirmation has to be there: the time for it begins where the change should have
  /// ended.
  private Optional<Deadline> deadline(Settings settings, Plan plan, Duration left)
      throws HostFault {
    if (settings.confirmWithin().isEmpty()) {
      return Optional.empty();
    }
    Duration drain = plan.balancer().isEmpty() ? Duration.ZERO : settings.drain();
    return Optional.of(Deadline.in(left.plus(drain).plus(settings.confirmWithin().get()), host));
  }

  /// The deadline of what is applied anew: to repair it confirms nothing.
  private Optional<Deadline> pendingDeadline(Verb verb, Generation to) {
    boolean again =
        verb == Verb.APPLY
            && known.current().filter(it -> it.source().equals(to.source())).isPresent();
    return again ? known.now().flatMap(Installed::confirmBy) : Optional.empty();
  }

  private Installed next(
      Verb verb,
      String id,
      Generation to,
      Plan plan,
      Planning planning,
      Optional<Deadline> confirmBy)
      throws HostFault {
    Map<TableKey, String> markers = new TreeMap<>();
    for (TableKey key : to.tables().keySet()) {
      markers.put(key, known.now().flatMap(it -> it.marker(key)).orElse(id));
    }
    plan.tables()
        .forEach(step -> step.marker().to().ifPresent(it -> markers.put(step.change().key(), it)));
    List<String> counters = new ArrayList<>(known.now().map(Installed::counters).orElse(List.of()));
    known.pending().ifPresent(it -> counters.addAll(it.dropped()));
    counters.removeAll(plan.dropped());
    counters.addAll(plan.counters());
    return new Installed(
        id,
        "",
        previous(verb, to, confirmBy.isPresent()),
        "",
        host.identity().epoch(),
        markers,
        planning.sysctlsBefore(to, plan),
        counters,
        confirmBy);
  }

  /// The generation to go back to from what comes: a repair of what was applied leads no further
  /// away from it. One that nobody confirms leads back to what was confirmed, be it what it
  /// repaired.
  private Optional<String> previous(Verb verb, Generation to, boolean waits) {
    boolean repairs =
        known
            .current()
            .filter(it -> it.source().equals(to.source()) && it.tables().equals(to.tables()))
            .isPresent();
    return known
        .now()
        .flatMap(
            it -> {
              if (repairs && !waits) {
                return it.previous();
              }
              return verb == Verb.APPLY ? it.confirmed() : Optional.of(it.generation());
            });
  }

  private static String newId() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private Generation compiled(Target target, Backend backend) throws HostFault {
    Map<TableKey, TableText> tables = new TreeMap<>();
    for (Target.Rules rules : target.rules().values()) {
      rules
          .read(known.tables())
          .forEach((key, table) -> tables.put(key, table.only(_ -> true, _ -> true)));
    }
    return new Generation(
        target.source(),
        target.label(),
        backend,
        host.now(),
        tables,
        target.sysctls(),
        target.counters(),
        target.balancer(),
        target.services());
  }

  private Backend backend(Settings settings, List<Family> families) throws HostFault {
    Optional<Backend> used = known.current().map(Generation::backend);
    Optional<Backend> known = settings.backend().or(() -> used);
    Backend backend = known.isPresent() ? known.get() : installed(families);
    if (used.isPresent() && used.get() != backend) {
      throw HostFault.refused(
          "rules are applied with iptables-" + used.get() + "; kproxy uninstall takes them away");
    }
    return backend;
  }

  /// The one that `iptables` stands for on this host.
  private Backend installed(List<Family> families) throws HostFault {
    if (host.has("iptables")) {
      boolean nft =
          host.run(ToolCall.reading("iptables", "--version")).output().contains("nf_tables");
      return nft ? Backend.NFT : Backend.LEGACY;
    }
    boolean legacy = Backend.LEGACY.tools(families).stream().allMatch(host::has);
    boolean nft = Backend.NFT.tools(families).stream().allMatch(host::has);
    return legacy && !nft ? Backend.LEGACY : Backend.NFT;
  }
}
