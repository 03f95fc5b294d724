package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Puts hostile strings into every string of the input, one at a time: no text of a manifest ever
/// becomes an option or a second rule.
class HostileStringsTest {
  private static final long SEED = 4711;

  /// For each field; `-Dkproxy.hostile.strings=5000` tries as many as a release should have seen.
  private static final int STRINGS = Integer.getInteger("kproxy.hostile.strings", 150);

  /// Each string that the test replaces stands between § signs.
  private static final String CLUSTER =
      """
      {"apiVersion": "v1", "kind": "Service",
       "metadata": {"name": "§web§", "namespace": "§shop§", "labels": {"§app§": "§web§"},
                    "annotations": {"§note§": "§text§"}},
       "spec": {"type": "§LoadBalancer§", "clusterIP": "§10.96.0.1§", "clusterIPs": ["§10.96.0.1§"],
                "ipFamilies": ["§IPv4§"], "ipFamilyPolicy": "§SingleStack§",
                "externalIPs": ["§192.0.2.7§"], "loadBalancerIP": "§198.51.100.7§",
                "loadBalancerClass": "§example.com/lb§",
                "loadBalancerSourceRanges": ["§203.0.113.0/24§"], "externalName": "§§",
                "externalTrafficPolicy": "§Local§", "internalTrafficPolicy": "§Cluster§",
                "trafficDistribution": "§PreferClose§",
                "sessionAffinity": "§ClientIP§", "healthCheckNodePort": 32000,
                "selector": {"§app§": "§web§"},
                "ports": [{"name": "§http§", "protocol": "§TCP§", "port": 80, "nodePort": 30080,
                           "targetPort": "§http§", "appProtocol": "§http§"}]},
       "status": {"loadBalancer": {"ingress": [
          {"ip": "§198.51.100.7§", "hostname": "§lb.example.com§", "ipMode": "§VIP§"}]}}}
      {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
       "metadata": {"name": "§web-1§", "namespace": "§shop§",
                    "labels": {"kubernetes.io/service-name": "§web§"}},
       "addressType": "§IPv4§",
       "ports": [{"name": "§http§", "protocol": "§TCP§", "port": 8080, "appProtocol": "§http§"}],
       "endpoints": [{"addresses": ["§10.244.1.5§"], "nodeName": "§node-a§", "hostname": "§web-1§",
                      "zone": "§zone-a§", "hints": {"forZones": [{"name": "§zone-a§"}]},
                      "targetRef": {"kind": "§Pod§", "name": "§web-1§"}}]}
      {"apiVersion": "v1", "kind": "Node",
       "metadata": {"name": "§node-a§", "labels": {"topology.kubernetes.io/zone": "§zone-a§"}},
       "spec": {"podCIDR": "§10.244.1.0/24§", "podCIDRs": ["§10.244.1.0/24§"]},
       "status": {"addresses": [{"type": "§InternalIP§", "address": "§192.168.0.11§"}]}}
      {"apiVersion": "v1", "kind": "Endpoints",
       "metadata": {"name": "§other§", "namespace": "§shop§"},
       "subsets": [{"addresses": [{"ip": "§10.244.1.9§", "nodeName": "§node-a§"}],
                    "ports": [{"name": "§http§", "port": 80, "protocol": "§TCP§"}]}]}
      {"apiVersion": "networking.k8s.io/v1", "kind": "ServiceCIDR", "metadata": {"name": "§main§"},
       "spec": {"cidrs": ["§10.96.0.0/16§"]}}
      {"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
       "clusterCIDR": "§10.244.0.0/16§", "detectLocalMode": "§InterfaceNamePrefix§",
       "detectLocal": {"bridgeInterface": "§cni0§", "interfaceNamePrefix": "§veth§"},
       "bindAddress": "§0.0.0.0§", "hostnameOverride": "§§",
       "nodePortAddresses": ["§192.168.0.0/24§"], "mode": "§iptables§",
       "ipvs": {"scheduler": "§rr§", "excludeCIDRs": ["§10.0.0.0/8§"]}}
      """;

  /// All that may stand in the sets, virtual servers and addresses of IPVS mode.
  private static final Pattern IPVS_LINE =
      Pattern.compile(
          "# kproxy: [a-z]+"
              + "|create KUBE-[A-Z0-9-]+ [a-z:,]+ (family inet6? hashsize 1024 maxelem 65536"
              + "|range 0-65535)"
              + "|add KUBE-[A-Z0-9-]+ [0-9a-f.:/]+(,[a-z]+:[0-9]+(,[0-9a-f.:/]+)?)?"
              + "|-A (-t|-u|--sctp-service) [0-9a-f.:\\[\\]]+ -s [a-z]+( -p [0-9]+)?( -b mh-port)?"
              + "|-a (-t|-u|--sctp-service) [0-9a-f.:\\[\\]]+ -r [0-9a-f.:\\[\\]]+ -m -w 1"
              + "|link add kube-ipvs0 type dummy"
              + "|addr replace [0-9a-f.:]+/[0-9]+ dev kube-ipvs0");

  private static final Pattern SLOT = Pattern.compile("\"§([^§]*)§\"");
  private static final List<String> HOSTILE = HostileStrings.make(STRINGS, SEED);

  static Stream<Integer> slots() {
    int count = (int) SLOT.matcher(CLUSTER).results().count();
    return Stream.iterate(0, i -> i < count, i -> i + 1);
  }

  @Test
  void acceptsTheClusterItself() {
    Kproxy.Result result = compile(input(-1, ""));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("shop/web:http", "KUBE-FW-", "-i veth+");
    PlannedOptions.check(result.out());
  }

  @ParameterizedTest
  @MethodSource("slots")
  void neverWritesWhatAStringAskedFor(int slot) {
    for (String hostile : HOSTILE) {
      Kproxy.Result result = compile(input(slot, hostile));
      String what = "slot " + slot + ", seed " + SEED + ": " + HostileStrings.json(hostile);
      if (result.exitCode() == 0) {
        PlannedOptions.check(result.out());
      } else {
        assertThat(result.exitCode()).as(what).isEqualTo(2);
        assertThat(result.out()).as(what).isEmpty();
        assertThat(result.err()).as(what).contains("error KP").doesNotContain("fault of kproxy");
      }
      assertThat(result.err().chars().filter(c -> c < 0x20 && c != '\n').count()).as(what).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("slots")
  void neverWritesIntoSetsAndServersWhatAStringAskedFor(int slot) {
    for (String hostile : HOSTILE) {
      Kproxy.Result result =
          compile(
              input(slot, hostile),
              "--mode",
              "ipvs",
              "--emit",
              "ipset",
              "--emit",
              "ipvsadm",
              "--emit",
              "ip");
      String what = "slot " + slot + ", seed " + SEED + ": " + HostileStrings.json(hostile);
      assertThat(result.exitCode()).as(what).isIn(0, 2);
      assertThat(result.out().isEmpty()).as(what).isEqualTo(result.exitCode() == 2);
      assertThat(result.out().lines()).as(what).allMatch(IPVS_LINE.asMatchPredicate());
    }
  }

  @Test
  void refusesBytesThatAreNoUtf8() {
    byte[] bytes = input(-1, "").getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < bytes.length; at += 31) {
      byte[] broken = bytes.clone();
      broken[at] = (byte) 0xff;
      Kproxy.Result result = Kproxy.runWithInput(broken, "compile", "-f", "-");
      assertThat(result.exitCode()).as("byte %d", at).isEqualTo(2);
      assertThat(result.out()).isEmpty();
    }
  }

  private static Kproxy.Result compile(String input, String... more) {
    return Kproxy.runWithInput(
        input.getBytes(StandardCharsets.UTF_8),
        Stream.concat(Stream.of("compile", "-f", "-", "--node", "node-a"), Stream.of(more))
            .toArray(String[]::new));
  }

  /// The cluster with the hostile string in the slot of that number.
  private static String input(int slot, String hostile) {
    StringBuilder text = new StringBuilder();
    Matcher matcher = SLOT.matcher(CLUSTER);
    for (int number = 0; matcher.find(); number++) {
      String literal = number == slot ? HostileStrings.json(hostile) : '"' + matcher.group(1) + '"';
      matcher.appendReplacement(text, Matcher.quoteReplacement(literal));
    }
    matcher.appendTail(text);
    return text.toString();
  }
}
