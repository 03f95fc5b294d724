package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DiffTextTest {
  private static final String MYSQL = example("mysql-service.yaml");
  private static final String MYBLOG = example("myblog.yaml");

  @TempDir private Path directory;

  static java.util.stream.Stream<Case> cases() {
    return Case.iptables();
  }

  private static String example(String file) {
    return Case.root().resolve("testdata/examples").resolve(file).toString();
  }

  /// What was recorded on a node against what is compiled: the order of Services apart, nothing.
  @ParameterizedTest
  @MethodSource("cases")
  void findsNothingBetweenARecordingAndWhatIsCompiled(Case recorded) {
    for (String family : List.of("iptables", "ip6tables")) {
      if (recorded.expected(family + ".rules").isPresent()) {
        String rules = recorded.folder().resolve("expected/" + family + ".rules").toString();
        List<String> arguments = new ArrayList<>(recorded.compile("--text"));
        arguments.subList(0, 3).clear();
        arguments.addAll(0, List.of("diff", rules, recorded.cluster().toString()));
        int at = arguments.indexOf("--ip-family");
        arguments.set(at + 1, family.equals("iptables") ? "ipv4" : "ipv6");

        Kproxy.Result result = Kproxy.run(arguments);

        assertThat(result.out()).isEqualTo("no difference\n");
        assertThat(result.exitCode()).isZero();
      }
    }
  }

  @Test
  void comparesADirectoryWithManifests() {
    Kproxy.run("compile", "-f", MYSQL, "-d", directory.toString());

    assertThat(Kproxy.run("diff", "--text", directory.toString(), MYSQL).exitCode()).isZero();
    Kproxy.Result other = Kproxy.run("diff", "--text", directory.toString(), MYBLOG);
    assertThat(other.exitCode()).isEqualTo(1);
    assertThat(other.out())
        .startsWith("9 chains differ: 15 lines removed, 10 added\n")
        .contains("KUBE-SVC-F2KIP5XTJW7U6HIO (demo/myblog): new\n");
  }

  @Test
  void takesOptionsForOneSide() {
    Kproxy.Result result =
        Kproxy.run("diff", "--text", MYBLOG, MYBLOG, "--new-cluster-cidr", "10.244.0.0/16");

    assertThat(result.out())
        .isEqualTo(
            """
            1 chain differs: 0 lines removed, 1 added

            iptables nat
              KUBE-SVC-F2KIP5XTJW7U6HIO (demo/myblog): changed
                +-A KUBE-SVC-F2KIP5XTJW7U6HIO ! -s 10.244.0.0/16 -d 10.99.174.93/32 -p tcp -m comment --comment "demo/myblog cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
            """);
    assertThat(
            Kproxy.run("diff", "--text", MYBLOG, MYBLOG, "--cluster-cidr", "10.244.0.0/16")
                .exitCode())
        .isZero();
  }

  @Test
  void readsWhatCompilePrintsOfBothFamilies() {
    String printed = Kproxy.run("compile", "-f", MYSQL, "--ip-family", "dual").out();
    assertThat(printed).startsWith("# kproxy: iptables\n").contains("# kproxy: ip6tables\n");

    Kproxy.Result result =
        Kproxy.runWithInput(
            printed.getBytes(StandardCharsets.UTF_8),
            "diff",
            "--text",
            "-",
            MYSQL,
            "--ip-family",
            "dual");

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo("no difference\n");
  }

  @Test
  void refusesAMissingFileAndOtherModes() {
    assertThat(Kproxy.run("diff", MYSQL, "/nowhere/new.rules"))
        .satisfies(
            result -> {
              assertThat(result.exitCode()).isEqualTo(2);
              assertThat(result.err()).contains("/nowhere/new.rules");
              assertThat(result.out()).isEmpty();
            });
    Kproxy.Result mode = Kproxy.run("diff", MYSQL, MYSQL, "--new-mode", "nftables");
    assertThat(mode.exitCode()).isEqualTo(2);
    assertThat(mode.err().lines()).hasSize(1);
  }
}
