package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `kproxy trace packet` takes for its rules, its host and its expectations, and what it
/// refuses.
class TraceInputTest {
  private static final String BLOG =
      Case.root().resolve("testdata/examples/myblog.yaml").toString();

  /// A host that sends every connection to one Pod, and one to an IPv6 Pod.
  private static final String DNAT =
      """
      *nat
      -A PREROUTING -d 10.0.0.2/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 9.9.9.9:80
      COMMIT
      """;

  private static final String DNAT6 =
      """
      *nat
      -A PREROUTING -d fd00::2/128 -p tcp -m tcp --dport 80 -j DNAT --to-destination [fd00::9]:80
      COMMIT
      """;

  private static final String ADDRESSES =
      """
      1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
          inet 127.0.0.1/8 scope host lo
             valid_lft forever preferred_lft forever
      2: nodelocaldns: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN group default
          inet 169.254.20.10/32 scope global nodelocaldns
             valid_lft forever preferred_lft forever
      3: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default
          inet 192.168.0.11/24 brd 192.168.0.255 scope global eth0
             valid_lft forever preferred_lft forever
      """;

  @TempDir private Path folder;

  private static Kproxy.Result trace(String words) {
    return traceWithInput("", words);
  }

  private static Kproxy.Result traceWithInput(String input, String words) {
    List<String> arguments = new ArrayList<>(List.of("trace", "packet"));
    arguments.addAll(List.of(words.strip().split(" +", -1)));
    return Kproxy.runWithInput(
        input.getBytes(StandardCharsets.UTF_8), arguments.toArray(String[]::new));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /// The outcomes, which stand after the empty line.
  private static List<String> outcomes(Kproxy.Result result) {
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out().substring(result.out().indexOf("\n\n") + 2).lines().toList();
  }

  @ParameterizedTest
  @CsvSource({
    "9.9.9.9:80, 0",
    "9.9.9.9:080, 0",
    "9.9.9.9, 0",
    "::ffff:9.9.9.9, 0",
    "9.9.9.9:81, 1",
    "9.9.9.8, 1",
  })
  void comparesExpectedAddressesAndPortsAsValues(String expected, int exitCode) {
    String packet = "--iptables - --node-ip 10.0.0.1 --from 10.0.0.3 --to 10.0.0.2:80 --expect ";
    assertThat(traceWithInput(DNAT, packet + expected).exitCode()).isEqualTo(exitCode);
  }

  @ParameterizedTest
  @CsvSource({
    "[fd00::9]:80, 0",
    "[FD00:0:0::9]:80, 0",
    "fd00:0:0:0:0:0:0:9, 0",
    "[fd00::9]:8080, 1",
  })
  void comparesExpectedIpv6AddressesHoweverTheyAreSpelled(String expected, int exitCode) {
    String packet = "--ip6tables - --node-ip fd00::1 --from fd00::3 --to [fd00::2]:80 --expect ";
    assertThat(traceWithInput(DNAT6, packet + expected).exitCode()).isEqualTo(exitCode);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9.9.9.9:", "9.9.9.9:x", "[9.9.9.9]:80", "x:9.9.9.9", ":80", "[fd00::9]", "80"})
  void refusesToExpectWhatIsNoAddress(String expected) {
    Kproxy.Result result =
        trace("-f " + BLOG + " --from 10.0.0.1 --to 10.0.0.2:80 --expect " + expected);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).startsWith("error KP302: ").hasLineCount(1);
  }

  /// As editors of other systems save what they were shown.
  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16BE", "UTF-16LE"})
  void readsRulesThatBeginWithAByteOrderMark(String charset) throws IOException {
    Path dump = folder.resolve("dump");
    Files.write(dump, ("\ufeff" + DNAT).getBytes(Charset.forName(charset)));
    Kproxy.Result result =
        trace("--node-ip 10.0.0.1 --from 10.0.0.3 --to 10.0.0.2:80 --no-path --iptables " + dump);
    if (charset.equals("UTF-8")) {
      assertThat(outcomes(result)).containsExactly("1/1 accept: sent to 9.9.9.9:80");
    } else {
      assertThat(result.err())
          .isEqualTo(dump + ":1:1: error KP104: the text is UTF-16 and has to be saved as UTF-8\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --from www.example.com --to 10.0.0.2:80 | --from: IP[:PORT], pod/NAMESPACE/NAME or node, not "www.example.com"
          --from 10.0.0.3 --to pod/shop/web-1     | --to: IP[:PORT], svc/NAMESPACE/NAME[:PORT] or node:PORT, not "pod/shop/web-1"
          """)
  void saysWhatAnEndMayBe(String ends, String message) {
    assertThat(trace(ends + " --node-ip 192.168.0.11 -f " + BLOG).err())
        .isEqualTo("error KP302: " + message + "; no other names are looked up\n");
  }

  @ParameterizedTest
  @CsvSource({
    "--from [fd00::3] --to [fd00::2]:80, sent to [fd00::9]:80",
    "--from [fd00::3] --to [fd00::2] --protocol icmp, sent to fd00::2",
    "--from fd00::3 --to [FD00:0::2] --protocol icmp, sent to fd00::2",
  })
  void readsIpv6AddressesInBracketsAlsoWithoutAPort(String ends, String outcome) {
    assertThat(outcomes(traceWithInput(DNAT6, "--ip6tables - --node-ip fd00::1 --no-path " + ends)))
        .containsExactly("1/1 accept: " + outcome);
  }

  @ParameterizedTest
  @ValueSource(strings = {"::ffff:10.0.0.3", "[::ffff:10.0.0.3]", "[::ffff:10.0.0.3]:4000"})
  void readsAMappedAddressAsTheIpv4AddressThatItIs(String from) {
    String packet = "--iptables - --node-ip 10.0.0.1 --to 10.0.0.2:80 --no-path --from ";
    assertThat(outcomes(traceWithInput(DNAT, packet + from)))
        .containsExactly("1/1 accept: sent to 9.9.9.9:80");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[10.0.0.3]", "[10.0.0.3]:80", "[fd00::3", "[]", "[fd00::3]80"})
  void refusesBracketsThatHoldNoIpv6Address(String from) {
    assertThat(trace("--from " + from + " --to 10.0.0.2:80 --node-ip 10.0.0.1 -f " + BLOG).err())
        .startsWith("error KP302: --from: IP[:PORT], pod/NAMESPACE/NAME or node, not ");
  }

  @Test
  void tellsANumberFromAString() {
    String line =
        "{\"protocol\":\"tcp\",\"src\":\"10.0.0.3\",\"dst\":\"10.0.0.2\",\"dport\":\"80\"}";
    assertThat(traceWithInput(line, "--packets - --node-ip 192.168.0.11 -f " + BLOG).err())
        .endsWith("error KP202: dport: a whole number is needed, not \"80\"\n");
  }

  @Test
  void takesProtocolsAsManifestsWriteThem() {
    String options = " --node-ip 192.168.0.11 --no-path -f " + BLOG;
    assertThat(outcomes(trace("--protocol TCP --from 10.244.1.9 --to svc/demo/myblog" + options)))
        .hasSize(2);
    assertThat(trace("--protocol ICMP --from 10.244.1.9 --to svc/demo/myblog" + options).out())
        .startsWith("icmp type 8 10.244.1.9 > 10.99.174.93\n");
  }

  /// A ping goes to the address, whatever ports the Service has.
  @Test
  void pingsAServiceOfSeveralPorts() throws IOException {
    Path dns =
        file(
            "dns.yaml",
            """
            apiVersion: v1
            kind: Service
            metadata: {name: dns, namespace: kube-system}
            spec:
              clusterIP: 10.96.0.10
              clusterIPs: [10.96.0.10]
              ports:
              - {name: dns, port: 53, protocol: UDP}
              - {name: dns-tcp, port: 53, protocol: TCP}
              - {name: metrics, port: 9153, protocol: TCP}
            """);
    String ping = "--from 10.244.1.9 --protocol icmp --node-ip 192.168.0.11 --no-path -f " + dns;
    assertThat(outcomes(trace(ping + " --to svc/kube-system/dns")).getFirst())
        .isEqualTo("1/1 accept: sent to 10.96.0.10");
    Kproxy.Result withPort = trace(ping + " --to svc/kube-system/dns:metrics");
    assertThat(withPort.exitCode()).isEqualTo(2);
    assertThat(withPort.err()).contains("ICMP has no ports");
    assertThat(trace(ping.replace("icmp", "tcp") + " --to svc/kube-system/dns").err())
        .contains("which port?", "53/TCP, 9153/TCP");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --nft FILE                     | error KP303: --nft: rules of nft cannot be traced yet
          --addresses FILE               | error KP102: no rules: -f names manifests, --iptables or --rules a host's rules
          """)
  void saysInOneLineThatThereAreNoRulesToTrace(String rules, String message) {
    Kproxy.Result result = trace(rules + " --from 10.0.0.1 --to 10.0.0.2:80");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).isEqualTo(message + "\n");
  }

  /// The slice of adservice says that this Pod has the address 10.244.2.2.
  @Test
  void findsThePodThatAPacketIsFromInTheSlices() {
    String rest =
        " --to svc/kube-system/kube-dns:dns --node worker-1 -f"
            + " testdata/clusters/small/cluster.yaml";
    Kproxy.Result byName = trace("--from pod/default/adservice-748f6f68d4-5n9dn" + rest);
    assertThat(byName.exitCode()).isZero();
    assertThat(byName.out())
        .contains("10.244.2.2")
        .isEqualTo(trace("--from 10.244.2.2" + rest).out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"pod/demo/web", "pod/", "pod//", "pod/demo"})
  void saysThatNoSuchPodIsBehindAService(String pod) {
    Kproxy.Result result = trace("--from " + pod + " --to 10.99.174.93:80 -f " + BLOG);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo("error KP302: no Pod of that name is behind a Service: \"" + pod + "\"\n");
  }

  /// A dump is not compiled: an option that would change what is compiled has no effect on it.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--proxy-mode nftables",
        "--cluster-cidr 10.0.0.0/8",
        "--kube-version 9.9",
        "--config nowhere",
        "--node n1",
        "--cpus 4",
        "--without nfacct",
        "--ip-family dual",
        "--allocate 10.96.0.0/12",
        "--recursive",
      })
  void refusesOptionsThatSayNothingOfADump(String option) {
    String packet = "--iptables - --node-ip 10.0.0.1 --from 10.0.0.3 --to 10.0.0.2:80 ";
    Kproxy.Result result = traceWithInput(DNAT, packet + option);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            "error KP302: "
                + option.split(" ", -1)[0]
                + ": says nothing without manifests, which -f names\n");
    assertThat(result.out()).isEmpty();
  }

  /// The second reader would find nothing, and take that for what was written.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-f - --packets -",
        "-f - -f - --from node --to node:80",
        "-f - --config - --from node --to node:80",
        "--iptables - --packets -",
        "--iptables - --addresses - --from node --to node:80",
        "--iptables - --sysctl - --from node --to node:80",
      })
  void refusesToReadStandardInputTwice(String options) throws IOException {
    String input = options.startsWith("-f") ? Files.readString(Path.of(BLOG)) : DNAT;
    Kproxy.Result result = traceWithInput(input, options + " --node-ip 10.0.0.1");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo("error KP302: - stands twice, but standard input can be read only once\n");
    assertThat(result.out()).isEmpty();
  }

  /// The node both compiles and meets packets with the addresses of one file.
  @Test
  void readsTheAddressesOnceForTheRulesAndForTheHost() {
    Kproxy.Result result =
        traceWithInput(
            ADDRESSES, "-f " + BLOG + " --addresses - --from 10.9.9.9 --to node:22 --no-path");
    assertThat(outcomes(result)).containsExactly("1/1 accept: to this host, at 192.168.0.11:22");
  }

  /// NodeLocal DNSCache answers at such an address; `node` still means one that others reach.
  @Test
  void takesLinkLocalAddressesForTheHostsOwn() throws IOException {
    Path rules = file("rules", "*filter\n-A OUTPUT -s 169.254.20.10/32 -j DROP\nCOMMIT\n");
    String host = "--no-path --iptables " + rules + " --addresses " + file("addr", ADDRESSES);
    assertThat(outcomes(trace(host + " --from 169.254.20.10:53 --to 10.244.1.9:40000")).getFirst())
        .startsWith("1/1 drop");
    assertThat(outcomes(trace(host + " --from node --to 10.244.1.9:80")).getFirst())
        .startsWith("1/1 accept");
    assertThat(trace(host + " --from node --to 10.244.1.9:80").out())
        .startsWith("tcp 192.168.0.11:40000 > 10.244.1.9:80\n");
  }

  /// As `ip route get` says of each on such a host.
  @ParameterizedTest
  @CsvSource({
    "10.244.3.9, 10.244.3.1",
    "10.78.0.1, 192.168.0.12",
    "10.9.5.1, 192.168.0.11",
    "10.82.0.1, 10.9.0.1",
    "10.50.0.9, 10.50.0.1",
    "10.81.0.1, 10.51.0.1",
    "10.77.1.1, 192.168.0.11",
    "10.79.0.1, 192.168.0.11",
    "192.168.0.11, 192.168.0.11",
    "192.168.0.12, 192.168.0.11",
    "10.50.0.1, 10.50.0.1",
    "127.0.0.1, 127.0.0.1",
    "127.0.0.5, 127.0.0.1",
    "127.9.0.7, 127.9.0.7",
    "10.66.0.9, 10.51.0.1",
    "2001:db8:2::11, 2001:db8:2::11",
    "2001:db8:1::9, 2001:db8:1::11",
    "2001:db8:88::1, 2001:db8:1::11",
    "2001:db8:3::9, 2001:db8:2::11"
  })
  void theHostSendsFromTheAddressThatTheRouteAsksFor(String to, String source) throws IOException {
    Path addresses =
        file(
            "addr",
            """
            1: lo    inet 127.0.0.1/8 scope host lo
            1: lo    inet 127.9.0.7/32 scope host lo
            2: eth0    inet 192.168.0.11/24 scope global eth0
            2: eth0    inet 10.9.0.1/16 scope global eth0
            2: eth0    inet 192.168.0.12/24 scope global secondary eth0
            2: eth0    inet6 2001:db8:2::11/64 scope global
            2: eth0    inet6 2001:db8:1::11/64 scope global
            3: cni0    inet 10.244.3.1/24 scope global cni0
            4: wg0    inet6 fe80::4/64 scope link
            5: eth1    inet 10.50.0.1/24 scope link eth1
            5: eth1    inet 10.51.0.1/24 scope global eth1
            """);
    Path routes =
        file(
            "routes",
            """
            default via 192.168.0.1 dev eth0
            local 10.66.0.0/16 dev lo table local scope host src 10.51.0.1
            10.244.3.0/24 dev cni0 scope link src 10.244.3.1
            10.78.0.0/16 dev eth0 scope link src 192.168.0.12
            10.79.0.0/16 dev eth0 scope link src 192.168.0.99
            10.9.5.0/24 dev eth0 scope link
            10.82.0.0/16 via 10.9.0.7 dev eth0
            10.50.0.0/24 dev eth1 scope link
            10.81.0.0/16 via 10.50.0.77 dev eth1
            10.77.0.0/16 dev wg0 scope link
            2001:db8:1::/64 dev eth0 proto kernel metric 256
            2001:db8:3::/64 dev eth0 metric 1024
            2001:db8:88::/64 dev eth0 src 2001:db8:1::11 metric 1024
            """);
    Path rules = file("rules", "*filter\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n");
    String option = to.contains(":") ? " --ip6tables " : " --iptables ";
    Kproxy.Result result =
        trace(
            "--no-path%s%s --addresses %s --routes %s --from node --to %s"
                .formatted(
                    option,
                    rules,
                    addresses,
                    routes,
                    to.contains(":") ? "[" + to + "]:80" : to + ":80"));
    assertThat(result.out()).startsWith("tcp " + (to.contains(":") ? "[" + source + "]" : source));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--node-ip", "--node-address"})
  void addsAddressesGivenByOptionToThoseOfTheFile(String option) throws IOException {
    String host = " --addresses " + file("addr", ADDRESSES) + " " + option + " 10.1.2.3 --no-path";
    String packet = " --from 10.9.9.9 --to 10.1.2.3:22";
    for (String rules : List.of("-f " + BLOG, "--iptables " + file("rules", DNAT))) {
      assertThat(outcomes(trace(rules + host + packet)))
          .containsExactly("1/1 accept: to this host, at 10.1.2.3:22");
      assertThat(outcomes(trace(rules + host + packet.replace("10.1.2.3", "192.168.0.11"))))
          .containsExactly("1/1 accept: to this host, at 192.168.0.11:22");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-f ", "--iptables "})
  void refusesAnAddressOfTheNodeThatIsNone(String rules) throws IOException {
    String file = rules.startsWith("-f") ? BLOG : file("rules", DNAT).toString();
    Kproxy.Result result =
        trace(rules + file + " --node-address 10.1.2 --from 10.9.9.9 --to 10.1.2.3:22");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("--node-address", "not an IP address").hasLineCount(1);
  }
}
