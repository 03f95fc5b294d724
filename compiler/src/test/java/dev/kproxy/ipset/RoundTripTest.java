package dev.kproxy.ipset;

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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The law of the language: `print(parse(x)) = x`.
class RoundTripTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "kernel/linux-6.1.ipset-save",
        "kernel/linux-6.18.ipset-save",
        "hosts/k8s/kube-router-ipset_test_1/ipset_save.txt"
      })
  void holdsForWhatIpsetSaves(String path) throws IOException {
    String text = Files.readString(TestFiles.testdata(path));
    assertThat(IpsetPrinter.print(parse(path, text))).isEqualTo(text);
  }

  @Test
  void knowsSetsOfEveryType() throws IOException {
    EnumSet<SetType> types = EnumSet.noneOf(SetType.class);
    String text = Files.readString(TestFiles.testdata("kernel/linux-6.1.ipset-save"));
    parse("6.1", text).stream()
        .filter(set -> !set.entries().isEmpty())
        .forEach(set -> types.add(set.type()));
    assertThat(types).containsExactly(SetType.values());
  }

  @ParameterizedTest
  @ValueSource(strings = {"kernel/linux-6.1", "kernel/linux-6.18"})
  void readsTheSameSetsFromTheListing(String path) throws IOException {
    String saved = Files.readString(TestFiles.testdata(path + ".ipset-save"));
    String listed = Files.readString(TestFiles.testdata(path + ".ipset-list"));
    assertThat(parse(path, listed)).isEqualTo(parse(path, saved)).isNotEmpty();
  }

  @Test
  void holdsForEveryRecordingOfKubeProxy() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(TestFiles.testdata("cases"))) {
      files = all.filter(it -> it.endsWith("expected/ipset.restore")).toList();
    }
    assertThat(files).hasSizeGreaterThan(40);
    for (Path file : files) {
      String text = Files.readString(file);
      assertThat(IpsetPrinter.print(parse(file.toString(), text))).as("%s", file).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"minikube-2020-ipvs/ipset-list.txt", "transcribed/minikube-ipvs/ipset-list.txt"})
  void readsTheListingsOfHosts(String path) throws IOException {
    Optional<Path> file = TestFiles.recordings("dumps/k8s/" + path);
    assumeTrue(file.isPresent(), "no dumps beside the project");
    List<IpSet> sets = parse(path, Files.readString(file.get()));
    assertThat(sets).extracting(IpSet::name).contains("KUBE-LOOP-BACK");
    assertThat(parse(path, IpsetPrinter.print(sets))).isEqualTo(sets);
  }

  @Test
  void leadsBackToTheSameSetWhateverTheSet() throws IOException {
    long seed = Long.getLong("kproxy.seed", 1);
    RandomSets random = new RandomSets(seed);
    for (int i = 0; i < 2000; i++) {
      List<IpSet> sets = List.of(random.set());
      String text = IpsetPrinter.print(sets);
      assertThat(parse("random", text)).as("seed %d: %s", seed, text).isEqualTo(sets);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      IpsetPrinter.print(sets, out);
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(text);
    }
  }

  private static List<IpSet> parse(String file, String text) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    List<IpSet> sets = IpsetParser.parse(text, file, diagnostics::add);
    assertThat(diagnostics).as(file).isEmpty();
    return sets;
  }
}
