package dev.kproxy.compile;

import dev.kproxy.compile.iptables.IptablesCompiler;
import dev.kproxy.compile.ipvs.IpvsCompiler;
import dev.kproxy.compile.rule.Counter;
import dev.kproxy.compile.rule.Dialect;
import dev.kproxy.iproute.AddressBatchPrinter;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.text.IptablesPrinter;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.plan.NodeFacts;
import dev.kproxy.plan.NodePortRemarks;
import dev.kproxy.plan.Plan;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// All that a node must be given so that it behaves as under kube-proxy, one text for each tool.
public final class Artifacts {
  private final List<Plan> plans;
  private final ProxyConfiguration configuration;
  private final NodeFacts node;
  private final Dialect dialect;
  private final Style style;
  private final List<Artifact> artifacts = new ArrayList<>();

  private Artifacts(
      List<Plan> plans,
      ProxyConfiguration configuration,
      NodeFacts node,
      Dialect dialect,
      Style style) {
    this.plans = plans;
    this.configuration = configuration;
    this.node = node;
    this.dialect = dialect;
    this.style = style;
  }

  /// The artifacts of the configured mode, in the order in which they load.
  ///
  /// @param plans one for each family that the node has
  /// @param sink takes what no kernel would load; where there is any, the artifacts are of no use;
  ///   and notes on node ports
  /// @throws IllegalArgumentException where the mode has no rules here
  public static List<Artifact> of(
      List<Plan> plans,
      ProxyConfiguration configuration,
      NodeFacts node,
      Dialect dialect,
      Style style,
      Consumer<? super Diagnostic> sink) {
    NodePortRemarks.of(plans, configuration, node).forEach(sink);
    Artifacts made = new Artifacts(plans, configuration, node, dialect, style);
    switch (configuration.mode()) {
      case IPTABLES -> made.addIptables();
      case IPVS -> made.addIpvs(sink);
      case NFTABLES, USERSPACE ->
          throw new IllegalArgumentException(configuration.mode().toString());
    }
    return List.copyOf(made.artifacts);
  }

  private void addIptables() {
    addCounters(Arrays.asList(Counter.values()));
    addSettings();
    for (Plan plan : plans) {
      addRules(
          plan.family(),
          () -> IptablesCompiler.save(plan, dialect),
          () -> IptablesCompiler.restore(plan, dialect));
    }
  }

  /// No rule of IPVS mode counts packets; kube-proxy makes no counters there.
  private void addIpvs(Consumer<? super Diagnostic> sink) {
    IpvsCompiler compiler = new IpvsCompiler(plans, node, configuration.ipvs());
    compiler.check(sink);
    addCounters(List.of());
    addSettings();
    add(Artifact.Kind.IPSET, out -> IpsetPrinter.print(compiler.sets(), out));
    for (Plan plan : plans) {
      addRules(
          plan.family(),
          () -> compiler.save(plan.family(), dialect),
          () -> compiler.restore(plan.family(), dialect));
    }
    add(Artifact.Kind.IPVSADM, compiler::writeServers);
    add(
        Artifact.Kind.IP,
        () -> AddressBatchPrinter.print(KubeProxyNames.INTERFACE, compiler.addresses()));
  }

  private void addSettings() {
    add(Artifact.Kind.SYSCTL, () -> Sysctl.of(configuration, node, plans));
  }

  private void addCounters(List<Counter> counters) {
    if (dialect.nfacct()) {
      add(Artifact.Kind.NFACCT, () -> counters);
    }
  }

  private void addRules(Family family, Supplier<Ruleset> save, Supplier<Ruleset> restore) {
    add(
        Artifact.Kind.rulesOf(family),
        switch (style) {
          case SAVE -> out -> IptablesPrinter.print(save.get(), Spelling.SAVE, out);
          case RESTORE -> out -> IptablesPrinter.print(restore.get(), Spelling.RESTORE, out);
        });
  }

  private void add(Artifact.Kind kind, Artifact.Content content) {
    artifacts.add(new Artifact(kind, content));
  }

  private void add(Artifact.Kind kind, Supplier<? extends List<?>> lines) {
    artifacts.add(new Artifact(kind, out -> print(lines.get(), out)));
  }

  private static void print(List<?> lines, OutputStream out) throws IOException {
    for (Object line : lines) {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }
}
