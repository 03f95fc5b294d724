package dev.kproxy.compile.rule;

/// An accounting object (nfacct) that rules count into; it must exist before they load.
///
/// Source: `pkg/proxy/metrics/metrics.go`.
public enum Counter {
  /// Packets that connection tracking took for invalid.
  INVALID_DROPPED("ct_state_invalid_dropped_pkts"),
  /// Packets to node ports at 127.0.0.1.
  LOCALHOST_NODE_PORTS("localhost_nps_accepted_pkts");

  private final String counterName;

  Counter(String counterName) {
    this.counterName = counterName;
  }

  /// The name in the kernel.
  public String counterName() {
    return counterName;
  }

  /// A line of `nfacct list`, which `nfacct restore` takes.
  @Override
  public String toString() {
    return "{ pkts = 00000000000000000000, bytes = 00000000000000000000 } = " + counterName + ";";
  }
}
