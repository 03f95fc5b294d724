package dev.kproxy.host;

import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.plan.Target;
import dev.kproxy.net.Family;
import java.util.List;
import java.util.Map;

/// Two small clusters in mode ipvs, which differ in sets, servers, addresses, rules and settings.
final class BalancedClusters {
  private BalancedClusters() {}

  static Target one() throws HostFault {
    return of(
        "ipvs one",
        """
        create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
        add KUBE-CLUSTER-IP 10.96.0.1,tcp:80
        add KUBE-CLUSTER-IP 10.96.0.1,udp:53
        add KUBE-CLUSTER-IP 10.96.0.2,tcp:80
        create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
        add KUBE-NODE-PORT-TCP 30001
        """,
        """
        -A -t 10.96.0.1:80 -s rr
        -a -t 10.96.0.1:80 -r 10.244.0.1:8080 -m -w 1
        -a -t 10.96.0.1:80 -r 10.244.0.2:8080 -m -w 1
        -A -t 10.96.0.2:80 -s rr
        -a -t 10.96.0.2:80 -r 10.244.0.3:8080 -m -w 1
        -A -u 10.96.0.1:53 -s rr
        -a -u 10.96.0.1:53 -r 10.244.0.4:53 -m -w 1
        """,
        """
        link add kube-ipvs0 type dummy
        addr replace 10.96.0.1/32 dev kube-ipvs0
        addr replace 10.96.0.2/32 dev kube-ipvs0
        """,
        "1");
  }

  static Target two() throws HostFault {
    return of(
        "ipvs two",
        """
        create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
        add KUBE-CLUSTER-IP 10.96.0.1,tcp:80
        add KUBE-CLUSTER-IP 10.96.0.1,udp:53
        add KUBE-CLUSTER-IP 10.96.0.3,tcp:80
        create KUBE-EXTERNAL-IP hash:ip,port family inet hashsize 1024 maxelem 65536
        add KUBE-EXTERNAL-IP 192.0.2.1,tcp:80
        """,
        """
        -A -t 10.96.0.1:80 -s wrr -p 600
        -a -t 10.96.0.1:80 -r 10.244.0.2:8080 -m -w 1
        -a -t 10.96.0.1:80 -r 10.244.0.5:8080 -m -w 1
        -A -t 10.96.0.3:80 -s rr
        -a -t 10.96.0.3:80 -r 10.244.0.3:8080 -m -w 1
        -A -t 192.0.2.1:80 -s rr
        -A -u 10.96.0.1:53 -s rr
        -a -u 10.96.0.1:53 -r 10.244.0.6:53 -m -w 1
        """,
        """
        link add kube-ipvs0 type dummy
        addr replace 10.96.0.1/32 dev kube-ipvs0
        addr replace 10.96.0.3/32 dev kube-ipvs0
        addr replace 192.0.2.1/32 dev kube-ipvs0
        """,
        "0");
  }

  /// The first one with a scheduler that no kernel has.
  static Target impossible() throws HostFault {
    Target one = one();
    String servers =
        one.balancer().serversText().replace("-t 10.96.0.2:80 -s rr", "-t 10.96.0.2:80 -s nosuch");
    return new Target(
        "impossible",
        "impossible",
        one.rules(),
        one.sysctls(),
        List.of(),
        Balancer.parse(
            one.balancer().setsText(), servers, one.balancer().interfaceText(), "the test"),
        List.of());
  }

  private static Target of(
      String source, String sets, String servers, String batch, String conntrack) throws HostFault {
    String more =
        sets.contains("KUBE-EXTERNAL-IP")
            ? "-A KUBE-SERVICES -m set --match-set KUBE-EXTERNAL-IP dst,dst -j KUBE-MARK-MASQ\n"
            : "";
    String rules =
        """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :KUBE-IPVS-FILTER - [0:0]
        -A INPUT -m comment --comment "kubernetes ipvs access filter" -j KUBE-IPVS-FILTER
        -A KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN
        COMMIT
        *nat
        :PREROUTING ACCEPT [0:0]
        :INPUT ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        :POSTROUTING ACCEPT [0:0]
        :KUBE-MARK-MASQ - [0:0]
        :KUBE-SERVICES - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
        MORE-A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
        COMMIT
        """
            .replace("MORE", more);
    return new Target(
        source,
        source,
        Map.of(Family.IPV4, Clusters.rules(Family.IPV4, rules)),
        Map.of("net.ipv4.vs.conntrack", conntrack, "ipvs.timeout.udp", "30" + conntrack),
        List.of(),
        Balancer.parse(sets, servers, batch, "the test"),
        List.of());
  }
}
