package dev.kproxy.cli.whois;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.compile.KubeProxyNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubeProxyNamesTest {
  /// The second words of the lines of recordings that begin so.
  private static Set<String> recorded(String ending, String beginning) throws IOException {
    Path cases = Path.of(System.getProperty("kproxy.root"), "testdata/cases");
    try (Stream<Path> files = Files.walk(cases)) {
      List<Path> texts = files.filter(file -> file.toString().endsWith(ending)).toList();
      Set<String> names =
          texts.stream()
              .flatMap(KubeProxyNamesTest::lines)
              .filter(line -> line.startsWith(beginning))
              .map(line -> line.substring(beginning.length()).split(" ", 2)[0])
              .collect(Collectors.toSet());
      assertThat(names).isNotEmpty();
      return names;
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void knowWhatTheRealOneMade() throws IOException {
    assertThat(recorded("tables.rules", ":"))
        .filteredOn(name -> name.startsWith("KUBE-"))
        .allMatch(name -> KubeProxyNames.isChain(name) || KubeProxyNames.isShared(name));
    assertThat(recorded("ipset.restore", "create ")).allMatch(KubeProxyNames::isSet);
  }

  @Test
  void whoisKnowsAllOfThem() {
    assertThat(KubeProxyNames.chains()).allMatch(name -> FixedNames.find(name).isPresent());
    assertThat(KubeProxyNames.sets()).allMatch(name -> FixedNames.find(name).isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KUBE-SVC-ABCDEFGHIJKLMNO",
        "KUBE-SVC-ABCDEFGHIJKLMNOPQ",
        "KUBE-SVC-ABCDEFGHIJKLMNO1",
        "KUBE-HP-ABCDEFGHIJKLMNOP",
        "KUBE-POD-FW-ABCDEFGHIJKLMNOP",
        "KUBE-ROUTER-INPUT",
        "KUBE-FIREWALL",
        "KUBE-MARK-DROP",
        "KUBE-KUBELET-CANARY",
        "KUBE-IPTABLES-HINT",
        "KUBE-SRC-ABCDEFGHIJKLMNOP",
        "KUBE-"
      })
  void areNotWhatOthersCallTheirs(String name) {
    assertThat(KubeProxyNames.isChain(name)).isFalse();
    assertThat(KubeProxyNames.isSet(name)).isFalse();
  }

  @Test
  void holdTheHashedOnes() {
    assertThat(List.of("SVC", "SVL", "EXT", "FW", "SEP", "XLB"))
        .allMatch(kind -> KubeProxyNames.isChain("KUBE-" + kind + "-ABCDEFGHIJ234567"));
  }
}
