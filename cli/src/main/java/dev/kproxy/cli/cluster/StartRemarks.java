package dev.kproxy.cli.cluster;

import dev.kproxy.manifest.Manifests;
import dev.kproxy.manifest.Node;
import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.manifest.config.ProxyConfiguration.DetectLocalMode;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.plan.NodeFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What keeps kube-proxy from starting on the node with this configuration, or from telling the
/// traffic of its Pods. The rules are made all the same: they are what it would program if it did.
///
/// Source: `checkBadIPConfig` and `newProxyServer` in `cmd/kube-proxy/app/server.go`,
/// `newNodeManager` in `pkg/proxy/node.go`.
final class StartRemarks {
  private final ProxyConfiguration configuration;
  private final NodeFacts node;
  private final Optional<Family> only;
  private final List<Diagnostic> notes = new ArrayList<>();

  private StartRemarks(ProxyConfiguration configuration, NodeFacts node, Optional<Family> only) {
    this.configuration = configuration;
    this.node = node;
    this.only = only;
  }

  /// The notes.
  ///
  /// @param families whose rules are made
  /// @param only the only family that the node is said to have; empty where it may have both
  static List<Diagnostic> of(
      Manifests manifests,
      ProxyConfiguration configuration,
      NodeFacts node,
      List<Family> families,
      Optional<Family> only) {
    StartRemarks remarks = new StartRemarks(configuration, node, only);
    only.ifPresent(remarks::remarkOnly);
    if (configuration.detectLocalMode() == DetectLocalMode.NODE_CIDR) {
      manifests.nodes().stream()
          .filter(candidate -> candidate.name().equals(node.name()))
          .findFirst()
          .ifPresentOrElse(
              known -> remarks.remarkRanges(known, families), remarks::remarkWithoutNode);
    }
    return List.copyOf(remarks.notes);
  }

  private void remarkOnly(Family family) {
    Ip bound = configuration.bindAddress();
    List<Cidr> ranges = configuration.clusterCidrs();
    if (!bound.isUnspecified() && bound.family() != family) {
      alone(family, "bindAddress " + bound);
    } else if (configuration.detectLocalMode() == DetectLocalMode.CLUSTER_CIDR
        && !ranges.isEmpty()
        && !hasRange(ranges, family)) {
      alone(family, "no clusterCIDR but " + ranges.getFirst());
    }
  }

  private void alone(Family family, String what) {
    notes.add(
        Diagnostic.note(
            Code.NOT_STARTED,
            "--ip-family",
            "on a node of " + family + " alone kube-proxy does not start with " + what));
  }

  private void remarkWithoutNode() {
    String which = node.name().isEmpty() ? "no Node is given" : "its Node is not in the input";
    notes.add(
        Diagnostic.note(
            Code.NO_NODE,
            "detectLocalMode",
            "NodeCIDR, but " + which + ", so no rule tells the traffic of the node's Pods"));
  }

  private void remarkRanges(Node known, List<Family> families) {
    Optional<Family> primary = only.or(node::primary);
    if (known.podCidrs().isEmpty()) {
      note(
          known,
          Code.NOT_STARTED,
          "has none: with detectLocalMode NodeCIDR kube-proxy waits five minutes for one and then"
              + " ends; no rule tells the traffic of the node's Pods");
    } else if (primary.filter(family -> !hasRange(known.podCidrs(), family)).isPresent()) {
      note(
          known,
          Code.NOT_STARTED,
          "has none of "
              + primary.get()
              + ", the node's primary family: with detectLocalMode NodeCIDR kube-proxy does not"
              + " start");
    } else if (families.stream().noneMatch(family -> hasRange(known.podCidrs(), family))) {
      note(
          known,
          Code.NO_NODE,
          "has none of "
              + families.getFirst()
              + ", so no rule tells the traffic of the node's Pods");
    }
  }

  private static boolean hasRange(List<Cidr> ranges, Family family) {
    return ranges.stream().anyMatch(range -> range.family() == family);
  }

  private void note(Node known, Code code, String message) {
    notes.add(
        new Diagnostic(
            Severity.NOTE,
            code,
            Optional.of(known.location()),
            "Node " + known.name(),
            "spec.podCIDRs",
            message));
  }
}
