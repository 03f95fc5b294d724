package dev.kproxy.ipvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kproxy.TestFiles;
import dev.kproxy.net.Diagnostic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The law of the language: `print(parse(x)) = x`.
class RoundTripTest {
  @Test
  void holdsForWhatIpvsadmSaves() throws IOException {
    String text = Files.readString(TestFiles.testdata("kernel/linux-6.1.ipvsadm-save"));
    assertThat(IpvsPrinter.print(parse("save", text))).isEqualTo(text);
  }

  /// The listing does not say how a tunnel is wrapped.
  @Test
  void readsTheSameServersFromTheListing() throws IOException {
    String saved = Files.readString(TestFiles.testdata("kernel/linux-6.1.ipvsadm-save"));
    String listed = Files.readString(TestFiles.testdata("kernel/linux-6.1.ipvsadm-list"));
    String plain = saved.replaceAll("--tun-type g.*", "--tun-type ipip");
    assertThat(IpvsPrinter.print(parse("list", listed))).isEqualTo(plain);
  }

  @Test
  void holdsForEveryRecordingOfKubeProxy() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(TestFiles.testdata("cases"))) {
      files = all.filter(it -> it.endsWith("expected/ipvsadm.restore")).toList();
    }
    assertThat(files).hasSizeGreaterThan(40);
    for (Path file : files) {
      String text = Files.readString(file);
      assertThat(IpvsPrinter.print(parse(file.toString(), text))).as("%s", file).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"minikube-2020-ipvs", "transcribed/minikube-ipvs"})
  void readsTheListingsOfHosts(String host) throws IOException {
    Optional<Path> file = TestFiles.recordings("dumps/k8s/" + host + "/ipvsadm-list-n.txt");
    assumeTrue(file.isPresent(), "no dumps beside the project");
    IpvsTable table = parse(host, Files.readString(file.get()));
    assertThat(table.servers())
        .extracting(VirtualServer::scheduler)
        .contains("rr")
        .hasSize(host.startsWith("transcribed") ? 5 : 1);
    assertThat(table.servers()).extracting(it -> it.servers().size()).contains(3);
    assertThat(parse(host, IpvsPrinter.print(table))).isEqualTo(table);
  }

  @Test
  void leadsBackToTheSameTableWhateverTheTable() throws IOException {
    long seed = Long.getLong("kproxy.seed", 1);
    RandomTables random = new RandomTables(seed);
    for (int i = 0; i < 2000; i++) {
      IpvsTable table = random.table();
      String text = IpvsPrinter.print(table);
      assertThat(parse("random", text)).as("seed %d: %s", seed, text).isEqualTo(table);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      IpvsPrinter.print(table, out);
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(text);
    }
  }

  private static IpvsTable parse(String file, String text) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    IpvsTable table = IpvsParser.parse(text, file, diagnostics::add);
    assertThat(diagnostics).as(file).isEmpty();
    return table;
  }
}
