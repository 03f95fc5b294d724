package dev.kproxy.cli.diff;

import dev.kproxy.cli.render.diff.Finding;
import dev.kproxy.cli.render.diff.Report;
import dev.kproxy.cli.trace.Dump;
import dev.kproxy.compile.Artifact.Kind;
import dev.kproxy.iproute.Interface;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.ipvs.IpvsPrinter;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.ipvs.VirtualServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which lines of sets, virtual servers, their addresses and settings differ. In which order they
/// stand is of no account to the kernel.
final class OtherTexts {
  private OtherTexts() {}

  /// What differs, a section for each tool.
  static List<Report.Section> of(Side before, Side after) {
    Dump old = before.dump();
    Dump now = after.dump();
    return Stream.of(
            section(Kind.IPSET, sets(old), sets(now)),
            section(Kind.IPVSADM, servers(old), servers(now)),
            section(Kind.IP, addresses(old), addresses(now)),
            section(Kind.SYSCTL, settings(before, after), settings(after, before)))
        .flatMap(Optional::stream)
        .toList();
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
                Interface::name,
                device ->
                    device.addresses().stream()
                        .map(address -> address.ip() + "/" + address.prefix())
                        .toList(),
                (one, _) -> one));
  }

  /// Settings are compared only where both sides tell them.
  private static Map<String, List<String>> settings(Side side, Side other) {
    return other.settings().isEmpty()
        ? Map.of()
        : side.settings().map(lines -> Map.of(Kind.SYSCTL.file(), lines)).orElse(Map.of());
  }

  private static List<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank()).toList();
  }

  private static Optional<Report.Section> section(
      Kind tool, Map<String, List<String>> before, Map<String, List<String>> after) {
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    List<Finding> findings = new ArrayList<>();
    for (String name : names) {
      TreeSet<String> old = new TreeSet<>(before.getOrDefault(name, List.of()));
      TreeSet<String> now = new TreeSet<>(after.getOrDefault(name, List.of()));
      List<String> lines = new ArrayList<>();
      old.stream().filter(line -> !now.contains(line)).forEach(line -> lines.add("-" + line));
      now.stream().filter(line -> !old.contains(line)).forEach(line -> lines.add("+" + line));
      if (!lines.isEmpty()) {
        String change =
            !before.containsKey(name) ? "new" : after.containsKey(name) ? "changed" : "gone";
        findings.add(Finding.ofText(name + ": " + change, lines, Optional.empty()));
      }
    }
    return findings.isEmpty()
        ? Optional.empty()
        : Optional.of(new Report.Section(tool.toString(), "", "", findings));
  }
}
