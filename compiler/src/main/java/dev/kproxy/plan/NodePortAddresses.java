package dev.kproxy.plan;

import dev.kproxy.manifest.config.ProxyConfiguration;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.List;

/// At which of the node's addresses node ports are reached (`nodePortAddresses`), in one family.
///
/// @param matchAll whether at all of them
/// @param ips the addresses, where not at all of them; each once, ordered as text
/// @param containsLoopback whether IPv4 loopback addresses are among them
public record NodePortAddresses(boolean matchAll, List<Ip> ips, boolean containsLoopback) {
  private static final Ip LOOPBACK_NETWORK = Ip.of("127.0.0.0");

  public NodePortAddresses {
    ips = List.copyOf(ips);
  }

  /// The addresses at which IPVS mode has virtual servers for node ports.
  ///
  /// @param own those of [NodeFacts#ownAddresses]
  public List<Ip> balanced(List<Ip> own) {
    return matchAll ? own : ips.stream().filter(ip -> !ip.isLoopback()).toList();
  }

  /// Reads the configuration: no range of the family means all addresses, and so does one of length
  /// 0, whatever stands beside it.
  static NodePortAddresses of(ProxyConfiguration configuration, NodeFacts node, Family family) {
    List<Cidr> cidrs =
        configured(configuration, node).stream().filter(c -> c.family() == family).toList();
    boolean matchAll = cidrs.isEmpty() || cidrs.stream().anyMatch(cidr -> cidr.prefix() == 0);
    boolean loopback =
        family == Family.IPV4
            && (matchAll
                || cidrs.stream()
                    .anyMatch(c -> c.network().isLoopback() || c.contains(LOOPBACK_NETWORK)));
    List<Ip> ips =
        matchAll
            ? List.of()
            : node.addresses().stream()
                .filter(ip -> cidrs.stream().anyMatch(cidr -> cidr.contains(ip)))
                .distinct()
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
    return new NodePortAddresses(matchAll, ips, loopback);
  }

  /// `primary` stands for the node's own address in each family, as far as it is known.
  private static List<Cidr> configured(ProxyConfiguration configuration, NodeFacts node) {
    if (!configuration.primaryNodePortAddress()) {
      return configuration.nodePortAddresses();
    }
    return List.of(Family.values()).stream()
        .map(node::ip)
        .filter(ip -> !ip.isLoopback())
        .map(Cidr::host)
        .toList();
  }
}
