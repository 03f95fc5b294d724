package dev.kproxy.cli.cluster;

import dev.kproxy.cli.command.Console;
import dev.kproxy.compile.KubeVersion;
import dev.kproxy.compile.rule.Dialect;
import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.net.Code;
import dev.kproxy.net.Family;
import dev.kproxy.plan.NodeFacts;
import dev.kproxy.plan.Plan;
import dev.kproxy.plan.Planner;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The cluster input of a command, read and understood.
///
/// @param manifests its objects
/// @param configuration kube-proxy's configuration
/// @param node the node whose rules are made
/// @param families the node's families, IPv4 first
/// @param dialect what the node's tools can do
/// @param version whose rules are made
public record Cluster(
    Manifests manifests,
    ProxyConfiguration configuration,
    NodeFacts node,
    List<Family> families,
    Dialect dialect,
    KubeVersion version) {

  /// The same on a node of other families.
  public Cluster in(Set<Family> chosen) {
    List<Family> ordered = Stream.of(Family.values()).filter(chosen::contains).toList();
    return new Cluster(manifests, configuration, node, ordered, dialect, version);
  }

  /// The plan of each family.
  public List<Plan> plans() {
    Planner planner = new Planner(manifests, configuration, node);
    return families.stream().map(planner::plan).toList();
  }

  /// Faults a mode that there are no rules for yet.
  ///
  /// @param done what cannot be done with another, as `compiled`
  public void refuseOtherModes(String done, Console console) {
    Mode mode = configuration.mode();
    if (mode != Mode.IPTABLES && mode != Mode.IPVS) {
      console.fault(
          Code.UNSUPPORTED,
          "mode " + mode + " cannot be " + done + " yet; --mode iptables or ipvs can");
    }
  }
}
