package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
          --ipvs FILE                    | error KP303: --ipvs: IPVS cannot be traced yet
          --addresses FILE               | error KP102: no rules: -f names manifests, --iptables or --rules a host's rules
          """)
  void saysInOneLineThatThereAreNoRulesToTrace(String rules, String message) {
    Kproxy.Result result = trace(rules + " --from 10.0.0.1 --to 10.0.0.2:80");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).isEqualTo(message + "\n");
  }

  @Test
  void saysThatPodsAreNotReadYet() {
    Kproxy.Result result = trace("--from pod/demo/web --to 10.99.174.93:80 -f " + BLOG);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            "error KP303: \"pod/demo/web\": Pods are not read yet; give the Pod's address\n");
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
}
