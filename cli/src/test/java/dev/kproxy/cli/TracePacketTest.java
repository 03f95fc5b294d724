package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `kproxy trace packet` as users meet it. Expected shares come from the number of endpoints, all
/// else from the rules of the examples.
class TracePacketTest {
  private static final String MYSQL = example("mysql-service.yaml");
  private static final String BLOG = example("myblog.yaml");

  private static String example(String file) {
    return Case.root().resolve("testdata/examples").resolve(file).toString();
  }

  private static Kproxy.Result trace(String words, String... more) {
    List<String> arguments = new ArrayList<>(List.of("trace", "packet"));
    arguments.addAll(List.of(words.split(" ", -1)));
    arguments.addAll(List.of(more));
    return Kproxy.run(arguments);
  }

  /// The outcomes, which stand after the empty line.
  private static List<String> outcomes(Kproxy.Result result) {
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out().substring(result.out().indexOf("\n\n") + 2).lines().toList();
  }

  @Test
  void spreadsAndMasqueradesTrafficFromOutsideToANodePort() {
    assertThat(
            outcomes(
                trace("--from 203.0.113.9 --to node:30964 --node-ip 192.168.0.11 -f " + MYSQL)))
        .containsExactly(
            "1/2 accept: sent to 192.168.125.129:3306, masqueraded [default/mysql-service]",
            "1/2 accept: sent to 192.168.125.131:3306, masqueraded [default/mysql-service]");
  }

  /// Without a cluster CIDR nothing tells Pods from others, so that only an endpoint that reaches
  /// itself is masqueraded: its answer would not come back otherwise.
  @Test
  void masqueradesAClientToItselfOnly() {
    String to = " --to svc/default/mysql-service --node-ip 192.168.0.11 -f " + MYSQL;
    assertThat(outcomes(trace("--from 10.244.1.5" + to)))
        .containsExactly(
            "1/2 accept: sent to 192.168.125.129:3306 [default/mysql-service]",
            "1/2 accept: sent to 192.168.125.131:3306 [default/mysql-service]");
    assertThat(outcomes(trace("--from 192.168.125.131" + to)))
        .containsExactly(
            "1/2 accept: sent to 192.168.125.129:3306 [default/mysql-service]",
            "1/2 accept: sent to 192.168.125.131:3306, masqueraded [default/mysql-service]");
  }

  /// No rule of kube-proxy asks for ICMP, and no interface holds the address: it goes the way of
  /// every other unknown address.
  @Test
  void answersThatAClusterIpCannotBePinged() {
    String ping = "--from 10.244.1.9 --to svc/demo/myblog --protocol icmp --node-ip 192.168.0.11";
    assertThat(outcomes(trace(ping + " --cluster-cidr 10.244.0.0/16 -f " + BLOG)))
        .containsExactly(
            "1/1 accept: sent to 10.99.174.93",
            "note: 10.99.174.93 is an address of the Service demo/myblog; no rule translates this"
                + " packet, and no interface of a node has the address, so nobody answers");
  }

  @Test
  void showsTheWayAsALadder() {
    Kproxy.Result result =
        trace(
            "--from 192.168.0.200 --to 10.99.174.93:80 --node-ip 192.168.0.11"
                + " --cluster-cidr 10.244.0.0/16 -f "
                + BLOG);
    assertThat(result.out())
        .contains(
            """
                    KUBE-SVC-F2KIP5XTJW7U6HIO 1: ! -s 10.244.0.0/16 -d 10.99.174.93/32 -p tcp -m comment --comment "demo/myblog cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
                      KUBE-MARK-MASQ 1: -j MARK --set-xmark 0x4000/0x4000
                        => mark 0x4000
                    KUBE-SVC-F2KIP5XTJW7U6HIO 2: -m comment --comment "demo/myblog -> 10.244.1.158:8002" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-QMPHN6CUJGNIV3RG
                      KUBE-SEP-QMPHN6CUJGNIV3RG 2: -p tcp -m comment --comment "demo/myblog" -m tcp -j DNAT --to-destination 10.244.1.158:8002
                        => tcp 192.168.0.200:40000 > 10.244.1.158:8002
            """);
  }

  @Test
  void leavesPathsOutOnRequest() {
    assertThat(
            trace(
                    "--from 10.244.1.9 --to 10.99.174.93:80 --no-path --node-ip 192.168.0.11"
                        + " --cluster-cidr 10.244.0.0/16 -f "
                        + BLOG)
                .out())
        .isEqualTo(
            """
            tcp 10.244.1.9:40000 > 10.99.174.93:80

            1/2 accept: sent to 10.244.1.158:8002 [demo/myblog]
            1/2 accept: sent to 10.244.1.159:8002 [demo/myblog]
            """);
  }

  /// Whether the endpoint is an address of the host is asked after the translation.
  @Test
  void guessesNothingAboutTheHost() {
    assertThat(outcomes(trace("--from 10.244.1.9 --to 10.99.174.93:80 -f " + BLOG)).getFirst())
        .isEqualTo(
            "1/2 undetermined: whether 10.244.1.158 is an address of this host is not given"
                + " [demo/myblog]");
  }

  @ParameterizedTest
  @CsvSource({
    "10.244.1.158:8002 10.244.1.159:8002, 0",
    "accept, 0",
    "10.244.1.158:8002, 1",
    "drop reject, 1",
    "10.244.1.158:80, 1",
  })
  void endsWithOneWhereSomethingElseIsPossible(String expected, int exitCode) {
    String packet = "--from 10.244.1.9 --to 10.99.174.93:80 --node-ip 192.168.0.11 -f " + BLOG;
    assertThat(trace(packet + " --expect " + expected.replace(" ", " --expect ")).exitCode())
        .isEqualTo(exitCode);
  }

  @Test
  void drawsTheChainsThatThePacketSaw() {
    String dot =
        trace("--from 10.244.1.9 --to 10.99.174.93:80 -o dot --node-ip 192.168.0.11 -f " + BLOG)
            .out();
    assertThat(dot)
        .startsWith("digraph rules {")
        .contains("[label=\"KUBE-SVC-F2KIP5XTJW7U6HIO\\ndemo/myblog\"]")
        .contains("[label=\"KUBE-SEP-QMPHN6CUJGNIV3RG\\nDNAT to 10.244.1.158:8002\"]")
        .doesNotContain("KUBE-NODEPORTS", "OUTPUT", "CANARY");
  }

  @Test
  void answersAStreamInItsOrder() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      lines.append("{\"id\":").append(i).append(",\"protocol\":\"tcp\",\"src\":\"10.244.1.9\"");
      lines.append(",\"dst\":\"10.99.174.93\",\"dport\":").append(i % 2 == 0 ? 80 : 81);
      lines.append("}\n");
    }
    Kproxy.Result result = stream(lines.toString(), "--no-path");
    assertThat(result.exitCode()).as(result.err()).isZero();
    List<String> answers = result.out().lines().toList();
    assertThat(answers).hasSize(5000);
    for (int i = 0; i < 5000; i++) {
      String to = i % 2 == 0 ? "10.244.1.158:8002" : "10.99.174.93:81";
      assertThat(answers.get(i)).startsWith(i + ": ").contains("sent to " + to);
    }
  }

  private static Kproxy.Result stream(String lines, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("trace", "packet", "--packets", "-", "--node-ip", "192.168.0.11", "-f", BLOG));
    arguments.addAll(List.of(more));
    return Kproxy.runWithInput(
        lines.getBytes(StandardCharsets.UTF_8), arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {not json                                                    | KP103
          42                                                           | KP202
          {"protocol":"tcp","dst":"10.96.0.1","dport":80}              | src is missing
          {"protocol":"tcp","src":"x","dst":"10.96.0.1","dport":80}    | not an IP address: "x"
          {"protocol":"ipx","src":"10.0.0.1","dst":"10.96.0.1"}        | not "ipx"
          {"protocol":"tcp","src":"10.0.0.1","dst":"10.96.0.1"}        | dport is missing
          {"protocol":"udp","src":"10.0.0.1","dst":"fd00::1","dport":1}| two families
          {"protocol":"tcp","src":"10.0.0.1","dst":"10.0.0.2","dport":65536} | not a port: 65536
          {"protocl":"tcp"}                                            | "protocl" is no field
          {"protocol":"tcp","src":"fd00::1","dst":"fd00::2","dport":1} | no rules for packets of IPv6
          """)
  void namesTheLineThatIsNoPacket(String line, String message) {
    String good =
        "{\"protocol\":\"tcp\",\"src\":\"10.244.1.9\",\"dst\":\"10.99.174.93\",\"dport\":80}\n";
    Kproxy.Result result = stream(good + line + "\n" + good);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).startsWith("-:2:").contains(message);
    assertThat(result.out()).startsWith("1: 1/2 accept").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --from 300.1.1.1 --to 10.99.174.93:80          | 300.1.1.1
          --from 10.0.0.1 --to 10.99.174.93:99999        | 99999
          --from 10.0.0.1 --to 10.99.174.93              | a port is missing
          --from fd00::5 --to 10.99.174.93:80            | fd00::5
          --from 10.0.0.1 --to svc/demo/nope:80          | demo/nope
          --from 10.0.0.1 --to svc/demo/myblog:81        | no such port
          --from pod/demo/nope --to 10.99.174.93:80      | demo/nope
          --from 10.0.0.1 --to 10.99.174.93:80 -o xml    | xml
          --from 10.0.0.1                                | --to
          --from 10.0.0.1 --to 10.0.0.2:1 --expect yes   | "yes"
          --from node --to 10.99.174.93:80               | --node-ip
          """)
  void saysWhatIsWrongWithAPacket(String packet, String mention) {
    Kproxy.Result result = trace(packet + " -f " + BLOG);
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains(mention);
    assertThat(result.out()).isEmpty();
  }

  /// What a dump cannot tell is refused with a code that names the cause.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Chain INPUT (policy ACCEPT)                                            | KP602
          -P INPUT ACCEPT                                                        | KP602
          table ip filter {                                                      | KP602
          # Table `nat' is incompatible, use 'nft' tool.                         | KP603
          *nat;:OUTPUT ACCEPT [0:0];-A OUTPUT -m tcp [unsupported revision];COMMIT | KP604
          *nat;:OUTPUT ACCEPT [0:0];-A OUTPUT -p tcp -j DNAT --to-destination  --random;COMMIT | KP604
          *nat;:OUTPUT ACCEPT [0:0];:A - [0:0];-A A -j A;COMMIT                  | KP605
          *nat;:OUTPUT ACCEPT [0:0]                                              | KP601
          """)
  void refusesWhatADumpCannotTell(String dump, String code) {
    Kproxy.Result result =
        Kproxy.runWithInput(
            (dump.replace(";", "\n") + "\n").getBytes(StandardCharsets.UTF_8),
            "trace packet --iptables - --from 10.0.0.1 --to 10.0.0.2:80".split(" ", -1));
    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).startsWith("-:").contains("error " + code);
    assertThat(result.out()).isEmpty();
  }

  /// The tables may come one by one, as `iptables -S` prints them.
  @Test
  void takesTablesOneByOne() {
    Kproxy.Result result =
        Kproxy.runWithInput(
            """
            -P PREROUTING ACCEPT
            -A PREROUTING -d 10.0.0.2/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.0.0.3:8080
            """
                .getBytes(StandardCharsets.UTF_8),
            ("trace packet --iptables nat=- --from 10.0.0.1 --to 10.0.0.2:80 --no-path"
                    + " --node-ip 192.168.0.11")
                .split(" ", -1));
    assertThat(outcomes(result)).containsExactly("1/1 accept: sent to 10.0.0.3:8080");
  }

  /// What kproxy itself wrote reads the same as what it compiled: the path of a dump has lines.
  @Test
  void tracesADirectoryAsTheManifestsThatItWasMadeOf(@TempDir Path directory) {
    assertThat(Kproxy.run("compile", "-f", MYSQL, "-d", directory.toString()).exitCode()).isZero();
    String packet = "--from 203.0.113.9 --to node:30964 --node-ip 192.168.0.11 ";
    assertThat(trace(packet + "--rules " + directory).out())
        .isEqualTo(trace(packet + "-f " + MYSQL).out());
  }
}
