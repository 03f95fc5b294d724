package dev.kproxy.cli.diff;

import dev.kproxy.cli.diff.change.Change;
import dev.kproxy.cli.diff.change.ChangedTarget;
import dev.kproxy.cli.diff.change.Hosts;
import dev.kproxy.cli.diff.words.Facet;
import dev.kproxy.cli.diff.words.Facets;
import dev.kproxy.cli.diff.words.PacketWords;
import dev.kproxy.cli.trace.Names;
import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.Trace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the Service ports that a changed target is of, and where these stand.
final class Attribution {
  private static final Trace.Detail PATHS = new Trace.Detail(true, false, false);

  private final Side before;
  private final Side after;
  private final Names oldNames;
  private final Names newNames;

  Attribution(Side before, Side after) {
    this.before = before;
    this.after = after;
    this.oldNames = new Names(before.plans());
    this.newNames = new Names(after.plans());
  }

  /// The paths of one packet on both sides.
  private record Paths(Trace before, Trace after) {
    static Paths of(Packet packet, Hosts hosts) {
      return new Paths(
          hosts.before().machine().trace(packet, PATHS),
          hosts.after().machine().trace(packet, PATHS));
    }
  }

  /// What is different about a target, each thing told of a Service port. Where the target passes
  /// from one Service to another, the one loses all that it did, and the other gains what it does.
  Stream<ServiceChange> of(ChangedTarget target) {
    Hosts hosts = target.hosts();
    Paths paths = Paths.of(target.first().witness(), hosts);
    Optional<String> old = service(oldNames, paths.before());
    Optional<String> now = service(newNames, paths.after());
    boolean passes = old.isPresent() && now.isPresent() && !old.equals(now) && changesHands(target);
    return passes
        ? Stream.concat(
            of(old, target, target.byFate(hosts.before(), Facets::vanished), paths),
            of(now, target, target.byFate(hosts.after(), Facets::appeared), paths))
        : of(now.or(() -> old), target, target.byFacet(), paths);
  }

  private Stream<ServiceChange> of(
      Optional<String> service,
      ChangedTarget target,
      Map<Facet, List<Change>> byFacet,
      Paths paths) {
    Hosts hosts = target.hosts();
    String protocol = PacketWords.protocol(target.first().packets());
    Subject subject = service.map(name -> new Subject(name, protocol)).orElse(Subject.NONE);
    Optional<Location> location = location(service, hosts.family(), paths);
    return byFacet.entrySet().stream()
        .map(
            entry -> {
              Facet facet = subject.isNone() ? entry.getKey().ofNoService() : entry.getKey();
              return new ServiceChange(subject, facet, hosts, entry.getValue(), location);
            });
  }

  private static Optional<String> service(Names names, Trace trace) {
    return trace.outcomes().stream()
        .map(outcome -> names.service(trace.packet().header(), outcome))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /// Whether it is not only the way of the same Service's traffic that changes.
  private static boolean changesHands(ChangedTarget target) {
    return target.changes().stream()
        .flatMap(change -> change.facets().stream())
        .anyMatch(
            facet ->
                switch (facet.kind()) {
                  case ENDPOINTS, APPEARS, VANISHES, VERDICT -> true;
                  case TEXT, MASQUERADE, AFFINITY, MARK, OTHER, UNDETERMINED -> false;
                });
  }

  /// The manifest of the Service, or the line of a rule that names it.
  private Optional<Location> location(Optional<String> service, Family family, Paths paths) {
    @Nullable String oldFile = before.files().get(family);
    @Nullable String newFile = after.files().get(family);
    Predicate<Step.Hit> names = hit -> Names.service(hit.place().rule()).equals(service);
    return service
        .flatMap(port -> after.manifest(port).or(() -> before.manifest(port)))
        .or(() -> line(paths.after(), newFile, names))
        .or(() -> line(paths.before(), oldFile, names))
        .or(() -> line(paths.after(), newFile, _ -> true))
        .or(() -> line(paths.before(), oldFile, _ -> true));
  }

  /// The line of the first rule of a file that held and is wanted.
  private static Optional<Location> line(
      Trace trace, @Nullable String file, Predicate<Step.Hit> wanted) {
    return file == null
        ? Optional.empty()
        : hits(trace)
            .filter(wanted)
            .findFirst()
            .map(hit -> new Location(file, hit.place().line(), 1));
  }

  /// The rules of a file that held.
  private static Stream<Step.Hit> hits(Trace trace) {
    return trace.outcomes().stream()
        .flatMap(outcome -> outcome.path().stream())
        .filter(Step.Hit.class::isInstance)
        .map(Step.Hit.class::cast)
        .filter(hit -> hit.place().line() > 0);
  }
}
