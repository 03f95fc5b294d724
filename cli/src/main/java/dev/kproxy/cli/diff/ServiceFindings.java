package dev.kproxy.cli.diff;

import dev.kproxy.cli.diff.change.Change;
import dev.kproxy.cli.diff.change.Hosts;
import dev.kproxy.cli.diff.words.Facet;
import dev.kproxy.cli.diff.words.PacketWords;
import dev.kproxy.cli.diff.words.Target;
import dev.kproxy.cli.render.diff.Finding;
import dev.kproxy.cli.render.diff.Report;
import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import dev.kproxy.simulate.Packet;
import dev.kproxy.symbolic.packet.Sample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is told of one Service port, where the same is different for several targets once.
final class ServiceFindings {
  private final Subject subject;
  private final Map<Headline, Occurrences> all = new LinkedHashMap<>();

  ServiceFindings(Subject subject) {
    this.subject = subject;
  }

  /// What is told in one line: a facet, and whose packets it is about.
  private record Headline(Facet facet, Family family, String sources) {
    Headline ofAllSources() {
      return new Headline(facet, family, "");
    }
  }

  /// Where that was found; more is added to it.
  private record Occurrences(
      Hosts hosts, Optional<Location> location, Set<Target> targets, List<Change> changes) {
    /// The packet that people would think of first.
    Packet plainest() {
      return Collections.min(
          changes.stream().map(Change::witness).toList(),
          Comparator.comparingInt(Occurrences::strangeness));
    }

    private static int strangeness(Packet packet) {
      int strangeness = packet.state() == Packet.State.NEW ? 0 : 8;
      strangeness += packet.header().destination().isLoopback() ? 4 : 0;
      strangeness += packet.origin() == Packet.Origin.LOCAL ? 2 : 0;
      return strangeness + (Sample.isStranger(packet.header().source()) ? 0 : 1);
    }

    Finding.Evidence evidence() {
      Packet packet = plainest();
      return new Finding.Evidence(
          packet,
          hosts.before().outcomes(packet).outcomes(),
          hosts.after().outcomes(packet).outcomes());
    }
  }

  void add(ServiceChange change) {
    Hosts hosts = change.hosts();
    PacketWords words = new PacketWords(hosts.node());
    String sources = words.sources(change.changes().stream().map(Change::packets).toList());
    Occurrences occurrences =
        all.computeIfAbsent(
            new Headline(change.facet(), hosts.family(), sources),
            _ ->
                new Occurrences(
                    hosts, change.location(), new LinkedHashSet<>(), new ArrayList<>()));
    occurrences.targets().add(words.target(change.changes().getFirst().packets()));
    occurrences.changes().addAll(change.changes());
  }

  Report.Section section() {
    boolean isMinor = all.keySet().stream().allMatch(headline -> headline.facet().isMinor());
    List<Finding> findings = new ArrayList<>();
    all.forEach(
        (headline, occurrences) -> {
          if (headline.facet().isMinor() == isMinor && !isImplied(headline, occurrences)) {
            findings.add(finding(headline, occurrences));
          }
        });
    return new Report.Section(subject.title(), subject.service(), subject.protocol(), findings);
  }

  /// Whether the same is said of all addresses of the node, wherever packets come from.
  private boolean isImplied(Headline headline, Occurrences occurrences) {
    Occurrences ofAll = all.get(headline.ofAllSources());
    return ofAll != null
        && !headline.sources().isEmpty()
        && occurrences.targets().stream()
            .allMatch(target -> ofAll.targets().contains(target.partOf().orElse(target)));
  }

  private static Finding finding(Headline headline, Occurrences occurrences) {
    Facet facet = headline.facet();
    String targets = Target.list(occurrences.targets());
    String message =
        switch (facet.kind()) {
          case APPEARS -> targets + " appears: " + facet.text();
          case VANISHES -> targets + " vanishes: was " + facet.text();
          default -> targets + ": " + facet.text();
        };
    boolean isExact = occurrences.changes().stream().allMatch(Change::isExact);
    message += headline.sources().isEmpty() ? "" : " (" + headline.sources() + ")";
    message += isExact ? "" : "; not every one of these packets was looked at";
    return new Finding(
        facet.kind(),
        message,
        facet.details(),
        occurrences.location(),
        Optional.of(occurrences.evidence()),
        isExact);
  }
}
