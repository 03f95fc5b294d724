package dev.kproxy.compile;

import dev.kproxy.compile.iptables.IptablesCompiler;
import dev.kproxy.compile.rule.Counter;
import dev.kproxy.compile.rule.Dialect;
import dev.kproxy.iptables.text.IptablesPrinter;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.net.Family;
import dev.kproxy.plan.NodeFacts;
import dev.kproxy.plan.Plan;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// All that a node must be given so that it behaves as under kube-proxy, one text for each tool.
public final class Artifacts {
  private Artifacts() {}

  /// The artifacts of iptables mode, in the order in which they load.
  ///
  /// @param plans one for each family that the node has
  public static List<Artifact> iptables(
      List<Plan> plans,
      ProxyConfiguration configuration,
      NodeFacts node,
      Dialect dialect,
      Style style) {
    List<Artifact> artifacts = new ArrayList<>();
    if (dialect.nfacct()) {
      artifacts.add(
          new Artifact(Artifact.Kind.NFACCT, out -> lines(out, Arrays.asList(Counter.values()))));
    }
    boolean routeLocalnet = plans.stream().anyMatch(Plan::localhostNodePorts);
    artifacts.add(
        new Artifact(
            Artifact.Kind.SYSCTL,
            out ->
                lines(
                    out,
                    Sysctl.iptables(
                        configuration.conntrack(), node.cpus().orElse(1), routeLocalnet))));
    for (Plan plan : plans) {
      artifacts.add(rules(plan, dialect, style));
    }
    return List.copyOf(artifacts);
  }

  private static Artifact rules(Plan plan, Dialect dialect, Style style) {
    Artifact.Kind kind =
        plan.family() == Family.IPV4 ? Artifact.Kind.IPTABLES : Artifact.Kind.IP6TABLES;
    return new Artifact(
        kind,
        switch (style) {
          case SAVE ->
              out ->
                  IptablesPrinter.print(IptablesCompiler.save(plan, dialect), Spelling.SAVE, out);
          case RESTORE ->
              out ->
                  IptablesPrinter.print(
                      IptablesCompiler.restore(plan, dialect), Spelling.RESTORE, out);
        });
  }

  private static void lines(OutputStream out, List<?> lines) throws IOException {
    for (Object line : lines) {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }
}
