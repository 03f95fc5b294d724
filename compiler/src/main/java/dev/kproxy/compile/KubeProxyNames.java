package dev.kproxy.compile;

import dev.kproxy.compile.ipvs.KubeSet;
import dev.kproxy.compile.rule.KubeChains;
import dev.kproxy.net.Family;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The names of kube-proxy's own chains and sets, of this release and of old ones, and of its
/// interface.
///
/// The list is closed, since `KUBE-` alone says nothing: kubelet has its canary, its hint and (up
/// to 1.24) `KUBE-MARK-DROP`, runtimes have `KUBE-HOSTPORTS`, and controllers of network policies
/// have `KUBE-ROUTER-…` and `KUBE-POD-FW-…`, with sets `KUBE-SRC-…` and `KUBE-DST-…`.
///
/// Source: the chains and sets of `pkg/proxy/iptables` and `pkg/proxy/ipvs` of Kubernetes 1.36 and
/// what their `CleanupLeftovers` take away; `KUBE-XLB-…` up to 1.23, and the chains of userspace
/// mode up to 1.25.
public final class KubeProxyNames {
  /// The interface that holds the addresses of virtual servers (`defaultDummyDevice` in
  /// `pkg/proxy/ipvs/proxier.go`).
  public static final String INTERFACE = "kube-ipvs0";

  /// What comments call a Service port, as a regular expression: `namespace/name`, and `:port`
  /// where the port has a name.
  public static final String SERVICE_PORT =
      "[a-z0-9][a-z0-9.-]*/[a-z0-9][a-z0-9.-]*(?::[a-z0-9-]+)?";

  /// What the names of chains begin with that end with a hash.
  private static final Pattern HASHED =
      Pattern.compile("KUBE-(?:SVC|SVL|EXT|FW|SEP|XLB)-[A-Z2-7]{16}");

  private static final Set<String> CHAINS =
      Set.of(
          KubeChains.SERVICES,
          KubeChains.EXTERNAL_SERVICES,
          KubeChains.NODE_PORTS,
          KubeChains.POSTROUTING,
          KubeChains.MARK_MASQUERADE,
          KubeChains.FORWARD,
          KubeChains.PROXY_FIREWALL,
          KubeChains.CANARY,
          KubeChains.NODE_PORT,
          KubeChains.LOAD_BALANCER,
          KubeChains.SOURCE_RANGES,
          KubeChains.FILTER,
          KubeChains.OUT_FILTER,
          "KUBE-PORTALS-CONTAINER",
          "KUBE-PORTALS-HOST",
          "KUBE-NODEPORT-CONTAINER",
          "KUBE-NODEPORT-HOST",
          "KUBE-NODEPORT-NON-LOCAL");

  private static final Set<String> SETS =
      Arrays.stream(Family.values())
          .flatMap(family -> Arrays.stream(KubeSet.values()).map(set -> set.setName(family)))
          .collect(Collectors.toUnmodifiableSet());

  private KubeProxyNames() {}

  /// The names of chains that are the same on every node.
  public static Set<String> chains() {
    return CHAINS;
  }

  /// The names of sets.
  public static Set<String> sets() {
    return SETS;
  }

  /// Whether a chain of that name is kube-proxy's, and nobody else's.
  public static boolean isChain(String name) {
    return CHAINS.contains(name) || HASHED.matcher(name).matches();
  }

  /// Whether kube-proxy makes a chain of that name that kubelet makes, too.
  public static boolean isShared(String name) {
    return name.equals(KubeChains.FIREWALL);
  }

  /// Whether a set of that name is kube-proxy's.
  public static boolean isSet(String name) {
    return SETS.contains(name);
  }
}
