package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Holds `sysctl.conf` and `nfacct.restore` against what kube-proxy 1.36 does when it starts:
/// `getConntrackMax` and `conntrackSysctler` in `cmd/kube-proxy/app`, `NewProxier` and
/// `ensureNFAcct` in `pkg/proxy/iptables`.
class NodeSettingsTest {
  private static final String SERVICE =
      """
      {"kind": "Service", "apiVersion": "v1", "metadata": {"name": "web", "namespace": "shop"},
       "spec": {"clusterIP": "10.96.0.10", "clusterIPs": ["10.96.0.10"], "ipFamilies": ["IPv4"],
        "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}]}}
      """;

  @TempDir Path folder;

  /// The default is 32768 entries for each CPU, at least 131072, which four CPUs have; beyond 32
  /// CPUs it stays at 1048576.
  @ParameterizedTest
  @CsvSource({
    "1, 131072",
    "3, 131072",
    "4, 131072",
    "5, 163840",
    "16, 524288",
    "32, 1048576",
    "33, 1048576",
    "512, 1048576"
  })
  void scalesTheConntrackTableWithTheCpus(int cpus, String entries) throws IOException {
    assertThat(compile("sysctl", "--cpus", Integer.toString(cpus)))
        .contains("net.netfilter.nf_conntrack_max = " + entries + "\n");
  }

  /// 1000 × 2 CPUs are more than the least of 1500, 1000 × 1 is less.
  @ParameterizedTest
  @CsvSource({"1, 1500", "2, 2000"})
  void takesTheLeastWhereTheCpusAreFew(int cpus, String entries) throws IOException {
    assertThat(
            compile(
                "sysctl",
                "--cpus",
                Integer.toString(cpus),
                "--conntrack-max-per-core=1000",
                "--conntrack-min=1500"))
        .contains("net.netfilter.nf_conntrack_max = " + entries + "\n");
  }

  /// With one entry more than the most for each CPU, or none, or where the least is the most, all
  /// numbers of CPUs have the same; where the least is more than the most, many CPUs have fewer.
  @ParameterizedTest
  @CsvSource({
    "32768, 131072, true",
    "1000, 0, true",
    "0, 131072, false",
    "1048575, 131072, true",
    "1048576, 131072, false",
    "1048577, 131072, false",
    "32768, 1048575, true",
    "32768, 1048576, false",
    "32768, 1048577, true",
    "1048576, 1048577, true",
    "1048577, 1048577, false"
  })
  void notesThatItAssumesOneCpuWhereTheirNumberCounts(int perCore, int least, boolean expected)
      throws IOException {
    String[] options = {"--conntrack-max-per-core=" + perCore, "--conntrack-min=" + least};
    String note = "note KP411: --cpus: one CPU assumed for net.netfilter.nf_conntrack_max";
    assertThat(run("sysctl", options).err().contains(note)).isEqualTo(expected);
    assertThat(run("sysctl", options[0], options[1], "--cpus", "1").err()).doesNotContain("KP411");
    assertThat(run("nfacct", options).err()).doesNotContain("KP411");
    String few = run("sysctl", options[0], options[1], "--cpus", "1").out();
    String many = run("sysctl", options[0], options[1], "--cpus", "4096").out();
    assertThat(few.equals(many)).isEqualTo(!expected);
  }

  /// A number of 0 leaves the system's value alone.
  @Test
  void leavesTheTableAloneWhereNothingIsAskedFor() throws IOException {
    assertThat(compile("sysctl", "--cpus", "8", "--conntrack-max-per-core=0"))
        .doesNotContain("nf_conntrack_max");
  }

  @Test
  void printsEverySettingByName() throws IOException {
    assertThat(
            compile(
                "sysctl",
                "--cpus",
                "2",
                "--conntrack-tcp-timeout-established=1h",
                "--conntrack-tcp-timeout-close-wait=0",
                "--conntrack-tcp-be-liberal",
                "--conntrack-udp-timeout=30s",
                "--conntrack-udp-timeout-stream=180s"))
        .isEqualTo(
            """
            net.ipv4.conf.all.route_localnet = 1
            net.netfilter.nf_conntrack_max = 131072
            net.netfilter.nf_conntrack_tcp_be_liberal = 1
            net.netfilter.nf_conntrack_tcp_timeout_established = 3600
            net.netfilter.nf_conntrack_udp_timeout = 30
            net.netfilter.nf_conntrack_udp_timeout_stream = 180
            """);
  }

  /// Only IPv4 can route 127.0.0.0/8 to elsewhere, and only where node ports shall answer there.
  @Test
  void routesLoopbackForNodePortsOnly() throws IOException {
    assertThat(compile("sysctl", "--iptables-localhost-nodeports=false"))
        .doesNotContain("route_localnet");
    assertThat(compile("sysctl", "--nodeport-addresses=192.168.0.0/16"))
        .doesNotContain("route_localnet");
  }

  /// Two counters, of dropped packets of no connection and of packets to node ports on 127.0.0.1;
  /// whatever the CPUs.
  @Test
  void createsItsCounters() throws IOException {
    assertThat(compile("nfacct", "--cpus", "64"))
        .isEqualTo(
            """
            { pkts = 00000000000000000000, bytes = 00000000000000000000 } = ct_state_invalid_dropped_pkts;
            { pkts = 00000000000000000000, bytes = 00000000000000000000 } = localhost_nps_accepted_pkts;
            """);
  }

  private String compile(String artifact, String... options) throws IOException {
    return run(artifact, options).out();
  }

  private Kproxy.Result run(String artifact, String... options) throws IOException {
    Path file = Files.writeString(folder.resolve("service.json"), SERVICE);
    String[] given = {
      "compile",
      "-f",
      file.toString(),
      "--node",
      "n",
      "--node-ip",
      "192.168.0.2",
      "--emit",
      artifact
    };
    String[] all = new String[given.length + options.length];
    System.arraycopy(given, 0, all, 0, given.length);
    System.arraycopy(options, 0, all, given.length, options.length);
    Kproxy.Result result = Kproxy.run(all);
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result;
  }
}
