package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.Namespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `kproxy apply` in a process of its own, under conditions that are not the usual ones: it works,
/// or says in one line why not.
class EnvironmentTest {
  /// Replaces the folder of the tools, for this process alone, by one that lacks some.
  private static final String TOOLS =
      """
      mount -t tmpfs none tools
      cp -a /usr/sbin/. tools/
      rm -f $lacking
      mount --bind tools /usr/sbin
      """;

  private static final String APPLY =
      "apply --node n1 -f " + Case.root().resolve("testdata/examples/mysql-service.yaml");

  @TempDir private Path directory;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  /// Each row: what it is, a script in which `$kproxy` is the command, the exit code, and what is
  /// said. `TOOLS` stands for [#TOOLS].
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          as ever                   | $kproxy                                                                         | 0 | applied and read back
          no CAP_NET_ADMIN          | setpriv --bounding-set -net_admin --inh-caps -net_admin $kproxy                 | 4 | CAP_NET_ADMIN is missing
          CAP_NET_ADMIN alone       | setpriv --bounding-set -all,+net_admin --inh-caps -all $kproxy                  | 0 | applied and read back
          the same on legacy        | setpriv --bounding-set -all,+net_admin --inh-caps -all $kproxy --backend legacy | 4 | CAP_NET_RAW is missing
          legacy needs two          | setpriv --bounding-set -all,+net_admin,+net_raw --inh-caps -all $kproxy --backend legacy | 0 | applied and read back
          plan without root         | setpriv --reuid 65534 --clear-groups --inh-caps -all,+net_admin,+dac_read_search --ambient-caps -all,+net_admin,+dac_read_search $kproxy --plan | 1 | Plan: chains: 17 to add
          plan without any          | setpriv --reuid 65534 --clear-groups --inh-caps -all,+dac_read_search --ambient-caps -all,+dac_read_search $kproxy --plan | 4 | CAP_NET_ADMIN is missing
          IPv6 is disabled          | sysctl -qw net.ipv6.conf.all.disable_ipv6=1; $kproxy                            | 0 | applied and read back
          Turkish                   | LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 $kproxy                                     | 0 | applied and read back
          decimal comma             | LC_ALL=de_DE.UTF-8 $kproxy --plan                                               | 1 | An apply takes about
          another time zone         | TZ=Asia/Kathmandu $kproxy                                                       | 0 | applied and read back
          everybody may write       | umask 000; $kproxy                                                              | 0 | applied and read back
          nobody may read           | umask 777; $kproxy                                                              | 0 | applied and read back
          closed input              | $kproxy <&-                                                                     | 0 | applied and read back
          closed output             | $kproxy >&-                                                                     | 0 | cannot write: Bad file descriptor; applied and read back
          full output               | $kproxy > /dev/full                                                             | 0 | cannot write: No space left on device; applied and read back
          nobody reads              | mkfifo pipe; (exec <pipe)& $kproxy > pipe                                       | 0 | conntrack_max
          closed errors             | $kproxy 2>&-                                                                    | 0 | applied and read back
          hostile PATH              | PATH=$PWD $kproxy                                                               | 0 | applied and read back
          settings of the tools     | XTABLES_LIBDIR=/none XTABLES_LOCKFILE=/none/lock IPSET_X=1 $kproxy              | 0 | applied and read back
          settings of Java          | JAVA_TOOL_OPTIONS=-Dx=y $kproxy                                                 | 0 | applied and read back
          a library before others   | LD_PRELOAD=/none.so $kproxy                                                     | 0 | applied and read back
          few open files            | ulimit -n 128; $kproxy                                                          | 0 | applied and read back
          no IPVS in the kernel     | $kproxy --mode ipvs                                                             | 3 | IP Virtual Server
          no large files            | ulimit -f 1; $kproxy                                                            | 3 | File too large
          legacy is all there is    | lacking='tools/*-nft* tools/iptables tools/ip6tables'; TOOLS; exec $kproxy      | 0 | applied and read back
          nft is all there is       | lacking='tools/*-legacy* tools/iptables tools/ip6tables'; TOOLS; exec $kproxy   | 0 | applied and read back
          nothing for IPv6          | lacking='tools/ip6*'; TOOLS; exec $kproxy                                       | 0 | applied and read back
          the ip of BusyBox         | printf '#!/bin/sh\\necho BusyBox >&2; exit 1' > ip; chmod +x ip; mount --bind ip $(readlink -f /usr/sbin/ip); $kproxy | 3 | ip ended with status 1: BusyBox
          no nfacct                 | lacking=tools/nfacct; TOOLS; exec $kproxy                                       | 0 | applied and read back
          no iptables at all        | lacking='tools/*tables*'; TOOLS; exec $kproxy                                   | 3 | iptables-nft-save is not installed
          a user's own namespace    | unshare --user --map-root-user --net $kproxy                                    | 0 | applied and read back
          no namespace to be had    | unshare --user --map-root-user --net sh -c "echo 0 > /proc/sys/user/max_net_namespaces; $kproxy" | 0 | no rehearsal
          """)
  void worksOrSaysWhyNot(String name, String script, int code, String says)
      throws IOException, InterruptedException {
    Path work = Files.createDirectory(directory.resolve("work"));
    Files.createDirectory(work.resolve("tools"));
    try (Namespace namespace = Namespace.open()) {
      String lines = "kproxy='" + kproxy(APPLY) + "'\n" + script.replace("TOOLS;", TOOLS);
      Process process =
          namespace
              .command(List.of("unshare", "--mount", "sh", "-c", lines))
              .directory(work.toFile())
              .start();
      String talk = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(name + ": " + talk).isEqualTo(code);
      assertThat(talk).contains(says).doesNotContain("\tat ");
      if (code > 1) {
        assertThat(talk.lines().filter(it -> it.startsWith("error"))).as(talk).hasSize(1);
        assertThat(namespace.tables("nft")).isEmpty();
      }
    }
  }

  private String kproxy(String words) {
    return String.join(
        " ",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp",
        System.getProperty("java.class.path"),
        "dev.kproxy.cli.Main",
        words,
        "--state-dir",
        directory.resolve("state").toString());
  }

  /// Each row: what the state directory is turned into, the exit code of `status`, and what it
  /// says. A process without `CAP_DAC_OVERRIDE` may no more than the owner of a file allows.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chown 65534 state       | 4 | permission denied
          rm -r state; > state    | 3 | is no folder
          rm -r state             | 0 | nothing is applied
          """)
  void statusTellsWhatItMaySee(String change, int code, String says) throws IOException {
    try (Namespace namespace = Namespace.open()) {
      namespace.sh(kproxy(APPLY) + "; cd " + directory + "; " + change);
      String talk =
          namespace.sh(
              "setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -all "
                  + kproxy("status")
                  + " || echo ended with $?");
      assertThat(talk).contains(code == 0 ? says : "ended with " + code).contains(says);
      if (code > 0) {
        assertThat(talk).doesNotContain("nothing is applied");
      }
    }
  }
}
