package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.cli.trace.Dump;
import dev.kproxy.cli.trace.DumpReader;
import dev.kproxy.cli.trace.HostReader;
import dev.kproxy.cli.trace.Texts;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.simulate.HostFacts;
import dev.kproxy.symbolic.RuledHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Pairs of clusters that `bench/diff-pairs` made: packets fare differently exactly where the
/// comparison says so, and `kproxy diff` sees a difference where there is one.
class GeneratedPairsTest {
  @TempDir private Path directory;

  /// The folders of the pairs, none where nobody made some.
  static Stream<Path> pairs() throws IOException {
    String folder = System.getProperty("kproxy.pairs.directory");
    if (folder == null) {
      return Stream.of();
    }
    try (Stream<Path> all = Files.list(Path.of(folder))) {
      return all.sorted().toList().stream();
    }
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("pairs")
  void differExactlyWhereTheComparisonSays(Path pair) throws IOException {
    Case old = Case.read(pair.resolve("old"));
    Case now = Case.read(pair.resolve("new"));
    Dump before = compiled(old);
    Dump after = compiled(now);
    Random random = new Random(pair.getFileName().toString().hashCode());
    boolean differs = false;
    for (Family family : Family.values()) {
      if (before.rules().containsKey(family) && after.rules().containsKey(family)) {
        List<Ip> own =
            old.settings().getOrDefault("nodeIPs", List.of()).stream().map(Ip::of).toList();
        Ip sender =
            own.stream()
                .filter(ip -> ip.family() == family)
                .findFirst()
                .orElse(Ip.of(family == Family.IPV4 ? "127.0.0.1" : "::1"));
        PairCheck check =
            new PairCheck(
                side(before, family, own),
                side(after, family, own),
                sender,
                random,
                pair + " " + family);
        check.run(Integer.getInteger("kproxy.pairs.packets", 10_000));
        differs |= !check.differences().isEmpty();
      }
    }
    Kproxy.Result told = Kproxy.run(diff(old, now));
    assertThat(told.exitCode()).as(told.err()).isEqualTo(differs ? 1 : 0);
    removed(pair);
  }

  /// A pair that failed stays.
  private static void removed(Path pair) throws IOException {
    try (Stream<Path> all = Files.walk(pair)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private Dump compiled(Case cluster) {
    Path out = directory.resolve(cluster.toString());
    Kproxy.Result result = Kproxy.run(cluster.compile("-d", out.toString()));
    assertThat(result.exitCode()).as(result.err()).isZero();
    return new DumpReader(new FilesByName(), GeneratedPairsTest::refuse)
        .read(DumpReader.Given.ofRules(List.of(out.toString()), List.of(), List.of()));
  }

  private static RuledHost side(Dump dump, Family family, List<Ip> own) {
    Ruleset rules = dump.rules().getOrDefault(family, new Ruleset(family, List.of()));
    HostReader.Given given =
        new HostReader.Given(
            own, Optional.empty(), Optional.empty(), dump.settings().stream().toList(), List.of());
    HostFacts facts = new HostReader(new FilesByName(), GeneratedPairsTest::refuse).read(given);
    return new RuledHost(rules, dump.on(facts, true, GeneratedPairsTest::refuse));
  }

  private static void refuse(Diagnostic said) {
    assertThat(said.toString()).isNull();
  }

  /// The command line that compares two cases.
  private static List<String> diff(Case old, Case now) {
    List<String> arguments =
        new ArrayList<>(List.of("diff", old.cluster().toString(), now.cluster().toString()));
    add(arguments, old, "--old-");
    add(arguments, now, "--new-");
    return arguments;
  }

  private static void add(List<String> arguments, Case side, String prefix) {
    List<String> options = side.compile();
    for (int i = 3; i < options.size(); i++) {
      arguments.add(options.get(i).replaceFirst("^--", prefix));
    }
  }

  private static final class FilesByName implements Texts {
    @Override
    public Optional<byte[]> bytes(String name) {
      try {
        return Optional.of(Files.readAllBytes(Path.of(name)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean has(String folder, String file) {
      return Files.exists(Path.of(folder, file));
    }
  }
}
