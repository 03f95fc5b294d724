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

/// The option that `kproxy trace packet` names beside what is undetermined decides it.
class TraceHintTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeFactsOfTheHost() throws IOException {
    Files.writeString(
        folder.resolve("addresses"),
        """
        1: eth0: <BROADCAST,UP> mtu 1500 state UP
            inet 192.168.0.11/24 brd 192.168.0.255 scope global eth0
        """);
    Files.writeString(folder.resolve("routes"), "default via 192.168.0.1 dev eth0\n");
    Files.writeString(folder.resolve("forked"), "default nexthop dev eth0 nexthop dev eth1\n");
    Files.writeString(
        folder.resolve("policies"),
        """
        default via 192.168.0.1 dev eth0
        default via 10.0.0.1 dev eth1 table 2
        default via 10.1.0.1 dev eth2 table 3
        local 192.168.0.11 dev eth0 table local
        """);
    Files.writeString(folder.resolve("set"), "create WEB hash:ip family inet\n");
    Files.writeString(folder.resolve("servers"), "");
  }

  private Kproxy.Result trace(String rule, String options) throws IOException {
    Path rules =
        Files.writeString(
            folder.resolve("rules"), "*filter\n:FORWARD ACCEPT [0:0]\n" + rule + "\nCOMMIT\n");
    String words =
        "trace packet --from 10.244.1.9 --to 10.0.0.2:80 --no-path --iptables "
            + rules
            + " "
            + options.replace("@", folder + "/");
    return Kproxy.run(new ArrayList<>(List.of(words.strip().split(" +", -1))));
  }

  private static String outcome(Kproxy.Result result) {
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out().lines().skip(2).findFirst().orElseThrow();
  }

  @Test
  void saysThatRulesOfPolicyRoutingAreNotAsked() throws IOException {
    String rule = "-A FORWARD -o eth0 -j DROP";
    Kproxy.Result result = trace(rule, "--addresses @addresses --routes @policies");
    assertThat(outcome(result)).isEqualTo("1/1 drop");
    assertThat(result.err())
        .isEqualTo(
            "note KP412: "
                + folder.resolve("policies")
                + " has routes in the tables 2, 3; the rules of policy routing, which may lead"
                + " there, are not asked\n");
    assertThat(trace(rule, "--addresses @addresses --routes @routes").err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -A FORWARD -j DROP                          |                         | --addresses FILE or --node-ip IP | --addresses @addresses
          -A FORWARD -i eth0 -j DROP                  | --addresses @addresses  | --in-interface IF                | --in-interface eth0
          -A FORWARD -o eth0 -j DROP                  | --addresses @addresses  | --routes FILE                    | --routes @routes
          -A FORWARD -m set --match-set WEB dst -j DROP | --addresses @addresses  | --ipset FILE                     | --ipset @set
          -A FORWARD -m ipvs --ipvs -j DROP           | --addresses @addresses  | --ipvs FILE                      | --ipvs @servers
          -A FORWARD -m addrtype --dst-type LOCAL --limit-iface-in -j DROP | --addresses @addresses  | --in-interface IF   | --in-interface eth0
          -A FORWARD -m rpfilter --invert -j DROP     | --addresses @addresses  | --routes FILE                    | --routes @routes --in-interface eth0
          """)
  void namesTheOptionThatDecides(String rule, String given, String hint, String decisive)
      throws IOException {
    String options = given == null ? "" : given;
    assertThat(outcome(trace(rule, options)))
        .startsWith("1/1 undetermined: ")
        .endsWith(" (" + hint + ")");
    assertThat(outcome(trace(rule, options + " " + decisive))).doesNotContain("undetermined");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -A FORWARD -m limit --limit 5/sec -j DROP | --addresses @addresses
          -A FORWARD -o eth0 -j DROP                | --addresses @addresses --routes @forked
          """)
  void saysWhatNoOptionDecides(String rule, String given) throws IOException {
    assertThat(outcome(trace(rule, given)))
        .startsWith("1/1 undetermined: ")
        .endsWith(" (cannot be decided offline)");
  }

  @Test
  void hintsAtNothingWhereItIsKproxyThatDoesNotKnow() throws IOException {
    assertThat(outcome(trace("-A FORWARD -j NOWHERE", "--addresses @addresses")))
        .isEqualTo("1/1 undetermined: there is no chain NOWHERE");
  }

  @Test
  void tellsAPersonWhatIsOpenBesideJson() throws IOException {
    Kproxy.Result result =
        trace("-A FORWARD -m set --match-set WEB dst -j DROP", "--addresses @addresses -o json");
    assertThat(result.out()).contains("\"hint\" : \"--ipset FILE\"");
    assertThat(result.err()).isEqualTo("undetermined: the set WEB is not given (--ipset FILE)\n");
  }
}
