package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.compile.ipvs.IpvsCompiler;
import dev.kproxy.manifest.config.ProxyConfiguration.Ipvs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Loads all artifacts of every case of IPVS mode into a kernel that has IPVS, in the order in
/// which they are to be loaded, and reads them back.
class IpvsLoadTest {
  /// All schedulers but `twos`, which this kernel was built without.
  private static final List<String> SCHEDULERS =
      List.of(
          "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "mh", "sed", "nq", "fo", "ovf");

  /// Loads the modules named as its first line says, then each folder's artifacts into the empty
  /// kernel, saves what is there, and empties the kernel again.
  private static final String SCRIPT =
      """
      modprobe -a MODULES
      empty=$'*filter\\nCOMMIT\\n*nat\\nCOMMIT'
      for folder in */; do
        cd $folder
        if [ -s nfacct.restore ]; then nfacct restore < nfacct.restore; fi
        sysctl -q -p sysctl.conf
        ipset restore < ipset.restore
        iptables-legacy-restore < iptables.rules
        ip6tables-legacy-restore < ip6tables.rules
        ipvsadm --restore < ipvsadm.restore
        ip -batch ip.batch

        sysctl $(cut -d ' ' -f 1 sysctl.conf) > sysctl.saved
        ipset save > ipset.saved
        iptables-legacy-save > iptables.saved
        ip6tables-legacy-save > ip6tables.saved
        ipvsadm -Sn > ipvsadm.saved
        ipvsadm -l --timeout > timeouts.saved
        ip -o addr show dev kube-ipvs0 > ip.saved

        ip link delete kube-ipvs0
        ipvsadm -C
        ipvsadm --set 900 120 300
        iptables-legacy-restore <<< "$empty"
        ip6tables-legacy-restore <<< "$empty"
        ipset destroy
        cd ..
      done
      """;

  @TempDir private Path directory;

  static Stream<Case> cases() {
    return Case.ipvs();
  }

  @BeforeAll
  static void needsRootAndTheTools() {
    UserModeLinux.require();
  }

  private static void compile(Case recorded, Path folder) {
    Kproxy.Result compiled = Kproxy.run(recorded.compile("-d", folder.toString()));
    assertThat(compiled.exitCode()).as(compiled.err()).isZero();
  }

  /// Sets are in most kernels, that of this machine among them.
  @ParameterizedTest
  @MethodSource("cases")
  void loadsSetsIntoTheKernelOfThisMachine(Case recorded) throws IOException, InterruptedException {
    compile(recorded, directory);
    Process load =
        new ProcessBuilder(
                "unshare",
                "--net",
                "sh",
                "-e",
                "-c",
                "ipset restore < ipset.restore; ipset save > ipset.saved")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String talk = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(load.waitFor()).as(talk).isZero();
    assertThat(sets(directory, "ipset.saved")).isEqualTo(sets(directory, "ipset.restore"));
  }

  @TestFactory
  List<DynamicTest> loadsAndReadsBackTheSame() throws IOException, InterruptedException {
    List<Case> cases = cases().toList();
    assertThat(cases).isNotEmpty();
    cases.forEach(recorded -> compile(recorded, directory.resolve(recorded.toString())));
    UserModeLinux.run(SCRIPT.replace("MODULES", modules()), directory);
    return cases.stream()
        .map(Case::toString)
        .map(name -> DynamicTest.dynamicTest(name, () -> holds(directory.resolve(name))))
        .toList();
  }

  /// What `kproxy compile -v` tells a user to load, whatever the scheduler.
  private static String modules() {
    Set<String> modules = new TreeSet<>();
    for (String scheduler : SCHEDULERS) {
      Ipvs settings =
          new Ipvs(scheduler, List.of(), false, Duration.ZERO, Duration.ZERO, Duration.ZERO);
      modules.addAll(IpvsCompiler.modules(settings));
    }
    return String.join(" ", modules);
  }

  private static void holds(Path folder) throws IOException {
    assertThat(lines(folder, "sysctl.saved")).isEqualTo(lines(folder, "sysctl.conf"));
    assertThat(sets(folder, "ipset.saved")).isEqualTo(sets(folder, "ipset.restore"));
    for (String family : List.of("iptables", "ip6tables")) {
      assertThat(KernelLoadTest.tables(Files.readString(folder.resolve(family + ".saved"))))
          .isEqualTo(KernelLoadTest.tables(Files.readString(folder.resolve(family + ".rules"))));
    }
    assertThat(servers(folder, "ipvsadm.saved")).isEqualTo(servers(folder, "ipvsadm.restore"));
    assertThat(lines(folder, "timeouts.saved"))
        .containsExactly("Timeout (tcp tcpfin udp): " + timeouts(folder));
    assertThat(addresses(folder, "ip.saved", "inet6? (\\S+)"))
        .isEqualTo(addresses(folder, "ip.batch", "addr replace (\\S+) dev kube-ipvs0"));
  }

  private static List<String> lines(Path folder, String file) throws IOException {
    return Files.readAllLines(folder.resolve(file));
  }

  /// The lines in no order, since the kernel's is that of a hash, less what it adds itself.
  private static Set<String> sets(Path folder, String file) throws IOException {
    Set<String> sets = new TreeSet<>();
    for (String line : lines(folder, file)) {
      sets.add(line.replaceFirst(" bucketsize 12 initval 0x[0-9a-f]{8}$", ""));
    }
    return sets;
  }

  private static Set<String> servers(Path folder, String file) throws IOException {
    Set<String> servers = new TreeSet<>(lines(folder, file));
    servers.removeIf(line -> line.startsWith("--set "));
    return servers;
  }

  /// What a zero leaves as it is, is the kernel's own.
  private static String timeouts(Path folder) throws IOException {
    List<String> timeouts = new ArrayList<>(List.of("900", "120", "300"));
    String first = lines(folder, "ipvsadm.restore").stream().findFirst().orElse("");
    if (first.startsWith("--set ")) {
      String[] set = first.split(" ", -1);
      for (int i = 0; i < timeouts.size(); i++) {
        if (!set[i + 1].equals("0")) {
          timeouts.set(i, set[i + 1]);
        }
      }
    }
    return String.join(" ", timeouts);
  }

  private static Set<String> addresses(Path folder, String file, String pattern)
      throws IOException {
    Set<String> addresses = new TreeSet<>();
    Matcher found =
        Pattern.compile("(?m)" + pattern).matcher(Files.readString(folder.resolve(file)));
    while (found.find()) {
      addresses.add(found.group(1));
    }
    return addresses;
  }
}
