package dev.kproxy.manifest.config;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What kube-proxy runs with: a KubeProxyConfiguration with its defaults, of which just those
/// fields are kept that change rules, sysctls or the node's identity.
///
/// @param mode the rule language
/// @param hostnameOverride the node's name, trimmed and in lower case; empty where not given
/// @param bindAddress the address that decides the primary family; `0.0.0.0` by default
/// @param masqueradeBit the bit of the packet mark that asks for masquerading, of the mode's
///   section
/// @param masqueradeAll whether all traffic to cluster IPs is masqueraded, of the mode's section
/// @param localhostNodePorts whether node ports answer on 127.0.0.1 (iptables mode)
/// @param detectLocalMode how a Pod of this node is told from other sources
/// @param clusterCidrs `clusterCIDR`, host bits cleared; the first of a family counts
/// @param bridgeInterface the bridge of the Pods, or empty
/// @param interfaceNamePrefix the prefix of the Pods' interfaces, or empty
/// @param nodePortAddresses the ranges whose local addresses take node ports; empty means all
/// @param primaryNodePortAddress whether `nodePortAddresses` is `primary`
/// @param conntrack the settings of connection tracking
/// @param ipvs the settings of IPVS mode
/// @param externalIps whether the external IPs of Services get rules: the feature gate
///   `AllowServiceExternalIPs`, the only one of 1.36 that changes any
public record ProxyConfiguration(
    Mode mode,
    String hostnameOverride,
    Ip bindAddress,
    int masqueradeBit,
    boolean masqueradeAll,
    boolean localhostNodePorts,
    DetectLocalMode detectLocalMode,
    List<Cidr> clusterCidrs,
    String bridgeInterface,
    String interfaceNamePrefix,
    List<Cidr> nodePortAddresses,
    boolean primaryNodePortAddress,
    Conntrack conntrack,
    Ipvs ipvs,
    boolean externalIps) {

  public ProxyConfiguration {
    clusterCidrs = List.copyOf(clusterCidrs);
    nodePortAddresses = List.copyOf(nodePortAddresses);
  }

  /// `mode`.
  public enum Mode {
    /// Rules of iptables; the default.
    IPTABLES,
    /// Virtual servers of IPVS, with sets and a few rules.
    IPVS,
    /// A table of nftables.
    NFTABLES,
    /// Connections through a process of the node; gone since 1.26.
    USERSPACE;

    /// The spelling of the configuration: `iptables`.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// `detectLocalMode`.
  public enum DetectLocalMode {
    /// By `clusterCIDR`; the default.
    CLUSTER_CIDR,
    /// By the Node's `podCIDRs`.
    NODE_CIDR,
    /// By the bridge that packets come in on.
    BRIDGE_INTERFACE,
    /// By the name of the interface that packets come in on.
    INTERFACE_NAME_PREFIX
  }

  /// `conntrack`; a time-out that is absent leaves the kernel's as it is.
  ///
  /// @param maxPerCore entries for each CPU; 0 leaves the kernel's limit
  /// @param min the least number of entries
  public record Conntrack(
      int maxPerCore,
      int min,
      Optional<Duration> tcpEstablishedTimeout,
      Optional<Duration> tcpCloseWaitTimeout,
      boolean tcpBeLiberal,
      Optional<Duration> udpTimeout,
      Optional<Duration> udpStreamTimeout) {}

  /// `ipvs`.
  ///
  /// @param scheduler the scheduler of all virtual servers, `rr` by default
  /// @param excludeCidrs the ranges whose virtual servers are left alone
  /// @param strictArp whether ARP is answered for addresses of the asked interface alone
  /// @param tcpTimeout idle TCP connections; zero leaves the kernel's
  /// @param tcpFinTimeout TCP connections after a FIN; zero leaves the kernel's
  /// @param udpTimeout idle UDP flows; zero leaves the kernel's
  public record Ipvs(
      String scheduler,
      List<Cidr> excludeCidrs,
      boolean strictArp,
      Duration tcpTimeout,
      Duration tcpFinTimeout,
      Duration udpTimeout) {
    public Ipvs {
      excludeCidrs = List.copyOf(excludeCidrs);
    }
  }
}
