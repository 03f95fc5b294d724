package dev.kproxy.compile.ipvs;

import dev.kproxy.ipset.Dimension;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.SetOption;
import dev.kproxy.ipset.SetOption.Count;
import dev.kproxy.ipset.SetType;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Match.MatchSet.Side;
import dev.kproxy.net.Family;
import dev.kproxy.net.PortRange;
import java.util.List;

/// A set that kube-proxy makes in each family, whether or not there is anything to put into it.
///
/// Source: `ipset.go` and `ipsetInfo` of `proxier.go` in `pkg/proxy/ipvs`.
public enum KubeSet {
  LOOP_BACK(
      "LOOP-BACK",
      SetType.HASH_IP_PORT_IP,
      "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose"),
  CLUSTER_IP(
      "CLUSTER-IP",
      SetType.HASH_IP_PORT,
      "Kubernetes service cluster ip + port for masquerade purpose"),
  EXTERNAL_IP(
      "EXTERNAL-IP",
      SetType.HASH_IP_PORT,
      "Kubernetes service external ip + port for masquerade and filter purpose"),
  EXTERNAL_IP_LOCAL(
      "EXTERNAL-IP-LOCAL",
      SetType.HASH_IP_PORT,
      "Kubernetes service external ip + port with externalTrafficPolicy=local"),
  LOAD_BALANCER("LOAD-BALANCER", SetType.HASH_IP_PORT, "Kubernetes service lb portal"),
  LOAD_BALANCER_LOCAL(
      "LOAD-BALANCER-LOCAL",
      SetType.HASH_IP_PORT,
      "Kubernetes service load balancer ip + port with externalTrafficPolicy=local"),
  LOAD_BALANCER_FIREWALL(
      "LOAD-BALANCER-FW",
      SetType.HASH_IP_PORT,
      "Kubernetes service load balancer ip + port for load balancer with sourceRange"),
  LOAD_BALANCER_SOURCE_IP(
      "LOAD-BALANCER-SOURCE-IP",
      SetType.HASH_IP_PORT_IP,
      "Kubernetes service load balancer ip + port + source IP for packet filter purpose"),
  LOAD_BALANCER_SOURCE_CIDR(
      "LOAD-BALANCER-SOURCE-CIDR",
      SetType.HASH_IP_PORT_NET,
      "Kubernetes service load balancer ip + port + source cidr for packet filter purpose"),
  NODE_PORT_TCP(
      "NODE-PORT-TCP", SetType.BITMAP_PORT, "Kubernetes nodeport TCP port for masquerade purpose"),
  NODE_PORT_LOCAL_TCP(
      "NODE-PORT-LOCAL-TCP",
      SetType.BITMAP_PORT,
      "Kubernetes nodeport TCP port with externalTrafficPolicy=local"),
  NODE_PORT_UDP(
      "NODE-PORT-UDP", SetType.BITMAP_PORT, "Kubernetes nodeport UDP port for masquerade purpose"),
  NODE_PORT_LOCAL_UDP(
      "NODE-PORT-LOCAL-UDP",
      SetType.BITMAP_PORT,
      "Kubernetes nodeport UDP port with externalTrafficPolicy=local"),
  NODE_PORT_SCTP(
      "NODE-PORT-SCTP-HASH",
      SetType.HASH_IP_PORT,
      "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'"),
  NODE_PORT_LOCAL_SCTP(
      "NODE-PORT-LOCAL-SCTP-HASH",
      SetType.HASH_IP_PORT,
      "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'"),
  HEALTH_CHECK_NODE_PORT(
      "HEALTH-CHECK-NODE-PORT", SetType.BITMAP_PORT, "Kubernetes health check node port"),
  IPVS_IPS("IPVS-IPS", SetType.HASH_IP, "Addresses on the ipvs interface");

  /// `maxelem`: beyond it the kernel takes no more entries.
  static final int MOST_ENTRIES = 65_536;

  private static final int HASH_SIZE = 1024;

  private final String suffix;
  private final SetType type;
  private final String comment;

  KubeSet(String suffix, SetType type, String comment) {
    this.suffix = suffix;
    this.type = type;
    this.comment = comment;
  }

  /// The name, cut where it would be longer than the kernel takes.
  public String setName(Family family) {
    String name = (family == Family.IPV4 ? "KUBE-" : "KUBE-6-") + suffix;
    return name.substring(0, Math.min(name.length(), IpSet.NAME_LIMIT));
  }

  SetType type() {
    return type;
  }

  /// The module of the kernel that has the type.
  String module() {
    return "ip_set_" + type.toString().replace(':', '_').replace(",", "");
  }

  /// What rules that ask the set say in their comment; the set itself has none.
  String comment() {
    return comment;
  }

  /// Whether the kernel bounds the number of its entries; a bitmap has room for every port.
  boolean isBounded() {
    return !type.hasRange();
  }

  List<SetOption> options(Family family) {
    return isBounded()
        ? List.of(
            new SetOption.AddressFamily(family),
            new Count(Count.Name.HASHSIZE, HASH_SIZE),
            new Count(Count.Name.MAXELEM, MOST_ENTRIES))
        : List.of(new SetOption.Ports(new PortRange(0, 65_535)));
  }

  /// Asks the set for the packet's destination; where an entry has two addresses, the second is the
  /// source.
  Match holdsDestination(Family family) {
    return new Match.MatchSet(setName(family), sides(), false, List.of());
  }

  private List<Side> sides() {
    List<Dimension> dimensions = type.dimensions();
    return dimensions.size() == 3
        ? List.of(Side.DST, Side.DST, Side.SRC)
        : dimensions.stream().map(_ -> Side.DST).toList();
  }
}
