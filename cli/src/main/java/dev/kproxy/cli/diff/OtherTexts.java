package dev.kproxy.cli.diff;

import dev.kproxy.cli.render.diff.Finding;
import dev.kproxy.cli.render.diff.Report;
import dev.kproxy.cli.trace.Dump;
import dev.kproxy.compile.Artifact.Kind;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.ipvs.IpvsPrinter;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.ipvs.VirtualServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Which lines of sets, virtual servers, their addresses and settings differ. In which order they
/// stand is of no account to the kernel.
final class OtherTexts {
  private final List<Report.Section> sections = new ArrayList<>();

  private OtherTexts() {}

  /// What differs, a section for each tool.
  static List<Report.Section> of(Side before, Side after) {
    OtherTexts texts = new OtherTexts();
    texts.compare(Kind.IPSET, sets(before.dump()), sets(after.dump()));
    texts.compare(Kind.IPVSADM, servers(before.dump()), servers(after.dump()));
    texts.compare(Kind.IP, addresses(before.dump()), addresses(after.dump()));
    if (before.settings().isPresent() && after.settings().isPresent()) {
      texts.compare(
          Kind.SYSCTL,
          Map.of(Kind.SYSCTL.file(), before.settings().get()),
          Map.of(Kind.SYSCTL.file(), after.settings().get()));
    }
    return texts.sections;
  }

  private static Map<String, List<String>> sets(Dump dump) {
    return dump.sets().stream()
        .collect(
            Collectors.toMap(
                IpSet::name, set -> lines(IpsetPrinter.print(List.of(set))), (one, _) -> one));
  }

  private static Map<String, List<String>> servers(Dump dump) {
    return dump.ipvs().map(IpvsTable::servers).orElse(List.of()).stream()
        .collect(
            Collectors.toMap(
                server -> server.address().toString(), OtherTexts::lines, (one, _) -> one));
  }

  private static List<String> lines(VirtualServer server) {
    return lines(IpvsPrinter.print(new IpvsTable(Optional.empty(), List.of(server))));
  }

  private static Map<String, List<String>> addresses(Dump dump) {
    return dump.virtual().stream()
        .collect(
            Collectors.toMap(
                device -> device.name(),
                device ->
                    device.addresses().stream()
                        .map(address -> address.ip() + "/" + address.prefix())
                        .toList(),
                (one, _) -> one));
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  private void compare(
      Kind tool, Map<String, List<String>> before, Map<String, List<String>> after) {
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    Map<String, Finding> findings = new TreeMap<>();
    for (String name : names) {
      TreeSet<String> old = new TreeSet<>(before.getOrDefault(name, List.of()));
      TreeSet<String> now = new TreeSet<>(after.getOrDefault(name, List.of()));
      List<String> lines = new ArrayList<>();
      old.stream().filter(line -> !now.contains(line)).forEach(line -> lines.add("-" + line));
      now.stream().filter(line -> !old.contains(line)).forEach(line -> lines.add("+" + line));
      if (!lines.isEmpty()) {
        String change =
            !before.containsKey(name) ? "new" : after.containsKey(name) ? "changed" : "gone";
        findings.put(
            name,
            new Finding(
                Finding.Kind.TEXT,
                name + ": " + change,
                lines,
                Optional.empty(),
                Optional.empty(),
                true));
      }
    }
    if (!findings.isEmpty()) {
      sections.add(new Report.Section(tool.toString(), "", "", List.copyOf(findings.values())));
    }
  }
}
