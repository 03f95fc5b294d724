package dev.kproxy.cli.diff;

import dev.kproxy.cli.cluster.Cluster;
import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.ClusterReader;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.cluster.NodeRules;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.trace.Dump;
import dev.kproxy.cli.trace.DumpReader;
import dev.kproxy.cli.trace.RuleText;
import dev.kproxy.compile.Artifact.Kind;
import dev.kproxy.iproute.Interface;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import dev.kproxy.plan.Plan;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.ParseResult;

/// Reads one side of a comparison: rules of a file or a directory, or manifests, which are
/// compiled.
final class SideReader {
  private static final List<String> RULE_FILES =
      Stream.concat(
              Stream.of(Kind.IPTABLES, Kind.IP6TABLES, Kind.IPSET, Kind.IPVSADM).map(Kind::file),
              DumpReader.NFTABLES.stream())
          .toList();
  private static final List<String> OTHER_FILES = List.of(Kind.IP.file(), Kind.SYSCTL.file());

  private final ParseResult given;
  private final Console console;
  private final InputFiles files;

  SideReader(ParseResult given, Console console, InputFiles files) {
    this.given = given;
    this.console = console;
    this.files = files;
  }

  UnreadSide read(String name, SideOptions.Which which) {
    if (RULE_FILES.stream().anyMatch(file -> files.has(name, file))) {
      return directory(name, which);
    }
    Optional<String> beginning = files.beginning(name);
    return beginning.map(RuleText::isRules).orElse(false)
        ? file(name, which)
        : manifests(name, which);
  }

  private UnreadSide directory(String name, SideOptions.Which which) {
    List<String> known = Stream.concat(RULE_FILES.stream(), OTHER_FILES.stream()).toList();
    LoadedTexts texts = new LoadedTexts(name, known, files);
    Told told = told(which);
    Map<Family, String> names =
        Map.of(
            Family.IPV4, DumpReader.file(name, Kind.IPTABLES),
            Family.IPV6, DumpReader.file(name, Kind.IP6TABLES));
    return new UnreadSide(
        Set.of(),
        (_, sink) ->
            dumped(
                name,
                new DumpReader(texts, sink)
                    .read(DumpReader.Given.ofRules(List.of(name), List.of(), List.of())),
                names,
                told,
                texts.text(DumpReader.file(name, Kind.SYSCTL)).map(text -> text.lines().toList())));
  }

  private UnreadSide file(String name, SideOptions.Which which) {
    Optional<byte[]> text = files.bytes(name);
    Told told = told(which);
    Dump others =
        new DumpReader(files, console)
            .read(
                new DumpReader.Given(
                    List.of(),
                    List.of(),
                    SideOptions.files(given, which, SideOptions.IP6TABLES),
                    SideOptions.files(given, which, SideOptions.IPSET),
                    SideOptions.files(given, which, SideOptions.IPVS)));
    return new UnreadSide(
        Set.of(),
        (_, sink) -> {
          Map<Family, Ruleset> rules = new EnumMap<>(Family.class);
          rules.putAll(others.rules());
          Map<Family, String> names = new EnumMap<>(Family.class);
          for (Ruleset ruleset :
              text.map(read -> RuleText.parse(read, name, sink)).orElse(List.of())) {
            if (rules.put(ruleset.family(), ruleset) != null) {
              sink.accept(
                  Diagnostic.error(
                      Code.CONFLICT,
                      new Location(name, 1, 1),
                      "rules of " + ruleset.family() + " stand twice"));
            }
            names.put(ruleset.family(), name);
          }
          return dumped(name, others.with(rules), names, told, Optional.empty());
        });
  }

  /// What options say of the node.
  private record Told(List<Ip> own, Optional<List<Interface>> interfaces) {}

  private Told told(SideOptions.Which which) {
    ClusterOptions options = SideOptions.of(given, which, List.of());
    Set<Ip> own = new LinkedHashSet<>();
    addAddresses(own, options.nodeIps());
    addAddresses(own, options.nodeAddresses());
    return new Told(List.copyOf(own), new ClusterReader(options, console, files).interfaces());
  }

  private static Side dumped(
      String name,
      Dump dump,
      Map<Family, String> names,
      Told told,
      Optional<List<String>> settings) {
    return new Side(
        name, dump, names, List.of(), Map.of(), told.own(), told.interfaces(), settings);
  }

  private void addAddresses(Set<Ip> own, List<String> texts) {
    for (String text : texts) {
      Ip.parse(text)
          .ifPresentOrElse(
              own::add,
              () ->
                  console.fault(
                      Code.FLAG, "--node-ip, --node-address: not an IP address: " + text));
    }
  }

  private UnreadSide manifests(String name, SideOptions.Which which) {
    ClusterOptions options = SideOptions.of(given, which, List.of(name));
    ClusterReader reader = new ClusterReader(options, console, files);
    Cluster cluster = reader.read(Set.of());
    cluster.refuseOtherModes("compared", console);
    console.checkpoint();
    Optional<List<Interface>> interfaces = reader.interfaces();
    Set<Ip> own = new LinkedHashSet<>(cluster.node().ips().values());
    if (options.addresses().isEmpty()) {
      own.addAll(cluster.node().addresses());
    }
    own.removeIf(Ip::isLoopback);
    boolean isOpen = options.ipFamily().isEmpty();
    return new UnreadSide(
        isOpen ? Set.copyOf(cluster.families()) : Set.of(),
        (all, sink) -> {
          Cluster compared = isOpen ? cluster.in(all) : cluster;
          List<Plan> plans = compared.plans();
          return new Side(
              name,
              NodeRules.of(compared, plans, sink),
              Map.of(),
              plans,
              Side.places(cluster.manifests().services()),
              List.copyOf(own),
              interfaces,
              Optional.empty());
        });
  }
}
