package dev.kproxy.plan;

import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import java.util.List;

/// How traffic of this node's Pods is told from other traffic (`detectLocalMode`).
public sealed interface LocalDetector {
  /// Not at all.
  record None() implements LocalDetector {}

  /// By the source address.
  record BySource(Cidr cidr) implements LocalDetector {}

  /// By the interface that the packet came in on; with `prefix`, by the beginning of its name.
  record ByInterface(String name, boolean prefix) implements LocalDetector {}

  /// The detector of one family: where the mode names no range of the family there is none.
  static LocalDetector of(ProxyConfiguration configuration, NodeFacts node, Family family) {
    return switch (configuration.detectLocalMode()) {
      case CLUSTER_CIDR -> firstOf(family, configuration.clusterCidrs());
      case NODE_CIDR -> firstOf(family, node.podCidrs());
      case BRIDGE_INTERFACE -> new ByInterface(configuration.bridgeInterface(), false);
      case INTERFACE_NAME_PREFIX -> new ByInterface(configuration.interfaceNamePrefix(), true);
    };
  }

  private static LocalDetector firstOf(Family family, List<Cidr> cidrs) {
    return cidrs.stream()
        .filter(cidr -> cidr.family() == family)
        .findFirst()
        .<LocalDetector>map(BySource::new)
        .orElseGet(None::new);
  }
}
