package dev.kproxy.compile.ipvs;

import dev.kproxy.compile.rule.Dialect;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.ipvs.IpvsPrinter;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.ipvs.IpvsTable.Timeouts;
import dev.kproxy.ipvs.VirtualServer;
import dev.kproxy.manifest.config.ProxyConfiguration.Ipvs;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.plan.NodeFacts;
import dev.kproxy.plan.Plan;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Makes what IPVS mode programs on a node, as kube-proxy's first sync on an empty node leaves it.
///
/// Sets and virtual servers of both families are made together, rules for each family. Everything
/// that Services share is ordered as text; the rules of a chain are in kube-proxy's own order.
///
/// Source: `syncProxyRules` in `pkg/proxy/ipvs/proxier.go` of Kubernetes 1.36.
public final class IpvsCompiler {
  private final List<Part> parts;
  private final Ipvs settings;

  /// One family.
  private record Part(Plan plan, Entrances entrances, SetEntries sets) {
    static Part of(Plan plan, NodeFacts node) {
      Entrances entrances = new Entrances(plan, node);
      return new Part(plan, entrances, new SetEntries(plan, entrances));
    }

    Stream<Entrance> all() {
      return plan.services().stream().flatMap(service -> entrances.of(service).stream());
    }
  }

  /// A compiler for one node.
  ///
  /// @param plans one for each family that the node has
  public IpvsCompiler(List<Plan> plans, NodeFacts node, Ipvs settings) {
    this.parts = plans.stream().map(plan -> Part.of(plan, node)).toList();
    this.settings = settings;
  }

  /// The modules of the kernel that the artifacts need, beside those of iptables itself.
  public static List<String> modules(Ipvs settings) {
    List<String> modules = new ArrayList<>(List.of("ip_vs", "ip_vs_" + settings.scheduler()));
    modules.addAll(List.of("nf_conntrack", "dummy", "ip_set", "xt_set", "xt_ipvs"));
    Arrays.stream(KubeSet.values()).map(KubeSet::module).distinct().sorted().forEach(modules::add);
    return modules;
  }

  /// Tells what no kernel would take, which are sets that would be too full.
  public void check(Consumer<? super Diagnostic> sink) {
    for (Part part : parts) {
      Family family = part.plan().family();
      for (KubeSet set : KubeSet.values()) {
        if (set.isBounded() && part.sets().size(set) > KubeSet.MOST_ENTRIES) {
          sink.accept(tooLarge(set.setName(family), part.sets().size(set)));
        }
      }
    }
  }

  private static Diagnostic tooLarge(String set, int size) {
    String message =
        "the set "
            + set
            + " would have "
            + size
            + " entries, of which the kernel takes "
            + KubeSet.MOST_ENTRIES;
    return new Diagnostic(Severity.ERROR, Code.SET_TOO_LARGE, Optional.empty(), "", "", message);
  }

  /// All sets, by name.
  public List<IpSet> sets() {
    return parts.stream()
        .flatMap(part -> part.sets().sets().stream())
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .toList();
  }

  /// All rules of a family that are in the kernel after kube-proxy has run, with the built-in
  /// chains and the jumps from them.
  public Ruleset save(Family family, Dialect dialect) {
    IpvsRules rules = rules(family, dialect);
    return new Ruleset(
        family,
        List.of(
            table("filter", IpvsRules.filterHooks(), rules.filter(Spelling.SAVE)),
            table("nat", IpvsRules.natHooks(), rules.nat())));
  }

  /// What kube-proxy itself feeds to iptables-restore: the chains that it fills, without the jumps
  /// to them, which it makes one by one.
  public Ruleset restore(Family family, Dialect dialect) {
    IpvsRules rules = rules(family, dialect);
    return new Ruleset(
        family,
        List.of(
            table("nat", List.of(), rules.nat()),
            table("filter", List.of(), rules.filter(Spelling.RESTORE))));
  }

  /// What [#save] makes, from what [#restore] made of the same plan: with the jumps from the
  /// built-in chains, and in the order of what iptables-save prints.
  public static Ruleset completed(Ruleset restored) {
    Family family = restored.family();
    List<Chain> filter =
        chains(restored, "filter").stream().map(chain -> IpvsRules.saved(family, chain)).toList();
    return new Ruleset(
        family,
        List.of(
            table("filter", IpvsRules.filterHooks(), filter),
            table("nat", IpvsRules.natHooks(), chains(restored, "nat"))));
  }

  private static List<Chain> chains(Ruleset ruleset, String table) {
    return ruleset.userChains(table).stream()
        .sorted((a, b) -> a.name().compareTo(b.name()))
        .toList();
  }

  private IpvsRules rules(Family family, Dialect dialect) {
    for (Part part : parts) {
      if (part.plan().family() == family) {
        return new IpvsRules(part.plan(), part.entrances(), part.sets(), dialect);
      }
    }
    throw new IllegalArgumentException("no plan of " + family);
  }

  private static Table table(String name, List<Chain> hooks, List<Chain> chains) {
    return new Table(name, Stream.concat(hooks.stream(), chains.stream()).toList());
  }

  /// Writes the virtual servers as `ipvsadm --restore` takes them, one at a time.
  public void writeServers(OutputStream out) throws IOException {
    VirtualServers servers = new VirtualServers(settings.scheduler());
    parts.stream().flatMap(Part::all).forEach(servers::add);
    IpvsPrinter.print(new IpvsTable(timeouts(), List.of()), out);
    for (Map.Entry<VirtualServer, Entrance> server : servers.ordered()) {
      VirtualServer complete =
          server.getKey().withServers(VirtualServers.realServers(server.getValue()));
      IpvsPrinter.print(new IpvsTable(Optional.empty(), List.of(complete)), out);
    }
  }

  /// kube-proxy sets all three where one is asked for; 0 leaves what the kernel has.
  private Optional<Timeouts> timeouts() {
    int tcp = seconds(settings.tcpTimeout());
    int tcpFin = seconds(settings.tcpFinTimeout());
    int udp = seconds(settings.udpTimeout());
    return tcp + tcpFin + udp == 0 ? Optional.empty() : Optional.of(new Timeouts(tcp, tcpFin, udp));
  }

  private static int seconds(Duration timeout) {
    return Math.toIntExact(timeout.toSeconds());
  }

  /// The addresses of `kube-ipvs0`, in the order of their text, IPv4 first.
  public List<Ip> addresses() {
    return parts.stream()
        .flatMap(
            part ->
                part.all()
                    .filter(Entrance::bound)
                    .map(Entrance::ip)
                    .distinct()
                    .sorted((a, b) -> a.toString().compareTo(b.toString())))
        .toList();
  }
}
