package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands that work on a host, in a network namespace of their own.
class ApplyTest extends OnHost {
  private static final String SHOP = "testdata/examples/myblog.yaml";

  @Test
  void planShowsWhatApplyDoes() {
    Kproxy.Result plan = apply(MYSQL, "--plan");
    ended(plan, 1);
    assertThat(plan.out())
        .containsPattern("^An apply takes about \\d+\\.\\d s here\\.\n")
        .contains("IPv4 nat\n", "  + KUBE-SVC-G4UYIH746YNNDBV2 (2 rules)\n")
        .contains("  + -A PREROUTING -m comment --comment \"kubernetes service portals\"");
    assertThat(namespace.tables("nft")).isEmpty();
    assertThat(directory).isEmptyDirectory();

    ended(apply(MYSQL), 0);
    ended(apply(MYSQL, "--plan"), 0);
  }

  @Test
  void secondApplyWritesNothing() {
    ended(apply(MYSQL), 0);
    namespace.sh("iptables-nft -t nat -Z");
    String before = namespace.sh("nft list ruleset; nft -a list chains");
    Kproxy.Result again = apply(MYSQL, "-v");
    ended(again, 0);
    assertThat(again.out()).isEqualTo("all is as it should be\n");
    assertThat(again.err()).doesNotContain("journal");
    assertThat(namespace.sh("nft list ruleset; nft -a list chains")).isEqualTo(before);
  }

  /// Whoever writes to a pipe may never come to an end.
  @Test
  void waitsForAPipeWithoutKeepingOthersOut() throws IOException, InterruptedException {
    ended(apply(MYSQL), 0);
    Path pipe = directory.resolve("pipe");
    namespace.sh("mkfifo " + pipe);
    Thread waiting = Thread.ofPlatform().daemon().start(() -> apply(pipe.toString()));
    Process endless = new ProcessBuilder("sleep", "60").redirectOutput(pipe.toFile()).start();
    try {
      Thread.sleep(500);
      assertThat(waiting.isAlive()).isTrue();
      ended(apply(SHOP), 0);
    } finally {
      endless.destroy();
      waiting.join();
    }
  }

  @Test
  void changesOnlyWhatIsOther() {
    ended(apply(MYSQL, "--backend", "legacy"), 0);
    namespace.sh("iptables-legacy -t nat -A POSTROUTING -s 9.9.9.9 -c 77 7777 -j ACCEPT");
    Kproxy.Result plan = apply(SHOP, "--plan");
    assertThat(plan.out())
        .contains("  ~ KUBE-SERVICES (", "  - KUBE-SVC-G4UYIH746YNNDBV2\n")
        .doesNotContain("filter", "KUBE-POSTROUTING");
    ended(apply(SHOP), 0);
    assertThat(namespace.sh("iptables-legacy-save -c"))
        .contains("[77:7777] -A POSTROUTING -s 9.9.9.9/32 -j ACCEPT");
    ended(kproxy("status"), 0);
  }

  @Test
  void rollbackGoesBackAndForth() {
    ended(apply(MYSQL), 0);
    var first = namespace.tables("nft");
    ended(apply(SHOP), 0);
    var second = namespace.tables("nft");
    ended(kproxy("rollback"), 0);
    assertThat(namespace.tables("nft")).isEqualTo(first);
    ended(kproxy("rollback"), 0);
    assertThat(namespace.tables("nft")).isEqualTo(second);
  }

  @Test
  void rollbackOfTheFirstApplyUninstalls() {
    ended(apply(MYSQL), 0);
    ended(kproxy("rollback"), 0);
    assertThat(namespace.tables("nft")).isEmpty();
    assertThat(kproxy("status").out()).isEqualTo("nothing is applied\n");
  }

  @Test
  void rollbackGoesBackAllTheSameAfterARepair() {
    ended(apply(MYSQL), 0);
    var first = namespace.tables("nft");
    ended(apply(SHOP), 0);
    namespace.sh("iptables-nft -t nat -D PREROUTING 1");
    ended(apply(SHOP), 0);
    ended(kproxy("rollback"), 0);
    assertThat(namespace.tables("nft")).isEqualTo(first);
  }

  @Test
  void rollbackOfTheFirstApplyUninstallsAllTheSameAfterARepair() {
    ended(apply(MYSQL), 0);
    namespace.sh("nft flush ruleset");
    ended(apply(MYSQL), 0);
    ended(kproxy("rollback"), 0);
    assertThat(namespace.tables("nft")).isEmpty();
    assertThat(kproxy("status").out()).isEqualTo("nothing is applied\n");
  }

  @Test
  void statusNamesDriftAndApplyRepairsIt() {
    ended(apply(MYSQL), 0);
    var applied = namespace.tables("nft");
    namespace.sh(
        """
        iptables-nft -t nat -D KUBE-SVC-G4UYIH746YNNDBV2 2
        iptables-nft -t nat -D PREROUTING 1
        iptables-nft -t nat -A KUBE-MARK-MASQ -j RETURN
        """);
    Kproxy.Result status = kproxy("status");
    ended(status, 1);
    assertThat(status.out())
        .contains("IPv4 nat KUBE-SVC-G4UYIH746YNNDBV2 2: is missing: -m comment")
        .contains("IPv4 nat PREROUTING: a jump is missing: ")
        .contains("IPv4 nat KUBE-MARK-MASQ 2: was not applied: -j RETURN");
    ended(apply(MYSQL), 0);
    assertThat(namespace.tables("nft")).isEqualTo(applied);
    ended(kproxy("status"), 0);
  }

  @Test
  void refusesRulesOfAKubeProxyUnlessTakenOver() {
    namespace.sh(
        """
        iptables-nft -t nat -N KUBE-SERVICES
        iptables-nft -t nat -N KUBE-SVC-AAAAAAAAAAAAAAAA
        iptables-nft -t nat -A KUBE-SERVICES -d 10.0.0.1 -j KUBE-SVC-AAAAAAAAAAAAAAAA
        iptables-nft -t nat -A OUTPUT -j KUBE-SERVICES
        """);
    var before = namespace.tables("nft");
    Kproxy.Result refused = apply(MYSQL);
    ended(refused, 8);
    assertThat(refused.err()).contains("KP705: rules that this kproxy did not write: IPv4 nat");
    assertThat(namespace.tables("nft")).isEqualTo(before);

    ended(apply(MYSQL, "--take-over"), 0);
    assertThat(namespace.sh("iptables-nft-save -t nat"))
        .doesNotContain("AAAAAAAA", "-A OUTPUT -j KUBE-SERVICES");
    ended(kproxy("uninstall"), 0);
    assertThat(namespace.tables("nft")).isEqualTo(before);
  }

  @Test
  void leavesWhatKubeletMade() {
    namespace.sh(
        """
        iptables-nft -t mangle -N KUBE-KUBELET-CANARY
        iptables-nft -t mangle -N KUBE-IPTABLES-HINT
        iptables-nft -N KUBE-FIREWALL
        iptables-nft -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment \
          --comment "block incoming localnet connections" -m conntrack ! \
          --ctstate RELATED,ESTABLISHED,DNAT -j DROP
        iptables-nft -I INPUT -j KUBE-FIREWALL
        iptables-nft -I OUTPUT -j KUBE-FIREWALL
        """);
    var before = namespace.tables("nft");
    ended(apply(MYSQL, "--iptables-localhost-nodeports=false"), 0);
    ended(kproxy("status"), 0);
    assertThat(namespace.sh("iptables-nft-save -t filter"))
        .contains("-A KUBE-FIREWALL ! -s 127.0.0.0/8");
    ended(apply(MYSQL), 0);
    ended(kproxy("uninstall"), 0);
    assertThat(namespace.tables("nft")).isEqualTo(before);
  }

  @Test
  void refusesWhereTheOtherBackendHasRules() {
    namespace.sh("iptables-legacy -A INPUT -s 9.9.9.9 -j DROP");
    Kproxy.Result refused = apply(MYSQL, "--backend", "nft");
    ended(refused, 8);
    assertThat(refused.err())
        .contains(
            "iptables-legacy has rules in IPv4 filter, and each packet passes those and the rules"
                + " of iptables-nft; where only iptables-legacy has rules, --backend legacy adds to"
                + " them");
    ended(apply(MYSQL, "--backend", "legacy"), 0);
  }

  /// What others do to a host after an apply, and what is noted of it on the way back.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          iptables-legacy -A INPUT -s 9.9.9.9 -j DROP | iptables-legacy has rules in IPv4 filter
          iptables-nft -N KUBE-SVC-AAAAAAAAAAAAAAAA | IPv4 filter has KUBE-SVC-AAAAAAAAAAAAAAAA of a kube-proxy
          cp /bin/sleep kube-proxy; ./kube-proxy 30 & | is kube-proxy: it would write its own rules
          """)
  void goesBackWhateverOthersDoMeanwhile(String script, String note) {
    ended(apply(MYSQL), 0);
    ended(apply(SHOP), 0);
    namespace.sh("cd " + directory + "\nexec > /dev/null 2>&1\n" + script);
    Kproxy.Result rollback = kproxy("rollback");
    ended(rollback, 0);
    assertThat(rollback.err()).contains(note).doesNotContain("--take-over");
    ended(apply(MYSQL), 8);
    ended(kproxy("uninstall"), 0);
    namespace.sh("iptables-nft -X KUBE-SVC-AAAAAAAAAAAAAAAA || true");
    assertThat(namespace.tables("nft")).isEmpty();
  }

  @Test
  void leavesTheTablesOfAnotherKproxyOnTheWayBack() {
    ended(apply(MYSQL), 0);
    namespace.sh("iptables-nft -t nat -R KPROXY-META 1 -m comment --comment 'kproxy 0123'");
    var before = namespace.tables("nft");
    Kproxy.Result refused = kproxy("uninstall");
    ended(refused, 8);
    assertThat(refused.err())
        .contains("IPv4 nat has the marker of an unknown generation")
        .doesNotContain("--take-over");
    assertThat(namespace.tables("nft")).isEqualTo(before);
  }

  @Test
  void refusesADirectoryThatWasChangedOrIsOfAnotherNode() throws IOException {
    Path rules = compiled();
    ended(kproxy("apply", rules.toString(), "--node", "n2"), 8);
    ended(kproxy("apply", rules.toString(), "--node", "n1", "--plan"), 1);
    Files.writeString(
        rules.resolve("iptables.rules"),
        Files.readString(rules.resolve("iptables.rules"))
            .replace("10.254.162.44", "10.254.162.45"));
    Kproxy.Result refused = kproxy("apply", rules.toString(), "--node", "n1");
    ended(refused, 8);
    assertThat(refused.err()).contains("iptables.rules is not what kproxy.json says");
    Files.delete(rules.resolve("iptables.rules"));
    ended(kproxy("apply", rules.toString(), "--node", "n1"), 8);
    assertThat(namespace.tables("nft")).isEmpty();
  }

  @Test
  void rehearsalRefusesWhatTheKernelWouldNot() throws IOException {
    Path rules = compiled("--without", "nfacct");
    replaceRules(
        rules,
        Files.readString(rules.resolve("iptables.rules"))
            .replace("-j KUBE-MARK-MASQ", "-m set --match-set missing src -j KUBE-MARK-MASQ"));
    Kproxy.Result refused = kproxy("apply", rules.toString(), "--node", "n1");
    ended(refused, 3);
    assertThat(refused.err()).contains("rehearsal: ", "missing", "; nothing was changed");
    assertThat(namespace.tables("nft")).isEmpty();
  }

  @Test
  void damagedStateTouchesNothing() throws IOException {
    ended(apply(MYSQL), 0);
    var before = namespace.tables("nft");
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(it -> it.endsWith("current")).toList()) {
        Files.writeString(file, "kproxy-state 1 0 0");
      }
    }
    ended(kproxy("status"), 1);
    ended(apply(SHOP), 8);
    ended(kproxy("uninstall"), 8);
    assertThat(namespace.tables("nft")).isEqualTo(before);
    ended(apply(SHOP, "--take-over"), 0);
    ended(kproxy("status"), 0);
  }

  @Test
  void planMeansSomethingForServices() {
    ended(apply(MYSQL), 0);
    assertThat(apply(SHOP, "--plan").out())
        .contains(
            """
            Services
              - default/mysql-service IPv4: new connections to it are served no more
                  no more at cluster IP 10.254.162.44 port 3306
                  no more at node port 30964
                  no new connections go to 192.168.125.129:3306, 192.168.125.131:3306
              + demo/myblog IPv4: cluster IP 10.99.174.93 port 80
                  new connections go also to 10.244.1.158:8002, 10.244.1.159:8002

            Plan: chains: 3 to add, 2 to change, 4 to remove; settings: 0.
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--consistency packet",
        "--mode nftables",
        "--drain soon",
        "--backend ebtables",
        "--confirm-within 2",
        "-o yaml"
      })
  void refusesInOneLineWhatItCannotDo(String words) {
    Kproxy.Result refused = apply(MYSQL, words.split(" ", -1));
    ended(refused, 2);
    assertThat(refused.err().lines().filter(line -> line.startsWith("error "))).hasSize(1);
    assertThat(namespace.tables("nft")).isEmpty();
  }

  @Test
  void documentsAreWhatTheirSchemasSay() {
    assertThat(SchemaTest.faults("plan", apply(MYSQL, "--plan", "-o", "json").out())).isEmpty();
    assertThat(SchemaTest.faults("status", kproxy("status", "-o", "json").out())).isEmpty();
    assertThat(SchemaTest.faults("outcome", apply(MYSQL, "-o", "json").out())).isEmpty();
    namespace.sh("iptables-nft -t nat -F KUBE-SERVICES");
    assertThat(SchemaTest.faults("status", kproxy("status", "-o", "json").out())).isEmpty();
    for (String command : List.of("confirm", "recover", "rollback", "uninstall")) {
      Kproxy.Result result = kproxy(command, "-o", "json");
      assertThat(SchemaTest.faults("outcome", result.out())).as(command).isEmpty();
    }
    assertThat(SchemaTest.faults("outcome", "{\"schema\":\"kproxy/v1/outcome\"}")).isNotEmpty();
  }
}
