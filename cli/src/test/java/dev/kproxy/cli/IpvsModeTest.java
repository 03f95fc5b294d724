package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What IPVS mode decides otherwise than iptables mode, and how `kproxy compile` speaks of it.
/// Source: `syncProxyRules` and `syncEndpoint` in `pkg/proxy/ipvs/proxier.go` of Kubernetes 1.36.
class IpvsModeTest {
  private static final String OTHER_NODE = "[\"10.244.2.9\", \"worker-2\"]";

  @TempDir Path folder;

  /// A load balancer with a node port, and the endpoints `[address, node]`.
  private Path service(String spec, String... endpoints) throws IOException {
    String slice =
        Stream.of(endpoints)
            .map(
                endpoint ->
                    endpoint.replaceFirst(
                        "\\[(.*), (.*)]", "{\"addresses\": [$1], \"nodeName\": $2}"))
            .collect(Collectors.joining(", "));
    return Files.writeString(
        folder.resolve("service.json"),
        """
        {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "shop"},
         "spec": {"type": "LoadBalancer", "clusterIP": "10.96.0.10", "clusterIPs": ["10.96.0.10"],
          "ports": [{"port": 80, "protocol": "TCP", "targetPort": 8080, "nodePort": 30080}]%s},
         "status": {"loadBalancer": {"ingress": [{"ip": "198.51.100.7"}]}}}
        ---
        {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
         "metadata": {"name": "web-1", "namespace": "shop",
          "labels": {"kubernetes.io/service-name": "web"}},
         "endpoints": [%s],
         "ports": [{"name": "", "port": 8080, "protocol": "TCP"}]}
        """
            .formatted(spec, slice));
  }

  private static Kproxy.Result run(Path service, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("compile", "-f", service.toString(), "--mode", "ipvs", "--node", "worker-1"));
    arguments.addAll(List.of(more));
    return Kproxy.run(arguments);
  }

  private static String compile(Path service, String... more) {
    Kproxy.Result result = run(service, more);
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out();
  }

  @Test
  void sendsToOtherNodesWhereALocalPolicyFindsNoEndpoint() throws IOException {
    Path service = service(", \"externalTrafficPolicy\": \"Local\"", OTHER_NODE);
    assertThat(compile(service, "--node-ip", "192.168.0.2", "--emit", "ipvsadm"))
        .isEqualTo(
            """
            -A -t 10.96.0.10:80 -s rr
            -a -t 10.96.0.10:80 -r 10.244.2.9:8080 -m -w 1
            -A -t 192.168.0.2:30080 -s rr
            -a -t 192.168.0.2:30080 -r 10.244.2.9:8080 -m -w 1
            -A -t 198.51.100.7:80 -s rr
            -a -t 198.51.100.7:80 -r 10.244.2.9:8080 -m -w 1
            """);
  }

  @Test
  void keepsTheVirtualServersOfAServiceWithoutEndpoints() throws IOException {
    assertThat(compile(service(""), "--node-ip", "192.168.0.2", "--emit", "ipvsadm"))
        .isEqualTo(
            """
            -A -t 10.96.0.10:80 -s rr
            -A -t 192.168.0.2:30080 -s rr
            -A -t 198.51.100.7:80 -s rr
            """);
  }

  /// The rest of a Service is passed over where no address of the node takes its node port, its
  /// health check included.
  @ParameterizedTest
  @CsvSource({"192.168.0.0/16, true", "203.0.113.0/24, false"})
  void letsHealthChecksInWhereNodePortsAre(String range, boolean expected) throws IOException {
    Path service =
        service(
            ", \"externalTrafficPolicy\": \"Local\", \"healthCheckNodePort\": 32100", OTHER_NODE);
    String sets =
        compile(
            service, "--node-ip", "192.168.0.2", "--nodeport-addresses", range, "--emit", "ipset");
    assertThat(sets.contains("add KUBE-HEALTH-CHECK-NODE-PORT 32100\n")).isEqualTo(expected);
    assertThat(sets.contains("add KUBE-NODE-PORT-TCP 30080\n")).isEqualTo(expected);
  }

  @Test
  void notesThatNoKnownAddressTakesNodePorts() throws IOException {
    Kproxy.Result result = run(service(""), "--emit", "ipvsadm");
    assertThat(result.exitCode()).isZero();
    assertThat(result.err())
        .containsOnlyOnce(
            "note KP409: --node-ip: no known IPv4 address of the node takes node ports");
    assertThat(run(service(""), "--node-ip", "192.168.0.2").err()).doesNotContain("KP409");
  }

  @Test
  void leavesAnAddressWithTheInterfaceThatHasIt() throws IOException {
    Path service = service(", \"externalIPs\": [\"192.0.2.80\"]", OTHER_NODE);
    assertThat(
            compile(
                service,
                "--node-ip",
                "192.168.0.2",
                "--node-address",
                "198.51.100.7",
                "--emit",
                "ip"))
        .isEqualTo(
            """
            link add kube-ipvs0 type dummy
            addr replace 10.96.0.10/32 dev kube-ipvs0
            addr replace 192.0.2.80/32 dev kube-ipvs0
            """);
  }

  /// A node that kube-proxy runs on already has the interface with all its addresses.
  @Test
  void doesNotTakeItsOwnInterfaceForTheNode() throws IOException {
    Path addresses =
        Files.writeString(
            folder.resolve("addresses"),
            """
            2: eth0: <UP> mtu 1500
                inet 192.168.0.2/24 scope global eth0
            3: kube-ipvs0: <NOARP> mtu 1500
                inet 10.96.0.10/32 scope global kube-ipvs0
                inet 198.51.100.7/32 scope global kube-ipvs0
            """);
    Path service = service("", OTHER_NODE);
    assertThat(compile(service, "--addresses", addresses.toString()))
        .isEqualTo(compile(service, "--node-ip", "192.168.0.2"))
        .contains("-A -t 192.168.0.2:30080 -s rr\n");
  }

  /// Node ports are reached at a link-local address only where the configuration names it.
  @ParameterizedTest
  @CsvSource({"::/0, false", "fe80::/10, true"})
  void answersAtLinkLocalAddressesWhereToldTo(String range, boolean expected) throws IOException {
    Path service =
        Files.writeString(
            folder.resolve("six.json"),
            """
            {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "six", "namespace": "shop"},
             "spec": {"type": "NodePort", "clusterIP": "fd00::10", "clusterIPs": ["fd00::10"],
              "ports": [{"port": 80, "protocol": "TCP", "nodePort": 30080}]}}
            """);
    String servers =
        compile(
            service,
            "--node-address",
            "fe80::1",
            "--nodeport-addresses",
            range,
            "--emit",
            "ipvsadm");
    assertThat(servers.contains("-A -t [fe80::1]:30080 -s rr\n")).isEqualTo(expected);
    assertThat(servers).doesNotContain("[::1]");
  }

  @ParameterizedTest
  @CsvSource({"mh, ' -s mh -p 10800 -b mh-port'", "sh, ' -s sh -p 10800'"})
  void asksForPortsToCountWithMaglevAlone(String scheduler, String expected) throws IOException {
    assertThat(
            compile(
                service(", \"sessionAffinity\": \"ClientIP\""),
                "--ipvs-scheduler",
                scheduler,
                "--emit",
                "ipvsadm"))
        .startsWith("-A -t 10.96.0.10:80" + expected + "\n");
  }

  @Test
  void setsAllTimeoutsWhereOneIsGiven() throws IOException {
    assertThat(compile(service(""), "--ipvs-udp-timeout", "90s", "--emit", "ipvsadm"))
        .startsWith("--set 0 0 90\n-A ");
  }

  @Test
  void refusesTimeoutsThatIpvsadmDoesNotTake() throws IOException {
    assertThat(run(service(""), "--ipvs-tcp-timeout", "744h").exitCode()).isZero();
    Kproxy.Result result = run(service(""), "--ipvs-tcp-timeout", "745h");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("--ipvs-tcp-timeout", "31 days");
  }

  @Test
  void settlesForStrictArp() throws IOException {
    assertThat(compile(service(""), "--ipvs-strict-arp", "--emit", "sysctl", "--cpus", "2"))
        .isEqualTo(
            """
            net.ipv4.conf.all.arp_announce = 2
            net.ipv4.conf.all.arp_ignore = 1
            net.ipv4.ip_forward = 1
            net.ipv4.vs.conntrack = 1
            net.ipv4.vs.expire_nodest_conn = 1
            net.ipv4.vs.expire_quiescent_template = 1
            net.netfilter.nf_conntrack_max = 131072
            net.netfilter.nf_conntrack_tcp_timeout_close_wait = 3600
            net.netfilter.nf_conntrack_tcp_timeout_established = 86400
            """);
  }

  /// No rule counts anything, so there is nothing to be made before the rules.
  @Test
  void countsNothing() throws IOException {
    assertThat(compile(service(""), "--emit", "nfacct")).isEmpty();
  }

  /// 32,768 endpoints of this node with two ports each just fit into KUBE-LOOP-BACK.
  @ParameterizedTest
  @CsvSource({"32768, ''", "32769, 'the set KUBE-LOOP-BACK would have 65538 entries'"})
  void namesASetThatIsTooSmall(int endpoints, String expected) throws IOException {
    StringBuilder cluster = new StringBuilder();
    for (int from = 0; from < endpoints; from += 1000) {
      String addresses =
          IntStream.range(from, Math.min(from + 1000, endpoints))
              .mapToObj(
                  i ->
                      "{\"addresses\": [\"10.244."
                          + i / 250
                          + "."
                          + (i % 250 + 1)
                          + "\"], \"nodeName\": \"worker-1\"}")
              .collect(Collectors.joining(","));
      cluster.append(
          """
          {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
           "metadata": {"name": "web-%d", "namespace": "shop",
            "labels": {"kubernetes.io/service-name": "web"}},
           "endpoints": [%s],
           "ports": [{"name": "a", "port": 1, "protocol": "TCP"},
            {"name": "b", "port": 2, "protocol": "TCP"}]}
          ---
          """
              .formatted(from, addresses));
    }
    cluster.append(
        """
        {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "shop"},
         "spec": {"clusterIP": "10.96.0.10", "clusterIPs": ["10.96.0.10"],
          "ports": [{"name": "a", "port": 1, "protocol": "TCP"},
           {"name": "b", "port": 2, "protocol": "TCP"}]}}
        """);
    Path file = Files.writeString(folder.resolve("large.json"), cluster.toString());
    Kproxy.Result result = run(file, "--emit", "ipset");
    assertThat(result.exitCode()).isEqualTo(expected.isEmpty() ? 0 : 2);
    assertThat(result.err()).contains(expected);
    assertThat(result.err().contains("error KP502")).isEqualTo(!expected.isEmpty());
  }

  @Test
  void saysOnceThatTheModeIsDeprecatedWhichIsNoNote() throws IOException {
    Kproxy.Result result = run(service("", OTHER_NODE), "--node-ip", "192.168.0.2", "--strict");
    assertThat(result.exitCode()).isZero();
    assertThat(result.err().lines())
        .singleElement()
        .asString()
        .contains("ipvs is deprecated since Kubernetes 1.35");
  }

  @Test
  void tellsTheCuriousWhatTheNodeNeeds() throws IOException {
    Kproxy.Result result = run(service(""), "-v", "--ipvs-scheduler", "wlc", "--ipvs-strict-arp");
    assertThat(result.err())
        .containsSubsequence(
            "kernel modules: ip_vs ip_vs_wlc nf_conntrack dummy ip_set xt_set xt_ipvs",
            "ip_set_bitmap_port ip_set_hash_ip ip_set_hash_ipport",
            "net.ipv4.conf.all.arp_ignore = 1",
            "1. load the modules",
            "modprobe -a ip_vs ip_vs_wlc",
            "2. install the tools",
            "3. set mode: ipvs and ipvs.scheduler: wlc",
            "4. restart kube-proxy",
            "5. clean up");
    assertThat(result.out()).isEqualTo(run(service(""), "--ipvs-scheduler", "wlc").out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ipset", "ipvsadm", "ip"})
  void hasArtifactsThatIptablesModeHasNot(String artifact) throws IOException {
    Kproxy.Result result =
        Kproxy.run(
            "compile", "-f", service("").toString(), "--mode", "iptables", "--emit", artifact);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("--emit " + artifact + ": mode iptables has none");
  }

  @Test
  void namesNoChainsOfServicesInTheDocument() throws IOException {
    assertThat(compile(service("", OTHER_NODE), "-o", "json"))
        .contains("\"mode\" : \"ipvs\"", "\"chains\" : [ ]", "\"fate\" : \"used\"")
        .doesNotContain("KUBE-SVC-");
  }
}
