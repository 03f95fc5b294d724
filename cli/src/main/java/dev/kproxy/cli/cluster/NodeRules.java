package dev.kproxy.cli.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kproxy.cli.trace.Dump;
import dev.kproxy.compile.KubeProxyNames;
import dev.kproxy.compile.iptables.IptablesCompiler;
import dev.kproxy.compile.ipvs.IpvsCompiler;
import dev.kproxy.iproute.AddressBatchParser;
import dev.kproxy.iproute.AddressBatchPrinter;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.ipvs.IpvsParser;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.plan.NodePortRemarks;
import dev.kproxy.plan.Plan;
import dev.kproxy.simulate.Backend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// What a cluster makes of a node: everything of it that packets meet.
public final class NodeRules {
  private NodeRules() {}

  /// The rules of a cluster in mode iptables or ipvs. Virtual servers and addresses are read from
  /// the text that would be loaded.
  ///
  /// @param plans of the cluster
  /// @param sink takes the faults, and notes on node ports
  public static Dump of(Cluster cluster, List<Plan> plans, Consumer<Diagnostic> sink) {
    NodePortRemarks.of(plans, cluster.configuration(), cluster.node()).forEach(sink);
    Map<Family, Ruleset> rules = new EnumMap<>(Family.class);
    if (cluster.configuration().mode() != Mode.IPVS) {
      for (Plan plan : plans) {
        rules.put(plan.family(), IptablesCompiler.save(plan, cluster.dialect()));
      }
      return Dump.of(rules);
    }
    IpvsCompiler compiler = new IpvsCompiler(plans, cluster.node(), cluster.configuration().ipvs());
    compiler.check(sink);
    for (Plan plan : plans) {
      rules.put(plan.family(), compiler.save(plan.family(), cluster.dialect()));
    }
    ByteArrayOutputStream servers = new ByteArrayOutputStream();
    try {
      compiler.writeServers(servers);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing is written but memory
    }
    List<String> lines = AddressBatchPrinter.print(KubeProxyNames.INTERFACE, compiler.addresses());
    return new Dump(
        rules,
        compiler.sets(),
        Optional.of(IpvsParser.parse(servers.toString(UTF_8), "ipvsadm", sink)),
        AddressBatchParser.parse(String.join("\n", lines), "ip", sink),
        Backend.LEGACY,
        Optional.empty());
  }
}
