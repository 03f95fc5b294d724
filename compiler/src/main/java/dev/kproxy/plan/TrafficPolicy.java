package dev.kproxy.plan;

/// Which endpoints traffic may go to.
public enum TrafficPolicy {
  /// Any endpoint.
  CLUSTER,
  /// Only endpoints of this node.
  LOCAL
}
