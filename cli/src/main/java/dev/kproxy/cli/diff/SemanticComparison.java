package dev.kproxy.cli.diff;

import dev.kproxy.cli.diff.change.ChangedTarget;
import dev.kproxy.cli.diff.change.Hosts;
import dev.kproxy.cli.diff.change.Relevance;
import dev.kproxy.cli.render.diff.Finding;
import dev.kproxy.cli.render.diff.Report;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.net.Family;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.symbolic.RuledHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// `kproxy diff`: what becomes of packets, Service by Service.
final class SemanticComparison {
  private final Side before;
  private final Side after;
  private final HostFacts oldHost;
  private final HostFacts newHost;

  /// @param oldHost the host of the old side, with what the side makes of it
  SemanticComparison(Side before, Side after, HostFacts oldHost, HostFacts newHost) {
    this.before = before;
    this.after = after;
    this.oldHost = oldHost;
    this.newHost = newHost;
  }

  Report report() {
    Attribution attribution = new Attribution(before, after);
    Map<Subject, ServiceFindings> subjects = new TreeMap<>();
    for (ChangedTarget target : Relevance.choose(targets())) {
      attribution
          .of(target)
          .forEach(
              change ->
                  subjects.computeIfAbsent(change.subject(), ServiceFindings::new).add(change));
    }
    List<Report.Section> sections =
        subjects.values().stream().map(ServiceFindings::section).toList();
    return new Report(before.name(), after.name(), false, summary(sections), sections);
  }

  /// The targets of all families that both sides have rules of.
  private List<ChangedTarget> targets() {
    List<ChangedTarget> targets = new ArrayList<>();
    for (Family family : Family.values()) {
      Ruleset old = before.rules().get(family);
      Ruleset now = after.rules().get(family);
      if (old != null && now != null) {
        targets.addAll(
            ChangedTarget.of(Hosts.of(new RuledHost(old, oldHost), new RuledHost(now, newHost))));
      }
    }
    return targets;
  }

  private static String summary(List<Report.Section> sections) {
    if (sections.isEmpty()) {
      return "no difference";
    }
    long services = sections.stream().filter(section -> !section.service().isEmpty()).count();
    String what =
        services == 0
            ? "no Service port changes, but other traffic does"
            : services == 1 ? "1 Service port changes" : services + " Service ports change";
    Map<Finding.Kind, Long> kinds =
        sections.stream()
            .flatMap(section -> section.findings().stream().map(Finding::kind).distinct())
            .collect(Collectors.groupingBy(kind -> kind, TreeMap::new, Collectors.counting()));
    return kinds.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", ", what + " (", ")"));
  }
}
