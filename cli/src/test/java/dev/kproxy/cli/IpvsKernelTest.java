package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node in IPVS mode in a kernel that has IPVS: what is compiled for it is loaded, changed by
/// hand, dumped and met by a thousand connections of each kind. The trace of the dumps says what
/// the kernel then did.
///
/// ```
/// client  203.0.113.1 … 203.0.113.8
///    |
/// eth0    192.168.0.11
/// node
/// cni0    10.244.1.254
///    |
/// pods    10.244.1.1, 10.244.1.2, 10.244.1.3
/// ```
class IpvsKernelTest {
  private static final int CONNECTIONS = 1000;

  private static final String SCRIPT =
      """
      for module in ip_vs ip_vs_wrr dummy veth ip_set xt_set; do modprobe -q $module; done
      ip netns add client
      ip netns add pods
      link() {
        ip link add $2 type veth peer name wan netns $1
        ip link set $2 up
        ip -n $1 link set lo up
        ip -n $1 link set wan up
      }
      link client eth0
      link pods cni0
      ip addr add 192.168.0.11/24 dev eth0
      ip addr add 10.244.1.254/24 dev cni0
      ip route add 203.0.113.0/24 dev eth0
      for i in 1 2 3 4 5 6 7 8; do ip -n client addr add 203.0.113.$i/32 dev wan; done
      for i in 1 2 3; do ip -n pods addr add 10.244.1.$i/32 dev wan; done
      ip -n client route add 192.168.0.11 dev wan
      ip -n client route add default via 192.168.0.11 src 203.0.113.1
      ip -n pods route add 10.244.1.254 dev wan
      ip -n pods route add default via 10.244.1.254
      sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0

      ipset restore <rules/ipset.restore
      iptables-legacy-restore <rules/iptables.rules
      ipvsadm --restore <rules/ipvsadm.restore
      ip -batch rules/ip.batch
      sysctl -qw net.ipv4.vs.conntrack=1
      ipvsadm -E -t 10.96.0.11:80 -s wrr
      ipvsadm -e -t 10.96.0.11:80 -r 10.244.1.1:81 -m -w 5
      ipvsadm -e -t 10.96.0.11:80 -r 10.244.1.2:81 -m -w 3
      ipvsadm -e -t 10.96.0.11:80 -r 10.244.1.3:81 -m -w 0

      iptables-legacy-save >iptables
      ipset save >ipset
      ipvsadm -Sn >ipvsadm
      ipvsadm -Ln >listing
      ip addr >addresses
      ip route show table all >routes
      sysctl -a >sysctl 2>/dev/null

      count() { ip netns exec pods iptables-legacy -t raw -A PREROUTING -p tcp --syn "$@"; }
      for i in 1 2 3; do
        for port in 80 81 82; do
          count -s 10.244.1.254 -d 10.244.1.$i --dport $port
          count ! -s 10.244.1.254 -d 10.244.1.$i --dport $port
        done
      done
      connect() { ip netns exec client bash -c "for i in {1..$2}; do : </dev/tcp/$1/80; done" 2>&1 | sed 's/.*: //' | sort | uniq -c; }
      counts() { ip netns exec pods iptables-legacy-save -c -t raw | sed -n 's/^\\[\\([0-9]*\\):.*-A PREROUTING/'$1' \\1/p'; ip netns exec pods iptables-legacy -t raw -Z; }
      for service in 10 11 12; do
        connect 10.96.0.$service 1000
        counts $service >counts.$service
      done
      for i in 2 3 4 5 6 7 8; do
        ip -n client route replace default via 192.168.0.11 src 203.0.113.$i
        connect 10.96.0.12 100
        counts 12.$i >counts.12.$i
      done
      connect 10.96.0.13 1 >refused
      answers() { ip netns exec client iptables-legacy -t raw -A PREROUTING -p icmp --icmp-type $1; }
      answers echo-reply
      answers port-unreachable
      ping() {
        ip netns exec client iptables-legacy -t raw -Z
        ip netns exec client $PING 10.96.0.10
        ip netns exec client iptables-legacy-save -c -t raw | grep PREROUTING
      }
      ping >ping.filtered
      iptables-legacy -t filter -F KUBE-IPVS-FILTER
      iptables-legacy-save >iptables.open
      ping >ping.open
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void sendsConnections() throws IOException, InterruptedException {
    UserModeLinux.require();
    Path cluster = Case.root().resolve("testdata/kernel/ipvs/cluster.yaml");
    Kproxy.Result compiled =
        Kproxy.run(
            "compile",
            "-f",
            cluster.toString(),
            "--mode",
            "ipvs",
            "--node-ip",
            "192.168.0.11",
            "--cluster-cidr",
            "10.244.0.0/16",
            "--without",
            "nfacct",
            "-d",
            folder.resolve("rules").toString());
    assertThat(compiled.exitCode()).as(compiled.err()).isZero();
    UserModeLinux.run("PING='" + ping() + "'\n" + SCRIPT, folder);
  }

  /// What starts [Pinger] in the kernel, which sees this machine's files.
  private static String ping() {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String classes = Pinger.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return java
        + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "
        + classes
        + " "
        + Pinger.class.getName();
  }

  @Test
  void rrGivesEachServerAsManyConnections() throws IOException {
    Map<String, Integer> counts = counts("counts.10", 80, true);
    assertThat(counts.values()).allMatch(count -> count == 333 || count == 334).hasSize(3);
    assertThat(outcomes("203.0.113.1", "10.96.0.10", "ipvsadm", "iptables"))
        .isEqualTo(
            Map.of(
                "10.244.1.1:80 masquerade long-run", 1.0 / 3,
                "10.244.1.2:80 masquerade long-run", 1.0 / 3,
                "10.244.1.3:80 masquerade long-run", 1.0 / 3));
  }

  @Test
  void wrrGivesThemByWeightAndNoneToWeightZero() throws IOException {
    Map<String, Integer> counts = counts("counts.11", 81, true);
    assertThat(counts).containsOnlyKeys("10.244.1.1", "10.244.1.2");
    assertThat(counts.getOrDefault("10.244.1.1", 0)).isBetween(620, 630);
    assertThat(counts.getOrDefault("10.244.1.2", 0)).isBetween(370, 380);
    assertThat(outcomes("203.0.113.1", "10.96.0.11", "ipvsadm", "iptables"))
        .isEqualTo(
            Map.of(
                "10.244.1.1:81 masquerade long-run", 0.625,
                "10.244.1.2:81 masquerade long-run", 0.375));
  }

  @Test
  void aClientOfAPersistentServerKeepsItsOwn() throws IOException {
    Map<String, Integer> first = counts("counts.12", 82, true);
    assertThat(first).hasSize(1).containsValue(CONNECTIONS);
    for (int i = 2; i <= 8; i++) {
      assertThat(counts("counts.12." + i, 82, true)).hasSize(1).containsValue(100);
    }
    assertThat(outcomes("203.0.113.1", "10.96.0.12", "ipvsadm", "iptables"))
        .containsOnlyKeys(
            "10.244.1.1:82 masquerade by-client",
            "10.244.1.2:82 masquerade by-client",
            "10.244.1.3:82 masquerade by-client");
  }

  @Test
  void masqueradesWhatComesFromOutside() throws IOException {
    for (String service : new String[] {"10", "11", "12"}) {
      assertThat(counts("counts." + service, 70 + Integer.parseInt(service), false)).isEmpty();
    }
  }

  @Test
  void refusesWhereThereIsNoServer() throws IOException {
    assertThat(read("refused")).contains("Connection refused");
    assertThat(outcomes("203.0.113.1", "10.96.0.13", "ipvsadm", "iptables"))
        .isEqualTo(Map.of("reject icmp-port-unreachable", 1.0));
  }

  @Test
  void answersAPingWhereTheFilterOfKubeProxyDoesNot() throws IOException {
    assertThat(read("ping.filtered"))
        .contains("false")
        .containsPattern("\\[[1-9]\\d*:\\d+] .* --icmp-type 3/3")
        .containsPattern("\\[0:0] .* --icmp-type 0");
    assertThat(ping("iptables")).isEqualTo(Map.of("reject icmp-port-unreachable", 1.0));
    assertThat(read("ping.open"))
        .contains("true")
        .containsPattern("\\[0:0] .* --icmp-type 3/3")
        .containsPattern("\\[[1-9]\\d*:\\d+] .* --icmp-type 0");
    assertThat(ping("iptables.open")).isEqualTo(Map.of("local exact", 1.0));
  }

  @Test
  void saysTheSameOfTheListing() throws IOException {
    for (String service : new String[] {"10", "11", "12", "13"}) {
      assertThat(outcomes("203.0.113.1", "10.96.0." + service, "listing", "iptables"))
          .isEqualTo(outcomes("203.0.113.1", "10.96.0." + service, "ipvsadm", "iptables"));
    }
  }

  private static String read(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  /// How many connections came to each server, where any did.
  private static Map<String, Integer> counts(String file, int port, boolean masqueraded)
      throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    for (String line : read(file).lines().toList()) {
      boolean from = !line.contains("! -s ");
      String server = line.replaceFirst(".* -d ([0-9.]+)/32 .*", "$1");
      int count = Integer.parseInt(line.split(" ", -1)[1]);
      if (count > 0 && from == masqueraded && line.contains("--dport " + port + " ")) {
        counts.merge(server, count, Integer::sum);
      }
    }
    return counts;
  }

  private static Map<String, Double> outcomes(
      String client, String service, String servers, String rules) throws IOException {
    return trace(servers, rules, "--from", client, "--to", service + ":80");
  }

  private static Map<String, Double> ping(String rules) throws IOException {
    return trace(
        "ipvsadm", rules, "--from", "203.0.113.1", "--to", "10.96.0.10", "--protocol", "icmp");
  }

  private static Map<String, Double> trace(String servers, String rules, String... packet)
      throws IOException {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--iptables", rules);
    options.put("--ipset", "ipset");
    options.put("--ipvs", servers);
    options.put("--addresses", "addresses");
    options.put("--routes", "routes");
    options.put("--sysctl", "sysctl");
    List<String> words = new ArrayList<>(List.of("trace", "packet"));
    options.forEach(
        (option, file) -> {
          words.add(option);
          words.add(folder.resolve(file).toString());
        });
    words.addAll(List.of(packet));
    words.addAll(List.of("--in-interface", "eth0", "-o", "json"));
    Kproxy.Result result = Kproxy.run(words);
    assertThat(result.exitCode()).as(result.err()).isZero();
    Map<String, Double> outcomes = new HashMap<>();
    for (JsonNode outcome : new ObjectMapper().readTree(result.out()).get("outcomes")) {
      String verdict = outcome.get("verdict").asText();
      String line =
          verdict.equals("reject")
              ? "reject " + outcome.get("rejectWith").asText()
              : outcome.get("delivery").asText().equals("local")
                  ? "local " + outcome.get("share").asText()
                  : String.join(
                      " ",
                      outcome.get("dnat").asText(),
                      outcome.get("snat").asText(),
                      outcome.get("share").asText());
      outcomes.put(line, outcome.get("value").asDouble());
    }
    return outcomes;
  }
}
