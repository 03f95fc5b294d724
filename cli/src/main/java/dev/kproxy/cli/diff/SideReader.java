package dev.kproxy.cli.diff;

import dev.kproxy.cli.cluster.Cluster;
import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.ClusterReader;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.trace.Dump;
import dev.kproxy.cli.trace.DumpReader;
import dev.kproxy.cli.trace.RuleText;
import dev.kproxy.compile.iptables.IptablesCompiler;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
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
import picocli.CommandLine.ParseResult;

/// Reads one side of a comparison: rules of a file or a directory, or manifests, which are
/// compiled.
final class SideReader {
  private static final List<String> RULE_FILES =
      List.of(
          "iptables.rules",
          "ip6tables.rules",
          "ipset.restore",
          "ipvsadm.restore",
          "kube-proxy.nft",
          "kube-proxy.ip6.nft");

  private final ParseResult given;
  private final Console console;
  private final InputFiles files;

  SideReader(ParseResult given, Console console, InputFiles files) {
    this.given = given;
    this.console = console;
    this.files = files;
  }

  Side read(String name, SideOptions.Which which) {
    if (RULE_FILES.stream().anyMatch(file -> files.has(name, file))) {
      return directory(name, which);
    }
    Optional<String> beginning = files.beginning(name);
    return beginning.map(RuleText::isRules).orElse(false)
        ? file(name, which)
        : manifests(name, which);
  }

  private Side directory(String name, SideOptions.Which which) {
    Dump dump =
        new DumpReader(files, console)
            .read(DumpReader.Given.ofRules(List.of(name), List.of(), List.of()));
    if (dump.ipvs().isPresent()) {
      console.fault(Code.UNSUPPORTED, name + ": rules of mode ipvs cannot be compared yet");
    }
    Map<Family, String> names = new EnumMap<>(Family.class);
    names.put(Family.IPV4, name + "/iptables.rules");
    names.put(Family.IPV6, name + "/ip6tables.rules");
    return dumped(name, dump.rules(), names, which);
  }

  private Side file(String name, SideOptions.Which which) {
    Map<Family, Ruleset> rules = new EnumMap<>(Family.class);
    Map<Family, String> names = new EnumMap<>(Family.class);
    Optional<String> text = files.text(name);
    for (Ruleset ruleset :
        text.map(read -> RuleText.parse(read, name, console)).orElse(List.of())) {
      if (rules.put(ruleset.family(), ruleset) != null) {
        console.accept(
            Diagnostic.error(
                Code.CONFLICT,
                new Location(name, 1, 1),
                "rules of " + ruleset.family() + " stand twice"));
      }
      names.put(ruleset.family(), name);
    }
    return dumped(name, rules, names, which);
  }

  private Side dumped(
      String name, Map<Family, Ruleset> rules, Map<Family, String> names, SideOptions.Which which) {
    ClusterOptions options = SideOptions.of(given, which, List.of());
    Set<Ip> own = new LinkedHashSet<>();
    addAddresses(own, options.nodeIps());
    addAddresses(own, options.nodeAddresses());
    return new Side(
        name,
        rules,
        names,
        List.of(),
        Map.of(),
        List.copyOf(own),
        new ClusterReader(options, console, files).interfaces());
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

  private Side manifests(String name, SideOptions.Which which) {
    ClusterOptions options = SideOptions.of(given, which, List.of(name));
    ClusterReader reader = new ClusterReader(options, console, files);
    Cluster cluster = reader.read(Set.of());
    cluster.refuseOtherModes(Set.of(Mode.IPTABLES), "compared", console);
    console.checkpoint();
    List<Plan> plans = cluster.plans();
    Map<Family, Ruleset> rules = new EnumMap<>(Family.class);
    for (Plan plan : plans) {
      rules.put(plan.family(), IptablesCompiler.save(plan, cluster.dialect()));
    }
    Set<Ip> own = new LinkedHashSet<>(cluster.node().ips().values());
    if (options.addresses().isEmpty()) {
      own.addAll(cluster.node().addresses());
    }
    own.removeIf(Ip::isLoopback);
    return new Side(
        name,
        rules,
        Map.of(),
        plans,
        Side.places(cluster.manifests().services()),
        List.copyOf(own),
        reader.interfaces());
  }
}
