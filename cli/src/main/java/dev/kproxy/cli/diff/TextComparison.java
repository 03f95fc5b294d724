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
    List<Report.Section> tables = tables();
    List<Report.Section> others = OtherTexts.of(before, after);
    return new Report(
        before.name(),
        after.name(),
        true,
        summary(tables, others),
        Stream.concat(tables.stream(), others.stream()).toList());
  }

  /// A section for each table that differs, with a finding for each chain.
  private List<Report.Section> tables() {
    Map<String, List<Finding>> tables = new LinkedHashMap<>();
    for (Family family : Family.values()) {
      Ruleset none = new Ruleset(family, List.of());
      for (ChainChange change :
          TextDiff.of(
              before.rules().getOrDefault(family, none),
              after.rules().getOrDefault(family, none))) {
        String table = (family == Family.IPV4 ? "iptables " : "ip6tables ") + change.table();
        tables.computeIfAbsent(table, _ -> new ArrayList<>()).add(finding(change));
      }
    }
    return tables.entrySet().stream()
        .map(table -> new Report.Section(table.getKey(), "", "", table.getValue()))
        .toList();
  }

  private static String summary(List<Report.Section> tables, List<Report.Section> others) {
    int chains = tables.stream().mapToInt(table -> table.findings().size()).sum();
    List<String> what = new ArrayList<>();
    if (chains > 0) {
      what.add(chains == 1 ? "1 chain" : chains + " chains");
    }
    others.forEach(tool -> what.add(tool.title()));
    if (what.isEmpty()) {
      return "no difference";
    }
    boolean isOne = chains <= 1 && what.size() == 1;
    List<String> lines =
        Stream.concat(tables.stream(), others.stream())
            .flatMap(section -> section.findings().stream())
            .flatMap(finding -> finding.details().stream())
            .toList();
    long added = lines.stream().filter(line -> line.startsWith("+")).count();
    return "%s differ%s: %d lines removed, %d added"
        .formatted(String.join(", ", what), isOne ? "s" : "", lines.size() - added, added);
  }

  private Finding finding(ChainChange change) {
    String chain = change.chain();
    Optional<Meaning.Port> port = names.find(chain).flatMap(Meaning::port);
    String message =
        chain
            + port.map(it -> " (" + it.text() + ")").orElse("")
            + (!change.before() ? ": new" : !change.after() ? ": gone" : ": changed");
    List<String> lines = change.lines().stream().map(LineChange::toString).toList();
    return Finding.ofText(message, lines, location(change, port));
  }

  /// The manifest of the Service port, or a line of the chain; of the new side, or else the old
  /// one.
  private Optional<Location> location(ChainChange change, Optional<Meaning.Port> port) {
    return location(change, port, after, true).or(() -> location(change, port, before, false));
  }

  private static Optional<Location> location(
      ChainChange change, Optional<Meaning.Port> port, Side side, boolean added) {
    return port.flatMap(it -> side.manifest(it.text())).or(() -> line(change, side, added));
  }

  private static Optional<Location> line(ChainChange change, Side side, boolean added) {
    return Optional.ofNullable(side.files().get(change.family()))
        .flatMap(
            file ->
                change.lines().stream()
                    .filter(line -> line.added() == added && line.line() > 0)
                    .findFirst()
                    .map(line -> new Location(file, line.line(), 1)));
  }
}
