package dev.kproxy.compile.rule;

/// The names of those chains of kube-proxy that are called the same on every node.
public final class KubeChains {
  // In both modes.
  public static final String SERVICES = "KUBE-SERVICES";
  public static final String POSTROUTING = "KUBE-POSTROUTING";
  public static final String MARK_MASQUERADE = "KUBE-MARK-MASQ";
  public static final String FORWARD = "KUBE-FORWARD";
  public static final String PROXY_FIREWALL = "KUBE-PROXY-FIREWALL";

  // In iptables mode.
  public static final String EXTERNAL_SERVICES = "KUBE-EXTERNAL-SERVICES";
  public static final String NODE_PORTS = "KUBE-NODEPORTS";
  public static final String CANARY = "KUBE-PROXY-CANARY";

  /// Kubelet's, which kube-proxy makes, too, and never takes away.
  public static final String FIREWALL = "KUBE-FIREWALL";

  // In IPVS mode.
  public static final String NODE_PORT = "KUBE-NODE-PORT";
  public static final String LOAD_BALANCER = "KUBE-LOAD-BALANCER";
  public static final String SOURCE_RANGES = "KUBE-SOURCE-RANGES-FIREWALL";
  public static final String FILTER = "KUBE-IPVS-FILTER";
  public static final String OUT_FILTER = "KUBE-IPVS-OUT-FILTER";

  private KubeChains() {}
}
