package dev.kproxy.cli;

import dev.kproxy.cli.cluster.Cluster;
import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.ClusterReader;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.trace.Dump;
import dev.kproxy.cli.trace.DumpReader;
import dev.kproxy.cli.trace.Ends;
import dev.kproxy.cli.trace.HostReader;
import dev.kproxy.cli.trace.Names;
import dev.kproxy.cli.trace.Tracer;
import dev.kproxy.compile.IptablesCompiler;
import dev.kproxy.iproute.Interface;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.net.Code;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.plan.NodeFacts;
import dev.kproxy.plan.Plan;
import dev.kproxy.simulate.Backend;
import dev.kproxy.simulate.HostFacts;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads what a packet meets: rules from dumps, or made from manifests, and facts of the host.
final class TraceInput {
  private final TraceOptions options;
  private final ClusterOptions clusterOptions;
  private final Console console;
  private final InputStream in;
  private final InputFiles files;

  TraceInput(TraceOptions options, ClusterOptions cluster, Console console, InputStream in) {
    this.options = options;
    this.clusterOptions = cluster;
    this.console = console;
    this.in = in;
    this.files = new InputFiles(in, console);
  }

  Situation read() {
    DumpReader.Given dumps =
        new DumpReader.Given(
            options.rules(), options.iptables(), options.ip6tables(), options.ipset());
    refuseOthers(dumps);
    Optional<Cluster> cluster =
        clusterOptions.files().isEmpty()
            ? Optional.empty()
            : Optional.of(new ClusterReader(clusterOptions, console, in).read(Set.of()));
    Optional<Dump> dump =
        dumps.isEmpty()
            ? Optional.empty()
            : Optional.of(new DumpReader(files, console).read(dumps));
    if (dump.isEmpty()) {
      cluster.ifPresent(known -> refuseOtherModes(known.configuration().mode()));
    }
    List<Ip> own = own(cluster);
    HostFacts host =
        new HostReader(files, console)
            .read(given(own, dump))
            .withSets(dump.map(Dump::sets).orElse(List.of()))
            .withBackend(dump.map(Dump::backend).orElse(Backend.LEGACY));
    console.checkpoint();

    List<Plan> plans = cluster.map(Cluster::plans).orElse(List.of());
    Map<Family, Ruleset> rules = dump.map(Dump::rules).orElseGet(() -> compile(cluster, plans));
    List<Ip> addresses = new ArrayList<>(own);
    host.interfaces().orElse(List.of()).stream()
        .flatMap(device -> device.addresses().stream())
        .map(Interface.Address::ip)
        .filter(ip -> !ip.isLoopback() && !ip.isLinkLocal())
        .forEach(addresses::add);
    Set<Ip> local = new HashSet<>(addresses);
    return new Situation(
        rules,
        dump.isPresent(),
        new Tracer(rules, host),
        new Names(plans),
        new Ends(addresses, ip -> ip.isLoopback() || local.contains(ip), plans),
        ip -> ip.isLoopback() || local.contains(ip));
  }

  private void refuseOthers(DumpReader.Given dumps) {
    if (!options.ipvs().isEmpty()) {
      console.fault(Code.UNSUPPORTED, "--ipvs: IPVS cannot be traced yet");
    }
    if (!options.nft().isEmpty()) {
      console.fault(Code.UNSUPPORTED, "--nft: rules of nft cannot be traced yet");
    }
    boolean given = !dumps.isEmpty() || !options.ipvs().isEmpty() || !options.nft().isEmpty();
    if (clusterOptions.files().isEmpty() && !given) {
      console.fault(
          Code.NO_OBJECTS, "no rules: -f names manifests, --iptables or --rules a host's rules");
    }
    if (clusterOptions.files().isEmpty() && given) {
      for (String option : clusterOptions.idleWithoutFiles()) {
        console.fault(Code.FLAG, option + ": says nothing without manifests, which -f names");
      }
    }
    console.checkpoint();
  }

  private void refuseOtherModes(Mode mode) {
    if (mode != Mode.IPTABLES) {
      console.fault(
          Code.UNSUPPORTED,
          "mode "
              + mode.name().toLowerCase(Locale.ROOT)
              + " cannot be traced yet; --mode iptables can");
    }
  }

  private static Map<Family, Ruleset> compile(Optional<Cluster> cluster, List<Plan> plans) {
    Map<Family, Ruleset> rules = new EnumMap<>(Family.class);
    for (Plan plan : plans) {
      rules.put(plan.family(), IptablesCompiler.save(plan, cluster.orElseThrow().dialect()));
    }
    return rules;
  }

  private HostReader.Given given(List<Ip> own, Optional<Dump> dump) {
    List<String> settings = new ArrayList<>();
    dump.flatMap(Dump::settings).ifPresent(settings::add);
    settings.addAll(options.sysctl());
    return new HostReader.Given(
        own, clusterOptions.addresses(), options.routes(), settings, options.recent());
  }

  /// The addresses of the node that were told one by one, in options or in its manifest.
  private List<Ip> own(Optional<Cluster> cluster) {
    List<Ip> own = new ArrayList<>();
    if (cluster.isPresent()) {
      NodeFacts node = cluster.get().node();
      node.ips().values().stream().sorted().filter(ip -> !ip.isLoopback()).forEach(own::add);
      if (clusterOptions.addresses().isEmpty()) {
        node.addresses().stream()
            .filter(ip -> !ip.isLoopback() && !own.contains(ip))
            .forEach(own::add);
      }
      return own;
    }
    for (List<String> texts : List.of(clusterOptions.nodeIps(), clusterOptions.nodeAddresses())) {
      for (String text : texts) {
        Ip.parse(text)
            .ifPresentOrElse(
                own::add, () -> console.fault(Code.FLAG, "--node-ip: not an IP address: " + text));
      }
    }
    return own;
  }
}
