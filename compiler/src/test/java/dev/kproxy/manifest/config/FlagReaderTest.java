package dev.kproxy.manifest.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kproxy.manifest.config.ProxyConfiguration.DetectLocalMode;
import dev.kproxy.manifest.config.ProxyConfiguration.Mode;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Ip;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlagReaderTest {
  private static final String FILE =
      """
      apiVersion: kubeproxy.config.k8s.io/v1alpha1
      kind: KubeProxyConfiguration
      """;

  @Test
  void knowsEveryFlagOfKubeProxyThatSetsAField() {
    assertThat(ConfigurationReader.flags())
        .extracting(Flag.Definition::name)
        .containsExactlyInAnyOrder(
            "bind-address",
            "bind-address-hard-fail",
            "cluster-cidr",
            "config-sync-period",
            "conntrack-max-per-core",
            "conntrack-min",
            "conntrack-tcp-be-liberal",
            "conntrack-tcp-timeout-close-wait",
            "conntrack-tcp-timeout-established",
            "conntrack-udp-timeout",
            "conntrack-udp-timeout-stream",
            "detect-local-mode",
            "feature-gates",
            "healthz-bind-address",
            "healthz-port",
            "hostname-override",
            "iptables-localhost-nodeports",
            "iptables-masquerade-bit",
            "iptables-min-sync-period",
            "iptables-sync-period",
            "ipvs-exclude-cidrs",
            "ipvs-min-sync-period",
            "ipvs-scheduler",
            "ipvs-strict-arp",
            "ipvs-sync-period",
            "ipvs-tcp-timeout",
            "ipvs-tcpfin-timeout",
            "ipvs-udp-timeout",
            "kube-api-burst",
            "kube-api-content-type",
            "kube-api-qps",
            "kubeconfig",
            "log-flush-frequency",
            "log-text-info-buffer-size",
            "log-text-split-stream",
            "logging-format",
            "masquerade-all",
            "master",
            "metrics-bind-address",
            "metrics-port",
            "nodeport-addresses",
            "oom-score-adj",
            "pod-bridge-interface",
            "pod-interface-name-prefix",
            "profiling",
            "proxy-mode",
            "show-hidden-metrics-for-version",
            "v",
            "vmodule");
  }

  @Test
  void tellsWhichFlagsMayBeBare() {
    assertThat(ConfigurationReader.flags())
        .filteredOn(Flag.Definition::isBoolean)
        .extracting(Flag.Definition::name)
        .containsExactlyInAnyOrder(
            "bind-address-hard-fail",
            "conntrack-tcp-be-liberal",
            "iptables-localhost-nodeports",
            "ipvs-strict-arp",
            "log-text-split-stream",
            "masquerade-all",
            "profiling");
  }

  @Test
  void setsEveryFieldThatChangesRules() {
    ProxyConfiguration read =
        Reading.ofFlags(
                "--proxy-mode=ipvs",
                "--hostname-override= Node-A ",
                "--bind-address=::",
                "--iptables-masquerade-bit=0x1f",
                "--masquerade-all=true",
                "--iptables-localhost-nodeports=f",
                "--detect-local-mode=NodeCIDR",
                "--cluster-cidr=10.244.0.1/16,fd00::/56",
                "--nodeport-addresses=192.168.0.0/24",
                "--nodeport-addresses=127.0.0.0/8,fd01::/64",
                "--ipvs-scheduler=mh",
                "--ipvs-exclude-cidrs=10.99.0.0/16",
                "--ipvs-strict-arp=true",
                "--ipvs-tcp-timeout=15m",
                "--ipvs-tcpfin-timeout=2m",
                "--ipvs-udp-timeout=5m",
                "--conntrack-max-per-core=0",
                "--conntrack-min=1_000",
                "--conntrack-tcp-timeout-established=0",
                "--conntrack-tcp-timeout-close-wait=1m",
                "--conntrack-tcp-be-liberal=true",
                "--conntrack-udp-timeout=30s",
                "--conntrack-udp-timeout-stream=3m",
                "--feature-gates=AllowServiceExternalIPs=false")
            .get();

    assertThat(read.mode()).isEqualTo(Mode.IPVS);
    assertThat(read.hostnameOverride()).isEqualTo("node-a");
    assertThat(read.bindAddress()).isEqualTo(Ip.of("::"));
    assertThat(read.masqueradeBit()).isEqualTo(31);
    assertThat(read.masqueradeAll()).isTrue();
    assertThat(read.localhostNodePorts()).isFalse();
    assertThat(read.detectLocalMode()).isEqualTo(DetectLocalMode.NODE_CIDR);
    assertThat(read.clusterCidrs()).containsExactly(Cidr.of("10.244.0.0/16"), Cidr.of("fd00::/56"));
    assertThat(read.nodePortAddresses())
        .containsExactly(Cidr.of("192.168.0.0/24"), Cidr.of("127.0.0.0/8"), Cidr.of("fd01::/64"));
    assertThat(read.ipvs())
        .isEqualTo(
            new ProxyConfiguration.Ipvs(
                "mh",
                List.of(Cidr.of("10.99.0.0/16")),
                true,
                Duration.ofMinutes(15),
                Duration.ofMinutes(2),
                Duration.ofMinutes(5)));
    assertThat(read.conntrack().maxPerCore()).isZero();
    assertThat(read.conntrack().min()).isEqualTo(1000);
    assertThat(read.conntrack().tcpEstablishedTimeout()).isEmpty();
    assertThat(read.conntrack().tcpCloseWaitTimeout()).contains(Duration.ofMinutes(1));
    assertThat(read.conntrack().tcpBeLiberal()).isTrue();
    assertThat(read.conntrack().udpTimeout()).contains(Duration.ofSeconds(30));
    assertThat(read.conntrack().udpStreamTimeout()).contains(Duration.ofMinutes(3));
    assertThat(read.externalIps()).isFalse();
  }

  @Test
  void masqueradesAllInNftablesModeToo() {
    assertThat(Reading.ofFlags("--proxy-mode=nftables", "--masquerade-all=true").get())
        .matches(ProxyConfiguration::masqueradeAll)
        .matches(ProxyConfiguration::primaryNodePortAddress);
  }

  @Test
  void takesTheLastOfAFlagGivenTwice() {
    assertThat(Reading.ofFlags("--proxy-mode=ipvs", "--proxy-mode=nftables").get().mode())
        .isEqualTo(Mode.NFTABLES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --proxy-mode=bpf                        | must be iptables, ipvs or nftables, not "bpf"
          --proxy-mode=userspace                  | must be iptables, ipvs or nftables, not "userspace"
          --cluster-cidr=                         | "" is no CIDR
          --cluster-cidr=10.0.0.0/99              | "10.0.0.0/99" is no CIDR
          --cluster-cidr=10.0.0.0/8,11.0.0.0/8    | must be one CIDR, or one of each family
          --nodeport-addresses=primary,10.0.0.0/8 | "primary" must stand alone
          --iptables-masquerade-bit=32            | must be 0 to 31, not 32
          --iptables-masquerade-bit=8.0           | must be a whole number of 32 bits, not "8.0"
          --masquerade-all=yes                    | must be a truth value, not "yes"
          --conntrack-udp-timeout=30              | must be a duration such as "30s", not "30"
          --conntrack-udp-timeout=-1s             | must not be negative
          --bind-address=everywhere               | "everywhere" is no IP address
          --feature-gates=NoSuch=true             | no feature gate of kube-proxy 1.36 has the name "NoSuch"
          --feature-gates=NoSuch                  | must be a map of names to truth values, not "NoSuch"
          --hostname-override=' '                 | must not be blank
          --metrics-port=0                        | must not be 0: kube-proxy then refuses its metrics address
          --log-text-split-stream=true            | needs the feature gate LoggingAlphaOptions, which is off
          """)
  void refusesWhatKubeProxyRefuses(String flag, String message) {
    Reading reading = Reading.ofFlags(flag.replace("'", ""));

    assertThat(reading.configuration()).isEmpty();
    String name = flag.substring(0, flag.indexOf('='));
    assertThat(reading.diagnostics()).containsExactly("error KP302: " + name + ": " + message);
  }

  @Test
  void takesTheFlagThatOnlyReachesTheApiServer() {
    assertThat(Reading.ofFlags("--master=https://127.0.0.1")).isEqualTo(Reading.ofFlags());
  }

  @Test
  void namesTheFlagThatAsksForWhatIsMissing() {
    assertThat(Reading.ofFlags("--detect-local-mode=BridgeInterface").diagnostics())
        .containsExactly(
            "error KP302: --detect-local-mode: detectLocal.bridgeInterface must not be empty"
                + " where detectLocalMode is BridgeInterface");
  }

  @Test
  void winsOverTheFileAndSaysSo() {
    Reading reading =
        Reading.ofText(
            FILE + "mode: ipvs\nipvs: {scheduler: wrr}\niptables:\n  masqueradeBit: 3\n",
            "--proxy-mode=nftables",
            "--iptables-masquerade-bit=3",
            "--conntrack-min=7");

    assertThat(reading.get().mode()).isEqualTo(Mode.NFTABLES);
    assertThat(reading.get().conntrack().min()).isEqualTo(7);
    assertThat(reading.diagnostics())
        .containsExactly(
            "config.yaml:3:7: note KP406: KubeProxyConfiguration: mode: --proxy-mode \"nftables\""
                + " wins over the value here");
  }

  @Test
  void savesAFileFromItsOwnFault() {
    assertThat(Reading.ofText(FILE + "mode: bpf\n", "--proxy-mode=iptables").get().mode())
        .isEqualTo(Mode.IPTABLES);
  }

  @Test
  void throwsOnAFlagThatIsNoneOfThem() {
    assertThatThrownBy(() -> Reading.ofFlags("--init-only=true"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
