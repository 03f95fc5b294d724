package dev.kproxy.cli.diff;

import dev.kproxy.cli.render.diff.Finding;
import dev.kproxy.cli.render.diff.Report;
import dev.kproxy.cli.whois.Meaning;
import dev.kproxy.cli.whois.NameBook;
import dev.kproxy.diff.ChainChange;
import dev.kproxy.diff.LineChange;
import dev.kproxy.diff.TextDiff;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// `kproxy diff --text`: which lines differ.
final class TextComparison {
  private final Side before;
  private final Side after;
  private final NameBook names;

  TextComparison(Side before, Side after) {
    this.before = before;
    this.after = after;
    this.names =
        NameBook.of(
            Stream.concat(before.plans().stream(), after.plans().stream()).toList(),
            Stream.concat(before.rules().values().stream(), after.rules().values().stream())
                .toList());
  }

  Report report() {
    Map<String, List<Finding>> tables = new LinkedHashMap<>();
    int chains = 0;
    long removed = 0;
    long added = 0;
    for (Family family : Family.values()) {
      Ruleset none = new Ruleset(family, List.of());
      for (ChainChange change :
          TextDiff.of(
              before.rules().getOrDefault(family, none),
              after.rules().getOrDefault(family, none))) {
        String table = (family == Family.IPV4 ? "iptables " : "ip6tables ") + change.table();
        tables.computeIfAbsent(table, _ -> new ArrayList<>()).add(finding(change));
        chains++;
        removed += change.lines().stream().filter(line -> !line.added()).count();
        added += change.lines().stream().filter(LineChange::added).count();
      }
    }
    List<Report.Section> sections = new ArrayList<>();
    tables.forEach((table, all) -> sections.add(new Report.Section(table, "", "", all)));
    String others = "";
    for (Report.Section section : OtherTexts.of(before, after)) {
      sections.add(section);
      others += ", " + section.title();
      for (String line :
          section.findings().stream().flatMap(it -> it.details().stream()).toList()) {
        removed += line.startsWith("-") ? 1 : 0;
        added += line.startsWith("+") ? 1 : 0;
      }
    }
    return new Report(
        before.name(), after.name(), true, summary(chains, others, removed, added), sections);
  }

  private static String summary(int chains, String others, long removed, long added) {
    if (chains == 0 && others.isEmpty()) {
      return "no difference";
    }
    String what =
        chains == 0 ? others.substring(2) : chains + (chains == 1 ? " chain" : " chains") + others;
    boolean isOne = chains == 1 ? others.isEmpty() : chains == 0 && others.indexOf(',', 2) < 0;
    return "%s differ%s: %d lines removed, %d added"
        .formatted(what, isOne ? "s" : "", removed, added);
  }

  private Finding finding(ChainChange change) {
    String chain = change.chain();
    Optional<Meaning.Port> port = names.find(chain).flatMap(Meaning::port);
    String message =
        chain
            + port.map(it -> " (" + it.text() + ")").orElse("")
            + (!change.before() ? ": new" : !change.after() ? ": gone" : ": changed");
    return new Finding(
        Finding.Kind.TEXT,
        message,
        change.lines().stream().map(LineChange::toString).toList(),
        location(change, port),
        Optional.empty(),
        true);
  }

  private Optional<Location> location(ChainChange change, Optional<Meaning.Port> port) {
    for (boolean added : new boolean[] {true, false}) {
      Side side = added ? after : before;
      Optional<Location> manifest = port.map(Meaning.Port::text).flatMap(side::manifest);
      if (manifest.isPresent()) {
        return manifest;
      }
      String file = side.files().get(change.family());
      for (LineChange line : change.lines()) {
        if (file != null && line.line() > 0 && line.added() == added) {
          return Optional.of(new Location(file, line.line(), 1));
        }
      }
    }
    return Optional.empty();
  }
}
