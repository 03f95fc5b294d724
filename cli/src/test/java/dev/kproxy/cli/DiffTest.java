package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.JacksonNode;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What `kproxy diff` says of a change.
class DiffTest {
  private static final Path MYSQL = Case.root().resolve("testdata/examples/mysql-service.yaml");
  private static final int OF_EACH_KIND = 10;
  private static final Pattern SERVICE =
      Pattern.compile("--comment \"?([a-z0-9-]+/[a-z0-9-]+(?::[a-z0-9-]+)?)");
  private static final String[] NODE = {"--node-ip", "192.168.0.11"};

  @TempDir private Path directory;

  private Kproxy.Result diff(String before, String after, String... options) throws IOException {
    Path old = Files.writeString(directory.resolve("old"), before);
    Path now = Files.writeString(directory.resolve("new"), after);
    List<String> arguments = new ArrayList<>(List.of("diff", old.toString(), now.toString()));
    arguments.addAll(List.of(NODE));
    arguments.addAll(List.of(options));
    return Kproxy.run(arguments);
  }

  private static String mysql() throws IOException {
    return Files.readString(MYSQL);
  }

  private static String rules() {
    return Kproxy.run("compile", "-f", MYSQL.toString(), "--node-ip", "192.168.0.11").out();
  }

  /// Line of `kproxy compile` of a Service with affinity, source ranges and an address without
  /// endpoints.
  private static String richRules() {
    Case rich =
        Case.iptables()
            .filter(it -> it.toString().equals("40-everything-iptables"))
            .findFirst()
            .orElseThrow();
    return rich.expected("iptables.rules").orElseThrow();
  }

  /// A side without rules of a family may have none, or nobody gave them.
  @Test
  void notesAFamilyThatOnlyOneSideHas() throws IOException {
    String both =
        mysql()
            + """
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: six, namespace: shop}
            spec: {clusterIP: "fd00::1", ipFamilies: [IPv6], ports: [{port: 80}]}
            """;
    Kproxy.Result lonely = diff(mysql(), both, "--old-ip-family", "ipv4");
    assertThat(lonely.exitCode()).isZero();
    assertThat(lonely.err()).contains("note KP411").contains("no rules of IPv6 on this side");

    Kproxy.Result dual = diff(mysql(), both, "--ip-family", "dual");
    assertThat(dual.exitCode()).isEqualTo(1);
    assertThat(dual.out()).contains("shop/six (tcp)\n  [fd00::1]:80 appears");

    Kproxy.Result open = diff(mysql(), both);
    assertThat(open.out()).isEqualTo(dual.out());
    assertThat(open.err()).doesNotContain("on this side");
    assertThat(diff(both, mysql()).out()).contains("shop/six (tcp)\n  [fd00::1]:80 vanishes");
  }

  @Test
  void tellsEndpointsWithTheirShares() throws IOException {
    Kproxy.Result result = diff(mysql(), mysql().replace("192.168.125.131", "192.168.125.140"));

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .isEqualTo(
            """
            1 Service port changes (endpoints 1)

            default/mysql-service (tcp)
              node port 30964, 10.254.162.44:3306: endpoints change
                192.168.125.131:3306: 50 % → gone
                192.168.125.140:3306: new, 50 %
            """);
  }

  /// Other software asks what nobody told before a packet comes to the rules of kube-proxy.
  @Test
  void namesTheServiceBehindAnOpenQuestion() throws IOException {
    String raw =
        "*raw\n-A PREROUTING -m socket --transparent -j MARK --set-xmark 0x1/0x1\nCOMMIT\n";
    String before = raw + rules();
    String after = before.replace("192.168.125.131:3306", "192.168.125.140:3306");
    assertThat(diff(before, after).out())
        .startsWith("1 Service port changes (endpoints 1)")
        .contains("default/mysql-service (tcp)");
  }

  @Test
  void tellsWhoIsMasqueraded() throws IOException {
    assertThat(diff(mysql(), mysql(), "--new-cluster-cidr", "192.168.125.0/24").out())
        .isEqualTo(
            """
            1 Service port changes (masquerade 1)

            default/mysql-service (tcp)
              10.254.162.44:3306: not masqueraded → masqueraded (from all but 192.168.125.0/24)
            """);
  }

  @Test
  void tellsAddressesThatAppearAndVanish() throws IOException {
    assertThat(diff(mysql(), mysql().replace("10.254.162.44", "10.254.162.45")).out())
        .isEqualTo(
            """
            1 Service port changes (appears 1, vanishes 1)

            default/mysql-service (tcp)
              10.254.162.44:3306 vanishes: was sent to 2 endpoints
                192.168.125.129:3306: 50 % → gone
                192.168.125.131:3306: 50 % → gone
              10.254.162.45:3306 appears: sent to 2 endpoints
                192.168.125.129:3306: new, 50 %
                192.168.125.131:3306: new, 50 %
            """);
  }

  @Test
  void tellsAffinity() throws IOException {
    String kept = affine(600);
    assertThat(kept).contains("600");

    assertThat(diff(mysql(), kept).out())
        .isEqualTo(
            """
            1 Service port changes (affinity 1)

            default/mysql-service (tcp)
              node port 30964, 10.254.162.44:3306: session affinity: none → 600 s
            """);
  }

  private static String affine(int seconds) throws IOException {
    return mysql()
        .replace(
            "  ports:\n    - port: 3306",
            "  sessionAffinity: ClientIP\n  sessionAffinityConfig: {clientIP: {timeoutSeconds: "
                + seconds
                + "}}\n  ports:\n    - port: 3306");
  }

  /// There virtual servers keep clients, and on a switch of mode they are kept as they were.
  @Test
  void tellsAffinityInIpvsModeAndAcrossModes() throws IOException {
    assertThat(diff(affine(600), affine(60), "--proxy-mode", "ipvs").out())
        .contains("session affinity: 600 s → 60 s");
    assertThat(diff(affine(600), mysql(), "--proxy-mode", "ipvs").out())
        .contains("session affinity: 600 s → none");
    assertThat(diff(affine(600), affine(600), "--new-proxy-mode", "ipvs").out())
        .isNotEmpty()
        .doesNotContain("affinity");
    assertThat(diff(affine(600), mysql(), "--new-proxy-mode", "ipvs").out())
        .contains("session affinity: 600 s → none");
  }

  /// `lc` and `nq` do the same with one packet, not with many.
  @Test
  void tellsWhoChoosesRealServers() throws IOException {
    Kproxy.Result result =
        diff(
            mysql(),
            mysql(),
            "--proxy-mode",
            "ipvs",
            "--old-ipvs-scheduler",
            "lc",
            "--new-ipvs-scheduler",
            "nq");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .contains("  10.254.162.44:3306, node port 30964: scheduler: lc → nq\n");
  }

  /// That a node port answers no longer on 127.0.0.1 is nothing to those who ask the node's
  /// address.
  @Test
  void tellsLoopbackAddressesFromTheNodePort() throws IOException {
    Kproxy.Result result = diff(mysql(), mysql(), "--new-iptables-localhost-nodeports=false");

    assertThat(result.out())
        .contains(
            "  node port 30964 of 127.0.0.0/8 vanishes: was sent to 2 endpoints (from the node"
                + " itself by a loopback address)\n")
        .doesNotContain("node port 30964 vanishes")
        .doesNotContain("node port 30964:");
  }

  /// What differs for other packets to the node port than to the cluster IP is told apart: all to
  /// the node port from elsewhere are masqueraded already.
  @Test
  void tellsOfEachTargetWhosePacketsItIs() throws IOException {
    String out = diff(mysql(), mysql(), "--new-masquerade-all").out();

    assertThat(out)
        .contains(
            "  10.254.162.44:3306: not masqueraded → masqueraded (from all but 192.168.125.129,"
                + " 192.168.125.131)\n")
        .doesNotContain("node port");
    String other = diff(mysql(), mysql(), "--new-cluster-cidr", "192.168.125.0/24").out();
    assertThat(other)
        .contains(
            "  10.254.162.44:3306: not masqueraded → masqueraded (from all but 192.168.125.0/24")
        .doesNotContain("node port 30964:");
  }

  private static String mariadb() throws IOException {
    return "---\n"
        + mysql()
            .replace("mysql-service", "mariadb")
            .replace("10.254.162.44", "10.254.162.50")
            .replace("30964", "30965")
            .replace("192.168.125.1", "192.168.126.1");
  }

  /// That a node got an address more changes for others only what nobody sends: packets that come
  /// from there.
  @Test
  void leavesOtherServicesOutWhereOneIsNewInIpvsMode() throws IOException {
    String out = diff(mysql(), mysql() + mariadb(), "--proxy-mode", "ipvs").out();

    assertThat(out)
        .startsWith("1 Service port changes")
        .contains("default/mariadb (tcp)\n  10.254.162.50:3306, node port 30965 appears: sent to")
        .doesNotContain("default/mysql-service");
  }

  /// Of an address that changes hands, each Service is told with the packets that it serves.
  @Test
  void tellsWhomAServiceServedThatLosesAnAddress() throws IOException {
    String type = "type: NodePort\n";
    String address = type + "  externalIPs: [192.0.2.7]\n";
    String local = address + "  externalTrafficPolicy: Local\n";
    String before = mysql().replace(type, local) + mariadb();
    String after = mysql() + mariadb().replace(type, address);

    assertThat(diff(before, after, "--cluster-cidr", "10.244.0.0/16").out())
        .contains(
            "  192.0.2.7:3306 vanishes: was sent to 2 endpoints (from 10.244.0.0/16 and the node"
                + " itself)\n")
        .contains("  192.0.2.7:3306 appears: sent to 2 endpoints\n");
  }

  /// An address that another Service gets is told of both.
  @Test
  void tellsOfBothServicesThatAnAddressChangesHands() throws IOException {
    String type = "type: NodePort\n";
    String address = type + "  externalIPs: [192.0.2.7]\n";
    String before = mysql().replace(type, address) + mariadb();
    String after = mysql() + mariadb().replace(type, address);

    String out = diff(before, after).out();

    assertThat(out).startsWith("2 Service ports change (appears 1, vanishes 1)\n");
    assertThat(out)
        .contains("default/mysql-service (tcp)\n  192.0.2.7:3306 vanishes: was sent to 2 endpoints")
        .contains("default/mariadb (tcp)\n  192.0.2.7:3306 appears: sent to 2 endpoints");
  }

  /// Of two dumps each finding points at a rule of its own Service, where need be in the old one.
  @Test
  void pointsAtTheRuleOfTheServiceThatLosesAnAddress() throws IOException {
    String type = "type: NodePort\n";
    String address = type + "  externalIPs: [192.0.2.7]\n";
    String before = compiled(mysql().replace(type, address) + mariadb());
    String after = compiled(mysql() + mariadb().replace(type, address));
    String loses = directory.resolve("old") + ",line=" + lineOf("192.0.2.7/32", before);
    String gains = directory.resolve("new") + ",line=" + lineOf("192.0.2.7/32", after);

    assertThat(diff(before, after, "-o", "github").out())
        .contains(loses + ",title=default/mysql-service (tcp)::192.0.2.7:3306 vanishes")
        .contains(gains + ",title=default/mariadb (tcp)::192.0.2.7:3306 appears");
  }

  private String compiled(String manifests) throws IOException {
    Path file = Files.writeString(directory.resolve("manifests.yaml"), manifests);
    return Kproxy.run("compile", "-f", file.toString(), "--node-ip", "192.168.0.11").out();
  }

  private static int lineOf(String text, String rules) {
    return (int) rules.lines().takeWhile(line -> !line.contains(text)).count() + 1;
  }

  /// What the answer to a question decides is another thing where another question is asked, or
  /// where its contrary is.
  @ParameterizedTest
  @CsvSource({
    "-o eth0 -j DROP, ! -o eth0 -j DROP, 1",
    "-o eth0 -j DROP, -o eth1 -j DROP, 1",
    "-m limit --limit 1/sec -j DROP, -m limit --limit 5/sec -j DROP, 1",
    "-m time --timestart 08:00:00 -j DROP, -m time --timestart 09:00:00 -j DROP, 1",
    "-m set --match-set A src -j DROP, -m set --match-set A dst -j DROP, 1",
    "-m set --match-set A src -j DROP, -m set ! --match-set A src -j DROP, 1",
    "-j NFQUEUE --queue-num 1, -j NFQUEUE --queue-num 7, 1",
    "-o eth0 -j DROP, -o eth0 -m comment --comment new -j DROP, 0"
  })
  void tellsQuestionsApart(String old, String now, int code) throws IOException {
    String rules = "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD %s\nCOMMIT\n";

    Kproxy.Result result = diff(rules.formatted(old), rules.formatted(now));

    assertThat(result.exitCode()).isEqualTo(code);
    assertThat(result.out()).contains(code == 0 ? "no difference" : "any address: undetermined (");
  }

  /// What nobody told has one answer, in whichever order it is asked: an interface is one of two,
  /// or neither, but not both, unless the name of one begins as the other; an address may be in two
  /// sets. What counts packets gives an answer each time, and sees other packets elsewhere.
  @ParameterizedTest
  @CsvSource({
    "-o eth0 -j DROP, -o eth1 -j DROP, true",
    "-o eth0 -j DROP, -o eth1 -j REJECT, true",
    "-o eth0 -j DROP, ! -o eth1 -j DROP, true",
    "-o eth0 -j DROP, ! -o eth1 -j REJECT, false",
    "-o eth+ -j DROP, -o eth0 -j REJECT, false",
    "-m set --match-set A src -j DROP, -m set --match-set B src -j DROP, true",
    "-m set --match-set A src -j DROP, -m set --match-set B src -j REJECT, false",
    "-m set --match-set A src -j DROP, -m statistic --mode random --probability 0.5 -j DROP, true",
    "-o eth0 -j DROP, -m limit --limit 1/sec -j DROP, false"
  })
  void asksInAnyOrder(String one, String other, boolean same) throws IOException {
    String rules = "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD %s\n-A FORWARD %s\nCOMMIT\n";

    String out = diff(rules.formatted(one, other), rules.formatted(other, one)).out();

    if (same) {
      assertThat(out).isEqualTo("no difference\n");
    } else {
      assertThat(out).contains("any address: undetermined (");
    }
  }

  /// What a match finds in a field or a set hangs on what a target made of it.
  @ParameterizedTest
  @CsvSource({
    "SET --add-set A src, SET --del-set A src, set --match-set A src",
    "DSCP --set-dscp 0x01, DSCP --set-dscp 0x02, dscp --dscp 0x01",
    "TTL --ttl-dec 1, TTL --ttl-dec 2, ttl --ttl-lt 3"
  })
  void tellsWhatMatchesFindAfterAnotherTarget(String old, String now, String match)
      throws IOException {
    String rules =
        """
        *mangle
        :PREROUTING ACCEPT [0:0]
        -A PREROUTING -j %s
        COMMIT
        *filter
        :FORWARD ACCEPT [0:0]
        -A FORWARD -m %s -j DROP
        COMMIT
        """;

    assertThat(diff(rules.formatted(old, match), rules.formatted(now, match)).out())
        .contains("undetermined (");
  }

  /// Nearly as many questions in a row as a packet may be asked, see `Limits`.
  @Test
  void comparesHundredsOfQuestionsInARow() throws IOException {
    List<String> sets =
        IntStream.range(0, 480)
            .mapToObj(i -> "-A FORWARD -m set --match-set S" + i + " src -j DROP\n")
            .toList();
    List<String> swapped = new ArrayList<>(sets);
    Collections.swap(swapped, 0, sets.size() - 1);
    List<String> edited = new ArrayList<>(sets);
    edited.set(sets.size() - 1, sets.getLast().replace("DROP", "REJECT"));
    List<String> longer = new ArrayList<>(sets);
    longer.add("-A FORWARD -s 10.0.0.0/8 -j ACCEPT\n");

    assertThat(diff(filter(sets), filter(swapped)).out()).isEqualTo("no difference\n");
    assertThat(diff(filter(sets), filter(longer)).out()).isEqualTo("no difference\n");
    assertThat(diff(filter(sets), filter(edited)).out())
        .contains("any address: dropped → rejected (icmp-port-unreachable)");
    assertThat(diff(filter(sets), filter(sets.reversed())).out())
        .contains("any address: undetermined (");
  }

  private static String filter(List<String> rules) {
    return "*filter\n:FORWARD ACCEPT [0:0]\n" + String.join("", rules) + "COMMIT\n";
  }

  /// The same packets meet the same fate, whichever way round a rule asks.
  @Test
  void takesAContraryThatDoesTheContraryForTheSame() throws IOException {
    String old = "-A FORWARD -o eth0 -j DROP\n";
    String now = "-A FORWARD ! -o eth0 -j ACCEPT\n-A FORWARD -j DROP\n";
    String table = "*filter\n:FORWARD ACCEPT [0:0]\n";

    assertThat(diff(table + old + "COMMIT\n", table + now + "COMMIT\n").out())
        .isEqualTo("no difference\n");
  }

  /// The first packet of an expected connection meets the rules of nat and leaves them marked; one
  /// of a connection that stands does not meet them (`nf_nat_inet_fn`), and has no mark.
  @Test
  void tellsExpectedConnectionsFromThoseThatStandWhereNatMarks() throws IOException {
    String old =
        """
        *nat
        :PREROUTING ACCEPT [0:0]
        -A PREROUTING -p tcp -d 10.0.0.9 --dport 80 -j MARK --set-xmark 0x4000/0x4000
        COMMIT
        *filter
        :FORWARD ACCEPT [0:0]
        -A FORWARD -m conntrack --ctstate NEW -j ACCEPT
        COMMIT
        """;
    String accept = "--ctstate NEW -j ACCEPT\n";
    String now = old.replace(accept, accept + "-A FORWARD -m mark --mark 0x4000/0x4000 -j DROP\n");

    assertThat(diff(old, now).out())
        .contains("10.0.0.9:80: let through → dropped")
        .contains("of packets that are related)");
  }

  /// A packet of a connection whose first packet is refused is one that nobody sends.
  @Test
  void tellsNothingOfConnectionsThatDoNotBegin() throws IOException {
    String refused = mysql().replaceAll("(?s)endpoints:.*", "endpoints: []\n");

    String out = diff(mysql(), refused).out();

    assertThat(out)
        .contains(": sent to 2 endpoints → rejected (icmp-port-unreachable)")
        .doesNotContain("established");
  }

  /// In IPVS mode the rules stay as they are: sets, virtual servers and their addresses tell.
  @Test
  void tellsOfIpvsModeWhatItTellsOfOtherModes() throws IOException {
    String other = mysql().replace("192.168.125.131", "192.168.125.140");

    Kproxy.Result result = diff(mysql(), other, "--proxy-mode", "ipvs");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .isEqualTo(
            """
            1 Service port changes (endpoints 1)

            default/mysql-service (tcp)
              10.254.162.44:3306, node port 30964: endpoints change
                192.168.125.131:3306: 50 % → gone
                192.168.125.140:3306: new, 50 %
            """);
    String moved = mysql().replace("10.254.162.44", "10.254.162.45");
    assertThat(diff(mysql(), moved, "--proxy-mode", "ipvs").out())
        .contains("10.254.162.44:3306 vanishes: was sent to 2 endpoints")
        .contains("10.254.162.45:3306 appears: sent to 2 endpoints");
    assertThat(diff(mysql(), "# the same\n" + mysql(), "--proxy-mode", "ipvs").out())
        .isEqualTo("no difference\n");
  }

  /// Compiled, as a directory, and as a host dumps it, a side is the same.
  @Test
  void readsSidesInIpvsModeFromDirectoriesAndDumps() throws IOException {
    Path old = directory.resolve("compiled");
    Kproxy.run(
        "compile",
        "-f",
        MYSQL.toString(),
        "--node-ip",
        "192.168.0.11",
        "--mode",
        "ipvs",
        "-d",
        old.toString());
    List<String> manifests =
        List.of("diff", old.toString(), MYSQL.toString(), "--node-ip", "192.168.0.11");
    List<String> mode = List.of("--new-proxy-mode", "ipvs");
    assertThat(run(manifests, mode).out()).isEqualTo("no difference\n");

    List<String> dump = new ArrayList<>(manifests);
    dump.set(1, old.resolve("iptables.rules").toString());
    List<String> rest = new ArrayList<>(mode);
    rest.addAll(List.of("--old-ipset", old.resolve("ipset.restore").toString()));
    rest.addAll(List.of("--old-ipvs", old.resolve("ipvsadm.restore").toString()));
    assertThat(run(dump, rest).out()).isEqualTo("no difference\n");
    assertThat(run(dump, rest).err()).contains("kube-ipvs0 is taken to have the addresses");
  }

  private static Kproxy.Result run(List<String> arguments, List<String> more) {
    return Kproxy.run(Stream.concat(arguments.stream(), more.stream()).toList());
  }

  @Test
  void tellsWhatASwitchOfModeDoes() throws IOException {
    Kproxy.Result result = diff(mysql(), mysql(), "--new-proxy-mode", "ipvs");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.out())
        .contains("10.254.162.44:3306: not masqueraded → masqueraded (from the node itself)")
        .contains(
            "10.254.162.44, 10.254.162.44:30964: let through → rejected (icmp-port-unreachable)");
  }

  @Test
  void comparesTheTextOfSetsAndServers() throws IOException {
    String other =
        mysql().replace("192.168.125.131", "192.168.125.140").replace("3306\n", "3307\n");

    String text = diff(mysql(), other, "--text", "--proxy-mode", "ipvs").out();

    assertThat(text)
        .contains(
            "ipset\n  KUBE-CLUSTER-IP: changed\n    -add KUBE-CLUSTER-IP 10.254.162.44,tcp:3306")
        .contains("ipvsadm\n  TCP 10.254.162.44:3306: gone");
  }

  @Test
  void refusesRulesThatNothingLeadsTo() throws IOException {
    String restore =
        Kproxy.run(
                "compile",
                "-f",
                MYSQL.toString(),
                "--node-ip",
                "192.168.0.11",
                "--style",
                "restore",
                "--emit",
                "iptables")
            .out();

    Kproxy.Result result = diff(restore, rules());

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err()).contains("error KP602").contains("--style save");
  }

  /// Each endpoint is a source of its own; of very many not each is looked at, and it is said.
  @Test
  void saysWhereNotEveryPacketWasLookedAt() throws IOException {
    String rules = named("33-large-cluster").expected("iptables.rules").orElseThrow();
    String changed = rules.replaceFirst("--probability 0\\.\\d+", "--probability 0.5");

    assertThat(diff(rules, changed).out())
        .contains("; not every one of these packets was looked at");
    assertThat(diff(rules, changed, "-o", "json").out()).contains("\"exact\" : false");
  }

  @Test
  void tellsWhereTheServiceStands() throws IOException {
    Kproxy.Result result =
        diff(
            mysql(),
            "# moved\n\n" + mysql().replace("192.168.125.131", "192.168.125.140"),
            "-o",
            "github");

    assertThat(result.out())
        .isEqualTo(
            """
            ::notice title=kproxy diff::1 Service port changes (endpoints 1)
            ::warning file=%s,line=3,title=default/mysql-service (tcp)::node port 30964, 10.254.162.44:3306: endpoints change%%0A192.168.125.131:3306: 50 %%25 → gone%%0A192.168.125.140:3306: new, 50 %%25
            """
                .formatted(directory.resolve("new")));
  }

  @Test
  void pointsAtTheRuleWhereThereIsNoManifest() throws IOException {
    String rules = rules();
    String changed =
        rules.replace("--to-destination 192.168.125.131", "--to-destination 192.168.125.140");

    Kproxy.Result result = diff(rules, changed, "-o", "github");

    String capture = "-A KUBE-NODEPORTS -p tcp";
    List<String> lines = changed.lines().toList();
    int line =
        1 + lines.indexOf(lines.stream().filter(it -> it.startsWith(capture)).findFirst().get());
    assertThat(result.out()).contains("file=" + directory.resolve("new") + ",line=" + line + ",");
  }

  /// Whatever changes nothing for packets is no difference.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          comments              | --comment "default/mysql-service cluster IP"    | --comment "anything"
          no comment            | -m comment --comment "default/mysql-service -> 192.168.125.129:3306" | -m comment --comment "x"
          names of chains       | KUBE-SEP-3SA2JUSUSXTVVN4P                       | SOMETHING
          spelled probability   | --probability 0.50000000000                     | --probability 0.5
          the draw turned round | --mode random --probability 0.50000000000 -j KUBE-SEP-3SA2JUSUSXTVVN4P | --mode random ! --probability 0.5 -j KUBE-SEP-3SA2JUSUSXTVVN4P
          merged into multiport | -m tcp --dport 3306                             | -m multiport --dports 3306
          a range of one port   | -m tcp --dport 30964                            | -m tcp --dport 30964:30964
          a rule twice          | -A KUBE-MARK-MASQ -j MARK                       | -A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000;-A KUBE-MARK-MASQ -j MARK
          a rule for nobody     | -A KUBE-MARK-MASQ -j MARK                       | -A KUBE-MARK-MASQ -s 10.0.0.0/8 ! -s 10.0.0.0/8 -j DROP;-A KUBE-MARK-MASQ -j MARK
          a rule in two halves  | -A KUBE-SEP-3SA2JUSUSXTVVN4P -p tcp             | -A KUBE-SEP-3SA2JUSUSXTVVN4P -s 0.0.0.0/1 -p tcp -j DNAT --to-destination 192.168.125.129:3306;-A KUBE-SEP-3SA2JUSUSXTVVN4P -p tcp
          """)
  void passesOverWhatChangesNothing(String name, String from, String to) throws IOException {
    String rules = rules();
    String other = rules.replace(from, to.replace(";", "\n"));
    if (name.equals("a rule for nobody")) {
      other =
          rules.replace(
              from, "-A KUBE-MARK-MASQ -p tcp -m tcp --dport 1 -m tcp --dport 2 -j DROP\n" + from);
    }
    assertThat(other).as(name).isNotEqualTo(rules);

    Kproxy.Result result = diff(rules, other);

    assertThat(result.out()).as(name).isEqualTo("no difference\n");
    assertThat(result.exitCode()).isZero();
  }

  /// The same line calls a target on one side, and a chain on the other.
  @Test
  void findsChainsThatAreCalledAsTargetsAre() throws IOException {
    String rules =
        "*filter\n:FORWARD ACCEPT [0:0]\n%s-A FORWARD -d 203.0.113.9/32 -j LOG\n%sCOMMIT\n";

    Kproxy.Result result =
        diff(rules.formatted("", ""), rules.formatted(":LOG - [0:0]\n", "-A LOG -j DROP\n"));

    assertThat(result.out())
        .contains("203.0.113.9: let through → dropped (from all but the node itself)");
  }

  @Test
  void passesOverTheOrderOfServices() throws IOException {
    for (Case recorded : List.of(named("32-many-random"), named("40-everything-iptables"))) {
      String rules = recorded.expected("iptables.rules").orElseThrow();
      List<String> lines = new ArrayList<>(rules.lines().toList());
      List<String> services =
          lines.stream()
              .filter(it -> it.startsWith("-A KUBE-SERVICES -d") && it.contains(" -j KUBE-"))
              .toList();
      int first = lines.indexOf(services.getFirst());
      lines.removeAll(services);
      lines.addAll(first, services.reversed());
      String turned = String.join("\n", lines) + "\n";
      assertThat(turned).isNotEqualTo(rules);
      assertThat(diff(rules, turned).out()).isEqualTo("no difference\n");
    }
  }

  private static Case named(String name) {
    return Case.iptables().filter(it -> it.toString().equals(name)).findFirst().orElseThrow();
  }

  /// One fault in rules of a cluster with everything in it.
  ///
  /// @param service whose traffic it changes
  record Fault(int line, String from, String to, String service) {
    private String kind() {
      return from.startsWith("-A") ? from.substring(0, 8) : from.substring(0, 3);
    }

    @Override
    public String toString() {
      return line + ": " + from + " > " + to;
    }
  }

  /// Fifty and more faults, one in a line each: a share, a port, a mask, an endpoint, masquerading,
  /// a rule that is missing.
  static Stream<Fault> faults() {
    List<String> lines = richRules().lines().toList();
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher named = SERVICE.matcher(line);
      if (!named.find() || line.contains("127.0.0.0/8")) {
        continue;
      }
      String service = named.group(1);
      if (line.startsWith("-A KUBE-SVC") && line.contains("--probability")) {
        String share = line.replaceAll(".*(--probability \\S+).*", "$1");
        faults.add(new Fault(i, share, "--probability 0.12300000000", service));
      } else if (line.startsWith("-A KUBE-SEP") && line.contains("DNAT")) {
        faults.add(new Fault(i, "--to-destination ", "--to-destination 1", service));
      } else if (line.startsWith("-A KUBE-SERVICES -d") && line.contains("-j KUBE-SVC")) {
        faults.add(new Fault(i, "/32", "/30", service));
        faults.add(new Fault(i, line.replaceAll(".*(--dport \\d+).*", "$1"), "--dport 7", service));
      } else if (line.startsWith("-A KUBE-EXT") && line.contains("-j KUBE-MARK-MASQ")) {
        faults.add(new Fault(i, line, "", service));
      } else if (line.startsWith("-A KUBE-SVC") && line.contains("-j KUBE-MARK-MASQ")) {
        faults.add(new Fault(i, line, "", service));
      } else if (line.startsWith("-A KUBE-FW") && line.contains(" -s ")) {
        faults.add(new Fault(i, line, "", service));
      }
    }
    return faults.stream()
        .collect(Collectors.groupingBy(Fault::kind, TreeMap::new, Collectors.toList()))
        .values()
        .stream()
        .flatMap(kind -> kind.stream().limit(OF_EACH_KIND));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void findsPlantedFaultsAndNamesTheService(Fault fault) throws IOException {
    List<String> lines = new ArrayList<>(richRules().lines().toList());
    String line = lines.get(fault.line());
    String faulty = line.replace(fault.from(), fault.to());
    assertThat(faulty).isNotEqualTo(line);
    lines.set(fault.line(), faulty);

    Kproxy.Result result = diff(richRules(), String.join("\n", lines) + "\n");

    assertThat(result.exitCode()).as(result.out()).isEqualTo(1);
    assertThat(result.out()).contains("\n" + fault.service() + " (");
  }

  @Test
  void plantsFiftyFaults() {
    assertThat(faults()).hasSizeGreaterThanOrEqualTo(50);
  }

  private static List<String> jsonFaults(String schema, String document) {
    Validator validator =
        new ValidatorFactory().withJsonNodeFactory(new JacksonNode.Factory()).createValidator();
    URI uri = validator.registerSchema(schema);
    return validator.validate(uri, document).getErrors().stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getError())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"--semantic", "--text"})
  void writesFormatsAsTheyAreDescribed(String mode) throws Exception {
    String changed =
        richRules().replace("0.50000000000", "0.25000000000").replace("--dport 80 ", "--dport 81 ");
    for (String after : List.of(richRules(), changed)) {
      String json = diff(richRules(), after, mode, "-o", "json").out();
      assertThat(jsonFaults(Kproxy.run("schema", "diff").out(), json)).isEmpty();
      String sarif = diff(richRules(), after, mode, "-o", "sarif").out();
      Path schema = Case.root().resolve("testdata/formats/sarif.schema.json");
      assertThat(jsonFaults(Files.readString(schema), sarif)).isEmpty();
      String junit = diff(richRules(), after, mode, "-o", "junit").out();
      SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
          .newSchema(Case.root().resolve("testdata/formats/junit.xsd").toFile())
          .newValidator()
          .validate(new StreamSource(new StringReader(junit)));
      String markdown = diff(richRules(), after, mode, "-o", "markdown").out();
      assertThat(markdown).startsWith("### kproxy diff: ").hasSizeLessThan(65_536);
    }
  }

  /// The witness of a finding is a packet that `trace packet` reads, and that fares as is said
  /// there.
  @Test
  void givesWitnessesThatTraceReads() throws IOException {
    String json =
        diff(mysql(), mysql().replace("192.168.125.131", "192.168.125.140"), "-o", "json").out();
    String packet =
        json.substring(json.indexOf("\"packet\" : {") + 11, json.indexOf("\"before\""))
            .replaceAll("\\s*,\\s*$", "");
    Kproxy.Result traced =
        Kproxy.runWithInput(
            packet.replaceAll("\\s+", " ").getBytes(StandardCharsets.UTF_8),
            "trace",
            "packet",
            "-f",
            directory.resolve("new").toString(),
            "--node-ip",
            "192.168.0.11",
            "--packets",
            "-",
            "-o",
            "json");

    assertThat(traced.exitCode()).as(traced.err()).isZero();
    assertThat(traced.out()).contains("\"dnat\":\"192.168.125.140:3306\"");
  }

  @Test
  void foldsLongMarkdown() throws IOException {
    String none = richRules().replaceAll("(?m)^-A KUBE-SERVICES -d .*\n", "");

    String markdown = diff(richRules(), none, "-o", "markdown").out();

    assertThat(markdown).contains("<details><summary><b>").contains("</details>");
    assertThat(
            diff(mysql(), mysql().replace("10.254.162.44", "10.254.162.45"), "-o", "markdown")
                .out())
        .doesNotContain("<details>")
        .contains("- 10.254.162.45:3306 appears: sent to 2 endpoints\n");
  }
}
