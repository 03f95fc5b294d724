package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `kproxy trace packet` in IPVS mode, of manifests and of dumps.
class TraceIpvsTest {
  private static final Path EXAMPLES = Case.root().resolve("testdata/examples");

  private static final List<String> NODE =
      List.of(
          "-f", EXAMPLES.resolve("ipvs-node.yaml").toString(),
          "--mode", "ipvs",
          "--addresses", EXAMPLES.resolve("ipvs-node.addresses").toString());

  @TempDir private Path folder;

  private static Kproxy.Result run(List<String> options, String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    arguments.addAll(options);
    return Kproxy.run(arguments);
  }

  /// The outcomes of a trace without its path, from one line of words.
  private static List<String> outcomes(List<String> options, String packet) {
    List<String> words = new ArrayList<>(List.of("trace", "packet", "--no-path"));
    words.addAll(List.of(packet.split(" ", -1)));
    Kproxy.Result result = run(options, words.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out().lines().skip(2).toList();
  }

  /// A published listing of such a node, but that later releases leave out its loopback address.
  @Test
  void aNodeHasTheVirtualServersOfThePublishedExample() {
    Kproxy.Result result = run(NODE, "compile", "--emit", "ipvsadm");
    assertThat(result.out().lines().filter(line -> line.startsWith("-A")))
        .containsExactlyInAnyOrder(
            "-A -t 10.96.0.1:443 -s rr",
            "-A -t 10.96.231.201:80 -s rr",
            "-A -t 192.168.255.146:30857 -s rr",
            "-A -t 10.244.0.0:30857 -s rr",
            "-A -t 10.244.0.1:30857 -s rr",
            "-A -t 172.17.0.1:30857 -s rr",
            "-A -t 10.96.0.10:53 -s rr",
            "-A -t 10.96.0.10:9153 -s rr",
            "-A -u 10.96.0.10:53 -s rr");
    assertThat(run(NODE, "compile", "--emit", "ip").out())
        .isEqualTo(
            """
            link add kube-ipvs0 type dummy
            addr replace 10.96.0.1/32 dev kube-ipvs0
            addr replace 10.96.0.10/32 dev kube-ipvs0
            addr replace 10.96.231.201/32 dev kube-ipvs0
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --from 203.0.113.9 --to node:30857                | 1/1 accept: sent to 10.244.2.6:80, masqueraded [default/myweb]
          --from 203.0.113.9 --to 172.17.0.1:30857          | 1/1 accept: sent to 10.244.2.6:80, masqueraded [default/myweb]
          --from 10.244.0.9 --to svc/default/kubernetes     | 1/1 accept: to this host, at 192.168.255.146:6443 [default/kubernetes:https]
          --from node --to svc/default/myweb                | 1/1 accept: sent to 10.244.2.6:80, masqueraded [default/myweb]
          --from 10.244.0.9 --to 10.96.0.10:54              | 1/1 reject with icmp-port-unreachable
          --from 10.244.0.9 --to 10.96.0.10 --protocol icmp | 1/1 reject with icmp-port-unreachable
          --from 10.244.0.9 --to node:22                    | 1/1 accept: to this host, at 192.168.255.146:22
          """)
  void tellsWhereAPacketGoes(String packet, String outcome) {
    assertThat(outcomes(NODE, packet)).containsExactly(outcome);
  }

  @Test
  void aCompiledDirectoryIsTracedAsTheManifestsAre() {
    Path rules = folder.resolve("rules");
    assertThat(run(NODE, "compile", "-d", rules.toString()).exitCode()).isZero();
    List<String> dump = List.of("--rules", rules.toString(), "--addresses", NODE.get(5));
    for (String packet :
        List.of(
            "--from 203.0.113.9 --to node:30857",
            "--from 10.244.0.9 --to 10.96.0.10:53 --protocol udp",
            "--from 10.244.0.9 --to 10.96.0.1:443",
            "--from 10.244.0.9 --to 10.96.0.10 --protocol icmp")) {
      assertThat(outcomes(dump, packet))
          .isEqualTo(
              outcomes(NODE, packet).stream().map(it -> it.replaceAll(" \\[.*]", "")).toList())
          .isNotEmpty();
    }
  }

  @BeforeEach
  void writesADump() throws IOException {
    Files.writeString(
        folder.resolve("rules.txt"), "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n*nat\nCOMMIT\n");
    Files.writeString(
        folder.resolve("servers"),
        """
        -A -t 10.96.0.10:80 -s sh
        -a -t 10.96.0.10:80 -r 10.244.2.4:80 -m -w 3
        -a -t 10.96.0.10:80 -r 10.244.2.5:80 -m -w 1
        -A -t 10.96.0.11:80 -s wlc
        -a -t 10.96.0.11:80 -r 10.244.2.4:80 -m -w 3
        -a -t 10.96.0.11:80 -r 10.244.2.5:80 -m -w 1
        -A -t 10.96.0.12:80 -s own
        -a -t 10.96.0.12:80 -r 10.244.2.4:80 -m -w 3
        """);
  }

  private List<String> dump(String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--iptables", folder.resolve("rules.txt").toString(),
                "--ipvs", folder.resolve("servers").toString(),
                "--node-ip", "192.168.0.11"));
    options.addAll(List.of(more));
    return options;
  }

  @Test
  void namesWhatSharesMean() {
    assertThat(outcomes(dump(), "--from 10.244.1.9 --to 10.96.0.10:80"))
        .containsExactly(
            "3/4 (by-client) accept: sent to 10.244.2.4:80",
            "1/4 (by-client) accept: sent to 10.244.2.5:80");
    assertThat(outcomes(dump(), "--from 10.244.1.9 --to 10.96.0.11:80"))
        .containsExactly(
            "3/4 (by-load) accept: sent to 10.244.2.4:80",
            "1/4 (by-load) accept: sent to 10.244.2.5:80");
    assertThat(outcomes(dump(), "--from 10.244.1.9 --to 10.96.0.12:80"))
        .containsExactly("1/1 undetermined: what the scheduler own chooses is not known");
  }

  @Test
  void takesTheAddressesOfVirtualServersForOwnAndSaysSo() throws IOException {
    String[] trace = {
      "trace", "packet", "--no-path", "--from", "10.244.1.9", "--to", "10.96.0.10:80"
    };
    assertThat(run(dump(), trace).err())
        .isEqualTo(
            "note KP411: kube-ipvs0 is taken to have the addresses of the virtual servers;"
                + " --addresses tells\n");
    Path addresses = folder.resolve("addresses");
    Files.writeString(addresses, "1: eth0    inet 192.168.0.11/24 scope global eth0\n");
    Kproxy.Result told = run(dump("--addresses", addresses.toString()), trace);
    assertThat(told.err()).isEmpty();
    assertThat(told.out()).endsWith("1/1 accept: sent to 10.96.0.10:80\n");
  }

  @Test
  void readsWhatLiesInTheDirectoryOfAHost() throws IOException {
    Path host = Files.createDirectory(folder.resolve("host"));
    Files.copy(folder.resolve("rules.txt"), host.resolve("iptables.rules"));
    Files.copy(folder.resolve("servers"), host.resolve("ipvsadm.restore"));
    List<String> options = List.of("--rules", host.toString(), "--node-ip", "192.168.0.11");
    Files.writeString(
        host.resolve("ip.batch"),
        "link add kube-ipvs0 type dummy\naddr replace 10.96.0.11/32 dev kube-ipvs0\n");
    assertThat(outcomes(options, "--from 10.244.1.9 --to 10.96.0.10:80"))
        .containsExactly("1/1 accept: sent to 10.96.0.10:80");
    assertThat(outcomes(options, "--from 10.244.1.9 --to 10.96.0.11:80")).hasSize(2);
    Files.writeString(host.resolve("ip.batch"), "addr flush dev kube-ipvs0\n");
    Kproxy.Result bad =
        run(options, "trace", "packet", "--from", "10.244.1.9", "--to", "10.96.0.10:80");
    assertThat(bad.exitCode()).isEqualTo(2);
    assertThat(bad.err())
        .isEqualTo(
            host.resolve("ip.batch")
                + ":1:1: error KP701: no line that gives an interface an address:"
                + " \"addr flush dev kube-ipvs0\"\n");
  }

  @Test
  void aVirtualServerIsGivenOnce() {
    Kproxy.Result result =
        run(
            dump("--ipvs", folder.resolve("servers").toString()),
            "trace",
            "packet",
            "--from",
            "10.244.1.9",
            "--to",
            "10.96.0.10:80");
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .contains("error KP111: the virtual server TCP 10.96.0.10:80 was given before");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*nat\nCOMMIT\n", "-A -t 10.96.0.10:80 -s\n"})
  void saysWhatIsWrongWithTheVirtualServers(String text) throws IOException {
    Files.writeString(folder.resolve("servers"), text);
    Kproxy.Result result =
        run(dump(), "trace", "packet", "--from", "10.244.1.9", "--to", "10.96.0.10:80");
    assertThat(result.exitCode()).isEqualTo(text.isEmpty() ? 0 : 2);
    assertThat(result.err()).contains(text.isEmpty() ? "" : folder.resolve("servers") + ":1:");
  }
}
