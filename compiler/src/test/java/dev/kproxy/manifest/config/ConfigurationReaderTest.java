package dev.kproxy.manifest.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kproxy.manifest.config.ProxyConfiguration.Conntrack;
import dev.kproxy.manifest.config.ProxyConfiguration.DetectLocalMode;
import dev.kproxy.manifest.config.ProxyConfiguration.Ipvs;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationReaderTest {
  private static final Path ROOT = Path.of(System.getProperty("kproxy.root"));
  private static final String HEAD =
      """
      apiVersion: kubeproxy.config.k8s.io/v1alpha1
      kind: KubeProxyConfiguration
      """;

  private static final ProxyConfiguration DEFAULTS =
      new ProxyConfiguration(
          Mode.IPTABLES,
          "",
          Ip.of("0.0.0.0"),
          14,
          false,
          true,
          DetectLocalMode.CLUSTER_CIDR,
          List.of(),
          "",
          "",
          List.of(),
          false,
          new Conntrack(
              32768,
              131072,
              Optional.of(Duration.ofHours(24)),
              Optional.of(Duration.ofHours(1)),
              false,
              Optional.empty(),
              Optional.empty()),
          new Ipvs("rr", List.of(), false, Duration.ZERO, Duration.ZERO, Duration.ZERO),
          true);

  @Test
  void hasKubeProxysDefaults() {
    assertThat(Reading.ofFlags().get()).isEqualTo(DEFAULTS);
    assertThat(Reading.ofText(HEAD)).isEqualTo(new Reading(Optional.of(DEFAULTS), List.of()));
  }

  @Test
  void readsTheSectionOfTheMode() {
    String sections =
        """
        iptables: {masqueradeBit: 1, masqueradeAll: true}
        nftables: {masqueradeBit: 2, masqueradeAll: false}
        """;

    ProxyConfiguration iptables = Reading.ofText(HEAD + sections).get();
    ProxyConfiguration ipvs = Reading.ofText(HEAD + sections + "mode: ipvs\n").get();
    ProxyConfiguration nftables = Reading.ofText(HEAD + sections + "mode: nftables\n").get();

    assertThat(List.of(iptables.masqueradeBit(), ipvs.masqueradeBit(), nftables.masqueradeBit()))
        .containsExactly(1, 1, 2);
    assertThat(List.of(iptables.masqueradeAll(), ipvs.masqueradeAll(), nftables.masqueradeAll()))
        .containsExactly(true, true, false);
    assertThat(nftables.primaryNodePortAddress()).isTrue();
    assertThat(ipvs.primaryNodePortAddress()).isFalse();
  }

  @Test
  void tellsAllFaultsAtOnceEachWithItsPlace() {
    Reading reading =
        Reading.ofText(
            HEAD
                + """
                mode: bpf
                iptables:
                  masqueradeBit: 32
                  syncPeriod: soon
                nodePortAddresses:
                - 10.0.0.0/8
                - 192.168.0.0
                conntrack: []
                """);

    assertThat(reading.configuration()).isEmpty();
    assertThat(reading.diagnostics())
        .containsExactlyInAnyOrder(
            "config.yaml:3:7: error KP301: KubeProxyConfiguration: mode: must be iptables, ipvs or"
                + " nftables, not \"bpf\"",
            "config.yaml:5:18: error KP301: KubeProxyConfiguration: iptables.masqueradeBit: must"
                + " be 0 to 31, not 32",
            "config.yaml:6:15: error KP207: KubeProxyConfiguration: iptables.syncPeriod: must be a"
                + " duration such as \"30s\", not the string \"soon\"",
            "config.yaml:9:3: error KP301: KubeProxyConfiguration: nodePortAddresses[1]:"
                + " \"192.168.0.0\" is no CIDR",
            "config.yaml:10:12: error KP207: KubeProxyConfiguration: conntrack: must be an object,"
                + " not a list");
  }

  @Test
  void notesWhatHasNoEffect() {
    Reading reading =
        Reading.ofText(
            HEAD
                + """
                Mode: ipvs
                udpIdleTimeout: 250ms
                portRange: 1000-2000
                ipvs:
                  frobnicate: 1
                """);

    assertThat(reading.get()).isEqualTo(DEFAULTS);
    assertThat(reading.diagnostics())
        .containsExactlyInAnyOrder(
            "config.yaml:3:1: note KP408: KubeProxyConfiguration: Mode: is unknown: the field is"
                + " spelled mode; it has no effect",
            "config.yaml:4:1: note KP408: KubeProxyConfiguration: udpIdleTimeout: was dropped in"
                + " 1.26, together with the mode userspace; it has no effect",
            "config.yaml:5:12: note KP412: KubeProxyConfiguration: portRange: has had no effect"
                + " since 1.26, which dropped the mode userspace",
            "config.yaml:7:3: note KP408: KubeProxyConfiguration: ipvs.frobnicate: is unknown to"
                + " kube-proxy 1.36; it has no effect");
  }

  @Test
  void takesTheLastOfAKeyGivenTwice() {
    Reading reading = Reading.ofText(HEAD + "mode: ipvs\nmode: nftables\n");

    assertThat(reading.get().mode()).isEqualTo(Mode.NFTABLES);
    assertThat(reading.diagnostics()).singleElement().asString().contains(":4:1: note KP407");
  }

  @ParameterizedTest
  @CsvSource({
    "kubeproxy.config.k8s.io/v1alpha2, KubeProxyConfiguration, v1alpha2",
    "kubeproxy.config.k8s.io/v1alpha1, KubeletConfiguration, KubeletConfiguration",
    "v1, Service, Service"
  })
  void refusesAnotherKindOrVersion(String apiVersion, String kind, String named) {
    Reading reading = Reading.ofText("apiVersion: " + apiVersion + "\nkind: " + kind + "\n");

    assertThat(reading.configuration()).isEmpty();
    assertThat(reading.diagnostics()).singleElement().asString().contains(named + "\"");
  }

  /// Worked example 4: what kubeadm wrote in 2021, with fields that later releases dropped.
  @Test
  void acceptsAConfigMapOf2021() throws IOException {
    Reading reading =
        Reading.ofText(Files.readString(ROOT.resolve("testdata/config/kube-proxy-2021.yaml")));

    assertThat(reading.get().mode()).isEqualTo(Mode.IPVS);
    assertThat(reading.get().clusterCidrs()).containsExactly(Cidr.of("10.244.0.0/16"));
    assertThat(reading.get().masqueradeBit()).isEqualTo(14);
    assertThat(reading.get().conntrack()).isEqualTo(DEFAULTS.conntrack());
    assertThat(reading.get().ipvs()).isEqualTo(DEFAULTS.ipvs());
    assertThat(reading.diagnostics())
        .containsExactly(
            "config.yaml:53:5: note KP408: ConfigMap kube-system/kube-proxy: udpIdleTimeout: was"
                + " dropped in 1.26, together with the mode userspace; it has no effect");
  }

  @Test
  void pointsIntoTheConfigMap() {
    Reading reading =
        Reading.ofText(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: kube-proxy, namespace: kube-system}
            data:
              config.conf: |-
                apiVersion: kubeproxy.config.k8s.io/v1alpha1
                kind: KubeProxyConfiguration
                iptables:
                  masqueradeBit: 99
            """);

    assertThat(reading.diagnostics())
        .containsExactly(
            "config.yaml:9:22: error KP301: ConfigMap kube-system/kube-proxy:"
                + " iptables.masqueradeBit: must be 0 to 31, not 99");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "data: {}", "data: {other: x}", "data: {config.conf: {}}", "data: []"})
  void asksForTheConfigurationOfAConfigMap(String data) {
    Reading reading =
        Reading.ofText("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-proxy}\n" + data);

    assertThat(reading.configuration()).isEmpty();
    assertThat(reading.diagnostics())
        .containsExactly(
            "config.yaml:1:1: error KP301: ConfigMap kube-proxy: data.\"config.conf\": must hold a"
                + " KubeProxyConfiguration as text");
  }

  /// As EKS, Gardener and OpenShift have them.
  @ParameterizedTest
  @CsvSource({
    "kube-proxy-config, config",
    "kube-proxy-config-5c1a7b02, config.yaml",
    "proxy-config, kube-proxy-config.yaml"
  })
  void findsTheConfigurationUnderTheKeyOfOtherInstallers(String name, String key) {
    String configMap =
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: %s, namespace: kube-system}
        data:
          cleanup.sh: "#!/bin/sh"
          %s: |-
            apiVersion: kubeproxy.config.k8s.io/v1alpha1
            clusterCIDR: 100.64.0.0/11
            kind: KubeProxyConfiguration
            mode: ""
            oomScoreAdj: 5000
        """
            .formatted(name, key);

    assertThat(Reading.ofText(configMap.replace("5000", "5")).get().clusterCidrs())
        .containsExactly(Cidr.parse("100.64.0.0/11").orElseThrow());
    assertThat(Reading.ofText(configMap).diagnostics())
        .containsExactly(
            "config.yaml:11:18: error KP301: ConfigMap kube-system/%s: oomScoreAdj: must be -1000"
                    .formatted(name)
                + " to 1000, not 5000");
  }

  @Test
  void saysWhereAConfigurationBehindOtherObjectsIsFound() {
    String kubeadm = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n---\n" + HEAD;

    assertThat(Reading.ofText(kubeadm).diagnostics())
        .containsExactly(
            "config.yaml:1:1: error KP301: KubeProxyConfiguration: kind: must be"
                + " KubeProxyConfiguration, not \"InitConfiguration\"; one behind other objects is"
                + " found with -f");
  }

  @Test
  void readsNoConfigMapInsideOfAConfigMap() {
    Reading reading =
        Reading.ofText(
            """
            apiVersion: v1
            kind: ConfigMap
            data: {config.conf: "kind: ConfigMap\\napiVersion: v1\\ndata: {config.conf: x}"}
            """);

    assertThat(reading.diagnostics())
        .singleElement()
        .asString()
        .endsWith("kind: must be KubeProxyConfiguration, not \"ConfigMap\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"large", "small"})
  void acceptsTheConfigMapsOfRealClusters(String cluster) throws IOException {
    String given = System.getProperty("kproxy.shared", System.getenv("KPROXY_SHARED"));
    Path shared = given == null ? ROOT.resolveSibling("shared") : Path.of(given);
    Path file = shared.resolve("clusters").resolve(cluster).resolve("kube-proxy.configmap.yaml");
    assumeTrue(Files.exists(file), "needs the shared clusters");

    Reading reading = Reading.ofText(Files.readString(file));

    assertThat(reading.get().clusterCidrs())
        .containsExactly(Cidr.of("10.244.0.0/16"), Cidr.of("fd00:10:244::/56"));
    assertThat(reading.diagnostics()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "iptables, BridgeInterface, bridgeInterface, cni0 -j ACCEPT",
    "iptables, BridgeInterface, bridgeInterface, cni0\\n-A INPUT",
    "iptables, BridgeInterface, bridgeInterface, -j",
    "iptables, BridgeInterface, bridgeInterface, '!cni0'",
    "iptables, BridgeInterface, bridgeInterface, cni\\\"0",
    "iptables, BridgeInterface, bridgeInterface, cni\\u00e9",
    "iptables, BridgeInterface, bridgeInterface, a\\u0000b",
    "iptables, BridgeInterface, bridgeInterface, ..",
    "iptables, BridgeInterface, bridgeInterface, a234567890123456",
    "iptables, InterfaceNamePrefix, interfaceNamePrefix, a23456789012345",
    "ipvs, InterfaceNamePrefix, interfaceNamePrefix, a/b",
    "nftables, InterfaceNamePrefix, interfaceNamePrefix, 0cali",
    "nftables, BridgeInterface, bridgeInterface, a;b",
    "nftables, BridgeInterface, bridgeInterface, a$b",
    "nftables, BridgeInterface, bridgeInterface, br+"
  })
  void refusesNamesOfInterfacesThatNoRuleCanHold(
      String mode, String detection, String field, String name) {
    Reading reading =
        Reading.ofText(
            HEAD
                + "mode: %s\ndetectLocalMode: %s\ndetectLocal: {%s: \"%s\"}\n"
                    .formatted(mode, detection, field, name));

    assertThat(reading.configuration()).isEmpty();
    assertThat(reading.diagnostics())
        .singleElement()
        .asString()
        .startsWith("config.yaml:5:")
        .contains("error KP208: KubeProxyConfiguration: detectLocal." + field)
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource({
    "iptables, BridgeInterface, bridgeInterface, a23456789012345",
    "iptables, InterfaceNamePrefix, interfaceNamePrefix, a2345678901234",
    "iptables, InterfaceNamePrefix, interfaceNamePrefix, c+",
    "iptables, BridgeInterface, bridgeInterface, br-0123456789ab",
    "ipvs, BridgeInterface, bridgeInterface, eth0.100@x",
    "nftables, BridgeInterface, bridgeInterface, br-0123.45_6",
    "iptables, ClusterCIDR, bridgeInterface, not used -j ACCEPT"
  })
  void takesNamesOfInterfacesThatARuleCanHold(
      String mode, String detection, String field, String name) {
    Reading reading =
        Reading.ofText(
            HEAD
                + "mode: %s\ndetectLocalMode: %s\ndetectLocal: {%s: \"%s\"}\n"
                    .formatted(mode, detection, field, name));

    assertThat(reading.diagnostics()).isEmpty();
    assertThat(List.of(reading.get().bridgeInterface(), reading.get().interfaceNamePrefix()))
        .contains(name);
  }

  @Test
  void refusesASchedulerThatWouldBeginAnotherCommand() {
    Reading reading =
        Reading.ofText(HEAD + "mode: ipvs\nipvs: {scheduler: \"rr\\n-A -t 1.2.3.4:80\"}\n");

    assertThat(reading.diagnostics())
        .containsExactly(
            "config.yaml:4:19: error KP208: KubeProxyConfiguration: ipvs.scheduler:"
                + " \"rr\\n-A -t 1.2.3.4:80\" is no scheduler of IPVS");
  }

  @Test
  void looksAtTheSchedulerInIpvsModeOnly() {
    assertThat(Reading.ofText(HEAD + "ipvs: {scheduler: fastest}\n").configuration()).isPresent();
  }

  @Test
  void refusesAGateWithoutThoseThatItNeeds() {
    assertThat(Reading.ofText(HEAD + "featureGates: {WorkloadWithJob: true}\n").diagnostics())
        .singleElement()
        .asString()
        .endsWith("featureGates: WorkloadWithJob is on, but needs GenericWorkload");
  }
}
