package dev.kproxy.cli.render;

import dev.kproxy.compile.Sysctl;
import java.util.List;
import java.util.stream.Collectors;

/// What somebody should know who puts a node into IPVS mode.
public final class IpvsAdvice {
  /// That the mode is on its way out.
  public static final String DEPRECATION =
      "mode ipvs is deprecated since Kubernetes 1.35, and may be gone in a later release;"
          + " kube-proxy itself points to mode nftables";

  private IpvsAdvice() {}

  /// What the node needs, and how it comes from iptables mode to IPVS mode.
  ///
  /// @param modules of the kernel
  /// @param settings those that kube-proxy writes
  public static String text(List<String> modules, List<Sysctl> settings, String scheduler) {
    return """
    Mode ipvs needs on the node
      kernel modules: %s
      settings: %s
    To switch a node from mode iptables:
      1. load the modules, and name them in /etc/modules-load.d/ipvs.conf for the next start:
         modprobe -a %s
      2. install the tools: ipset, and ipvsadm to look at what is there
      3. set mode: ipvs and ipvs.scheduler: %s in the configuration:
         kubectl -n kube-system edit configmap kube-proxy
      4. restart kube-proxy:
         kubectl -n kube-system rollout restart daemonset kube-proxy
      5. clean up: kube-proxy leaves the chains of mode iptables behind, some of which still refuse
         packets; restart the node, or run kube-proxy --cleanup there before kube-proxy starts anew
    """
        .formatted(
            String.join(" ", modules),
            settings.stream().map(Sysctl::toString).collect(Collectors.joining(", ")),
            String.join(" ", modules),
            scheduler);
  }
}
