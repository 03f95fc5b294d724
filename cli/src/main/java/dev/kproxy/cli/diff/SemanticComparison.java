package dev.kproxy.cli.diff;

import dev.kproxy.cli.render.diff.Finding;
import dev.kproxy.cli.render.diff.Report;
import dev.kproxy.cli.trace.Names;
import dev.kproxy.iproute.Interface;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.Outcome;
import dev.kproxy.simulate.Packet;
import dev.kproxy.simulate.Step;
import dev.kproxy.simulate.Trace;
import dev.kproxy.simulate.Verdict;
import dev.kproxy.symbolic.Comparison;
import dev.kproxy.symbolic.Difference;
import dev.kproxy.symbolic.RuledHost;
import dev.kproxy.symbolic.packet.Field;
import dev.kproxy.symbolic.packet.PacketSet;
import dev.kproxy.symbolic.packet.Ranges;
import dev.kproxy.symbolic.packet.Sample;
import dev.kproxy.symbolic.packet.States;
import dev.kproxy.symbolic.packet.Ways;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `kproxy diff`: what becomes of packets, Service by Service.
final class SemanticComparison {
  private static final Trace.Detail PATHS = new Trace.Detail(true, false, false);

  private final Side before;
  private final Side after;
  private final Map<Family, RuledHost> old;
  private final Map<Family, RuledHost> now;
  private final Names oldNames;
  private final Names newNames;
  private final Whence whence;
  private final Map<Subject, Map<Told, Found>> subjects =
      new TreeMap<>(
          Comparator.comparing(Subject::isOther)
              .thenComparing(Subject::service)
              .thenComparing(Subject::protocol));

  /// @param oldHost the host of the old side, with what the side makes of it
  SemanticComparison(Side before, Side after, HostFacts oldHost, HostFacts newHost) {
    this.before = before;
    this.after = after;
    this.old = ruled(before, oldHost);
    this.now = ruled(after, newHost);
    this.oldNames = new Names(before.plans());
    this.newNames = new Names(after.plans());
    this.whence =
        new Whence(
            addresses(newHost.interfaces().orElse(List.of())),
            addresses(
                Stream.of(oldHost, newHost).flatMap(host -> host.virtual().stream()).toList()));
  }

  private static Map<Family, RuledHost> ruled(Side side, HostFacts host) {
    Map<Family, RuledHost> ruled = new EnumMap<>(Family.class);
    side.rules().forEach((family, rules) -> ruled.put(family, new RuledHost(rules, host)));
    return ruled;
  }

  private static Set<Ip> addresses(List<Interface> interfaces) {
    return interfaces.stream()
        .flatMap(device -> device.addresses().stream())
        .map(Interface.Address::ip)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /// What findings are about: a Service port, or none.
  private record Subject(String service, String protocol) {
    boolean isOther() {
      return service.isEmpty();
    }
  }

  /// What is told of a difference, and the packet that it was seen at.
  private record Change(
      PacketSet packets, boolean isExact, Packet witness, List<Facets.Facet> facets) {
    static Change of(Difference difference) {
      Trace before = difference.before();
      return new Change(
          difference.packets(),
          difference.isExact(),
          before.packet(),
          Facets.of(before, difference.after()));
    }

    /// Whether first packets of connections are among them.
    boolean isOfFirst() {
      return packets.get(Field.STATE).contains(States.number(Packet.State.NEW));
    }
  }

  /// What is told of all targets in one line: a facet, and whose packets it is about.
  private record Told(Facets.Facet facet, Family family, String sources) {}

  /// Where it was found.
  private record Found(Set<String> targets, List<Change> changes, Optional<Location> location) {
    /// The packet that people would think of first.
    Packet plainest() {
      return Collections.min(
          changes.stream().map(Change::witness).toList(),
          Comparator.comparingInt(Found::strangeness));
    }

    private static int strangeness(Packet packet) {
      int strangeness = packet.state() == Packet.State.NEW ? 0 : 8;
      strangeness += packet.header().destination().isLoopback() ? 4 : 0;
      strangeness += packet.origin() == Packet.Origin.LOCAL ? 2 : 0;
      return strangeness + (Sample.isStranger(packet.header().source()) ? 0 : 1);
    }
  }

  Report report() {
    List<Runnable> minor = new ArrayList<>();
    for (Family family : Family.values()) {
      RuledHost left = old.get(family);
      RuledHost right = now.get(family);
      if (left != null && right != null) {
        minor.addAll(compare(family, left, right));
      }
    }
    if (subjects.isEmpty()) {
      minor.forEach(Runnable::run);
    }
    List<Report.Section> sections = new ArrayList<>();
    subjects.forEach((subject, facets) -> sections.add(section(subject, facets)));
    return new Report(before.name(), after.name(), false, summary(sections), sections);
  }

  /// @return what tells of those targets that people need not be told of, unless nothing else is
  ///   left
  private List<Runnable> compare(Family family, RuledHost old, RuledHost now) {
    Map<List<Ranges>, List<Change>> byTarget = new LinkedHashMap<>();
    for (Change change : Comparison.of(old, now, Change::of).differences()) {
      PacketSet packets = change.packets();
      byTarget
          .computeIfAbsent(
              List.of(
                  packets.get(Field.DESTINATION),
                  packets.get(Field.PROTOCOL),
                  packets.get(Field.DESTINATION_PORT)),
              _ -> new ArrayList<>())
          .add(change);
    }
    List<Runnable> minor = new ArrayList<>();
    for (List<Change> all : byTarget.values()) {
      List<Change> target = told(all, List.of(old, now));
      if (target.isEmpty()) {
        minor.add(() -> tell(all, family, old, now));
      } else {
        tell(target, family, old, now);
      }
    }
    return minor;
  }

  /// Notes what is different about packets to one target.
  private void tell(List<Change> changes, Family family, RuledHost old, RuledHost now) {
    changes.sort(Comparator.comparingInt(it -> it.packets().get(Field.STATE).first(0)));
    Packet first = changes.getFirst().witness();
    Trace oldTrace = old.machine().trace(first, PATHS);
    Trace newTrace = now.machine().trace(first, PATHS);
    Optional<String> oldService = service(oldNames, oldTrace);
    Optional<String> newService = service(newNames, newTrace);
    Optional<String> service = newService.or(() -> oldService);
    Optional<Location> location = location(service, family, oldTrace, newTrace);
    if (oldService.isPresent() && !oldService.equals(service) && changesHands(changes)) {
      Optional<Location> oldLocation = location(oldService, family, oldTrace, newTrace);
      byFacet(changes, ends(changes, it -> Facets.vanished(outcomes(old, it))))
          .forEach((facet, of) -> tell(oldService, facet, family, of, oldLocation));
      byFacet(changes, ends(changes, it -> Facets.appeared(outcomes(now, it))))
          .forEach((facet, of) -> tell(service, facet, family, of, location));
    } else {
      byFacet(changes, Change::facets)
          .forEach((facet, of) -> tell(service, facet, family, of, location));
    }
  }

  private static Map<Facets.Facet, List<Change>> byFacet(
      List<Change> changes, Function<Change, List<Facets.Facet>> facets) {
    Map<Facets.Facet, List<Change>> byFacet = new LinkedHashMap<>();
    for (Change change : changes) {
      facets
          .apply(change)
          .forEach(it -> byFacet.computeIfAbsent(it, _ -> new ArrayList<>()).add(change));
    }
    return byFacet;
  }

  private static Trace outcomes(RuledHost side, Change change) {
    return side.machine().trace(change.witness(), Trace.Detail.OUTCOMES);
  }

  /// What becomes of packets on one side; of a Service that serves some, those that it refuses need
  /// not be told.
  private static Function<Change, List<Facets.Facet>> ends(
      List<Change> changes, Function<Change, Facets.Facet> side) {
    Map<Change, Facets.Facet> ends = new HashMap<>();
    changes.forEach(change -> ends.computeIfAbsent(change, side));
    boolean serves = ends.values().stream().anyMatch(Facets.Facet::hasEndpoints);
    return change ->
        Stream.ofNullable(ends.get(change)).filter(it -> !serves || it.hasEndpoints()).toList();
  }

  /// Notes one thing that is different about packets to one target.
  private void tell(
      Optional<String> service,
      Facets.Facet facet,
      Family family,
      List<Change> changes,
      Optional<Location> location) {
    PacketSet any = changes.getFirst().packets();
    Subject subject =
        new Subject(service.orElse(""), service.isPresent() ? Whence.protocol(any) : "");
    Facets.Facet told = subject.isOther() ? facet.ofNoService() : facet;
    String sources = whence.sources(changes.stream().map(Change::packets).toList());
    Found found =
        subjects
            .computeIfAbsent(subject, _ -> new LinkedHashMap<>())
            .computeIfAbsent(
                new Told(told, family, sources),
                _ -> new Found(new LinkedHashSet<>(), new ArrayList<>(), location));
    found.targets().add(whence.target(any));
    found.changes().addAll(changes);
  }

  /// Whether it is not only the way of the same Service's traffic that changes.
  private static boolean changesHands(List<Change> target) {
    return target.stream()
        .flatMap(change -> change.facets().stream())
        .anyMatch(
            facet ->
                switch (facet.kind()) {
                  case ENDPOINTS, APPEARS, VANISHES, VERDICT -> true;
                  default -> false;
                });
  }

  /// Without what people need not be told of a target: packets of which nobody told the interface
  /// that rules ask for, those without a connection, those that nobody sends, and those of
  /// connections that do not begin on both sides.
  private List<Change> told(List<Change> all, List<RuledHost> sides) {
    List<Change> told = new ArrayList<>(all);
    told.removeIf(
        it ->
            it.packets().get(Field.WAY).equals(Ranges.of(Ways.UNKNOWN))
                || !States.CONNECTED.meets(it.packets().get(Field.STATE))
                || whence.isForged(it.packets()));
    told.removeIf(
        it -> !it.isOfFirst() && !sides.stream().allMatch(side -> mayBegin(it.witness(), side)));
    return told;
  }

  /// Whether a connection may begin whose first packet is like that one.
  private static boolean mayBegin(Packet packet, RuledHost side) {
    Packet first = packet.in(Packet.State.NEW);
    return side.machine().trace(first, Trace.Detail.OUTCOMES).outcomes().stream()
        .anyMatch(
            outcome ->
                !(outcome.verdict() instanceof Verdict.Drop
                    || outcome.verdict() instanceof Verdict.Reject));
  }

  private static Optional<String> service(Names names, Trace trace) {
    return trace.outcomes().stream()
        .map(outcome -> names.service(trace.packet().header(), outcome))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /// The manifest of the Service, or the line of a rule that names it.
  private Optional<Location> location(
      Optional<String> service, Family family, Trace oldTrace, Trace newTrace) {
    for (Side side : List.of(after, before)) {
      Optional<Location> manifest = service.flatMap(side::manifest);
      if (manifest.isPresent()) {
        return manifest;
      }
    }
    return line(newTrace, after.files().get(family))
        .or(() -> line(oldTrace, before.files().get(family)));
  }

  private static Optional<Location> line(Trace trace, @Nullable String file) {
    if (file == null) {
      return Optional.empty();
    }
    Optional<Location> any = Optional.empty();
    for (Outcome outcome : trace.outcomes()) {
      for (Step step : outcome.path()) {
        if (step instanceof Step.Hit hit && hit.place().line() > 0) {
          Optional<Location> here = Optional.of(new Location(file, hit.place().line(), 1));
          if (Names.service(hit.place().rule()).isPresent()) {
            return here;
          }
          any = any.isPresent() ? any : here;
        }
      }
    }
    return any;
  }

  private Report.Section section(Subject subject, Map<Told, Found> all) {
    List<Finding> findings = new ArrayList<>();
    boolean isPlain = all.keySet().stream().anyMatch(told -> !isMinor(told.facet()));
    all.forEach(
        (told, found) -> {
          if ((!isPlain || !isMinor(told.facet())) && !isImplied(told, found, all)) {
            findings.add(finding(told, found));
          }
        });
    String title =
        subject.isOther()
            ? "no Service"
            : subject.service()
                + (subject.protocol().isEmpty() ? "" : " (" + subject.protocol() + ")");
    return new Report.Section(title, subject.service(), subject.protocol(), findings);
  }

  /// Whether the same is said of all addresses of the node, wherever packets come from.
  private static boolean isImplied(Told told, Found found, Map<Told, Found> all) {
    Found whole = all.get(new Told(told.facet(), told.family(), ""));
    return whole != null
        && !told.sources().isEmpty()
        && found.targets().stream().map(Whence::whole).allMatch(whole.targets()::contains);
  }

  /// What packets that nobody gets were marked with, or would have been sent to, is told only where
  /// nothing else is.
  private static boolean isMinor(Facets.Facet facet) {
    return facet.kind() == Finding.Kind.MARK || facet.kind() == Finding.Kind.OTHER;
  }

  private Finding finding(Told told, Found found) {
    Facets.Facet facet = told.facet();
    String sources = told.sources();
    String targets = targets(found.targets());
    String message =
        switch (facet.kind()) {
          case APPEARS -> targets + " appears: " + facet.text();
          case VANISHES -> targets + " vanishes: was " + facet.text();
          default -> targets + ": " + facet.text();
        };
    boolean isExact = found.changes().stream().allMatch(Change::isExact);
    message += sources.isEmpty() ? "" : " (" + sources + ")";
    message += isExact ? "" : "; not every one of these packets was looked at";
    return new Finding(
        facet.kind(),
        message,
        facet.details(),
        found.location(),
        Optional.of(evidence(found.plainest())),
        isExact);
  }

  private Finding.Evidence evidence(Packet packet) {
    return new Finding.Evidence(packet, outcomes(old, packet), outcomes(now, packet));
  }

  private static List<Outcome> outcomes(Map<Family, RuledHost> side, Packet packet) {
    RuledHost host = Objects.requireNonNull(side.get(packet.header().source().family()));
    return host.machine().trace(packet, Trace.Detail.OUTCOMES).outcomes();
  }

  private static String targets(Set<String> targets) {
    List<String> all =
        targets.stream()
            .filter(it -> Whence.whole(it).equals(it) || !targets.contains(Whence.whole(it)))
            .toList();
    List<String> shown = all.stream().limit(4).toList();
    String more = all.size() > 4 ? " and " + (all.size() - 4) + " more" : "";
    return String.join(", ", shown) + more;
  }

  private static String summary(List<Report.Section> sections) {
    if (sections.isEmpty()) {
      return "no difference";
    }
    long services = sections.stream().filter(section -> !section.service().isEmpty()).count();
    Map<Finding.Kind, Integer> kinds = new TreeMap<>();
    sections.forEach(
        section ->
            section.findings().stream()
                .map(Finding::kind)
                .distinct()
                .forEach(kind -> kinds.merge(kind, 1, Integer::sum)));
    List<String> parts = new ArrayList<>();
    kinds.forEach((kind, count) -> parts.add(kind + " " + count));
    String ports = services == 1 ? "1 Service port changes" : services + " Service ports change";
    return (services == 0 ? "no Service port changes, but other traffic does" : ports)
        + " ("
        + String.join(", ", parts)
        + ")";
  }
}
