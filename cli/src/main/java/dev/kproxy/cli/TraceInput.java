package dev.kproxy.cli;

import dev.kproxy.cli.cluster.Cluster;
import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.ClusterReader;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.cluster.NodeRules;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.trace.Dump;
import dev.kproxy.cli.trace.DumpReader;
import dev.kproxy.cli.trace.Ends;
import dev.kproxy.cli.trace.HostReader;
import dev.kproxy.cli.trace.Names;
import dev.kproxy.cli.trace.Tracer;
import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.iproute.Interface;
import dev.kproxy.net.Code;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Printable;
import dev.kproxy.plan.Plan;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.simulate.host.Facts;
import dev.kproxy.simulate.host.Routing;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads what a packet meets: rules from dumps, or made from manifests, and facts of the host.
final class TraceInput {
  private static final Set<String> OF_THE_HOST =
      Set.of("--node-ip", "--node-address", "--addresses");

  private final TraceOptions options;
  private final ClusterOptions clusterOptions;
  private final Console console;
  private final InputFiles files;
  private final ClusterReader clusters;

  TraceInput(TraceOptions options, ClusterOptions cluster, Console console, InputFiles files) {
    this.options = options;
    this.clusterOptions = cluster;
    this.console = console;
    this.files = files;
    this.clusters = new ClusterReader(cluster, console, files);
  }

  Situation read() {
    DumpReader.Given dumps =
        new DumpReader.Given(
            options.rules(),
            options.iptables(),
            options.ip6tables(),
            options.ipset(),
            options.ipvs());
    refuseOthers(dumps);
    Optional<Cluster> cluster =
        clusterOptions.files().isEmpty() ? Optional.empty() : Optional.of(clusters.read(Set.of()));
    Optional<Dump> dump =
        dumps.isEmpty()
            ? Optional.empty()
            : Optional.of(new DumpReader(files, console).read(dumps));
    if (dump.isEmpty()) {
      cluster.ifPresent(known -> known.refuseOtherModes("traced", console));
    }
    List<Ip> told = told(cluster);
    HostFacts facts = new HostReader(files, console).read(given(told, dump));
    console.checkpoint();

    List<Plan> plans = cluster.map(Cluster::plans).orElse(List.of());
    Dump rules = dump.orElseGet(() -> NodeRules.of(cluster.orElseThrow(), plans, console));
    HostFacts host = rules.on(facts, clusters.interfaces().isPresent(), console);
    console.checkpoint();
    Routing routing = Facts.of(host).routing();
    Predicate<Ip> isOwn = ip -> ip.isLoopback() || routing.isLocal(ip);
    return new Situation(
        rules.rules(),
        dump.isPresent(),
        new Tracer(rules.rules(), host),
        new Names(plans),
        new Ends(
            node(told, host),
            isOwn,
            routing::source,
            plans,
            cluster.map(it -> it.manifests().slices()).orElse(List.of())),
        isOwn);
  }

  private void refuseOthers(DumpReader.Given dumps) {
    if (!options.nft().isEmpty()) {
      console.fault(Code.UNSUPPORTED, "--nft: rules of nft cannot be traced yet");
    }
    boolean given = !dumps.isEmpty() || !options.nft().isEmpty();
    if (clusterOptions.files().isEmpty() && !given) {
      console.fault(
          Code.NO_OBJECTS, "no rules: -f names manifests, --iptables or --rules a host's rules");
    }
    if (given) {
      clusterOptions.refuseIdle(OF_THE_HOST, console);
    }
    console.checkpoint();
  }

  private static Set<Ip> addresses(List<Interface> interfaces) {
    return interfaces.stream()
        .flatMap(device -> device.addresses().stream())
        .map(Interface.Address::ip)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /// What `node` means: what was told, then what the interfaces have that others can reach.
  private static List<Ip> node(List<Ip> told, HostFacts host) {
    List<Interface> others =
        host.interfaces().orElse(List.of()).stream()
            .filter(device -> !device.name().equals(KubeProxyNames.INTERFACE))
            .toList();
    return Stream.concat(
            told.stream(),
            addresses(others).stream().filter(ip -> !ip.isLoopback() && !ip.isLinkLocal()))
        .distinct()
        .toList();
  }

  private HostReader.Given given(List<Ip> told, Optional<Dump> dump) {
    List<String> settings = new ArrayList<>();
    dump.flatMap(Dump::settings).ifPresent(settings::add);
    settings.addAll(options.sysctl());
    return new HostReader.Given(
        told, clusters.interfaces(), options.routes(), settings, options.recent());
  }

  /// The addresses of the node that were told one by one, in its manifest or in options.
  private List<Ip> told(Optional<Cluster> cluster) {
    Set<Ip> told = new LinkedHashSet<>();
    cluster
        .map(Cluster::node)
        .ifPresent(
            node -> {
              node.ips().values().stream().sorted().forEach(told::add);
              if (clusterOptions.addresses().isEmpty()) {
                told.addAll(node.addresses());
              }
            });
    // Where there is a cluster, its reader has said what is no address.
    Consumer<String> refuse = cluster.isPresent() ? _ -> {} : this::refuseAddress;
    Stream.concat(clusterOptions.nodeIps().stream(), clusterOptions.nodeAddresses().stream())
        .forEach(text -> Ip.parse(text).ifPresentOrElse(told::add, () -> refuse.accept(text)));
    return told.stream().filter(ip -> !ip.isLoopback()).toList();
  }

  private void refuseAddress(String text) {
    console.fault(
        Code.FLAG, "--node-ip, --node-address: not an IP address: " + Printable.quote(text));
  }
}
