package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.manifest.text.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What must hold for every cluster, whatever is in it.
class LawsTest {
  private static final long SEED = 20261121;
  private static final Pattern CHAIN = Pattern.compile("(?m)^:(\\S+) (\\S+)");
  private static final Pattern RULE = Pattern.compile("-A (\\S+)(?: .*)? -j (KUBE-\\S+)");

  /// Nothing ever refers to the canaries; kube-proxy makes the others even where no Service needs
  /// masquerading, has a load balancer or source ranges, and where no address of the node takes
  /// node ports.
  private static final Set<String> UNREFERRED =
      Set.of(
          "KUBE-PROXY-CANARY",
          "KUBE-MARK-MASQ",
          "KUBE-NODEPORTS",
          "KUBE-LOAD-BALANCER",
          "KUBE-SOURCE-RANGES-FIREWALL");

  @TempDir private Path directory;

  static Stream<Case> cases() {
    return Case.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void printsTheSameBytesTwice(Case recorded) {
    for (String style : List.of("save", "restore")) {
      assertThat(compile(recorded, recorded.cluster(), "--style", style))
          .isEqualTo(compile(recorded, recorded.cluster(), "--style", style));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void doesNotDependOnTheOrderOfDocuments(Case recorded) throws IOException {
    List<Value.Mapping> objects = new ArrayList<>(Documents.read(recorded.cluster()));
    Collections.shuffle(objects, new Random(SEED));
    assertThat(compile(recorded, file("shuffled.json", Documents.json(objects))))
        .as("seed %d", SEED)
        .isEqualTo(compile(recorded, recorded.cluster()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsYamlAndJsonAlike(Case recorded) throws IOException {
    List<Value.Mapping> objects = Documents.read(recorded.cluster());
    assertThat(compile(recorded, file("cluster.json", Documents.json(objects))))
        .isEqualTo(compile(recorded, file("cluster.yaml", Documents.yaml(objects))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsEndpointsAsTheSlicesMirroredFromThem(Case recorded) throws IOException {
    EndpointsForm form = EndpointsForm.of(Documents.read(recorded.cluster()));
    assertThat(compile(recorded, file("endpoints.json", Documents.json(form.asEndpoints()))))
        .isEqualTo(compile(recorded, file("slices.json", Documents.json(form.asSlices()))));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void connectsEveryChain(Case recorded) {
    String save = compile(recorded, recorded.cluster());
    for (String table : save.split("(?m)^COMMIT\n", -1)) {
      Set<String> builtIn = new HashSet<>();
      Set<String> chains = new HashSet<>();
      for (Matcher line = CHAIN.matcher(table); line.find(); ) {
        (line.group(2).equals("-") ? chains : builtIn).add(line.group(1));
      }
      Set<String> targets = new HashSet<>();
      table
          .lines()
          .forEach(
              rule -> {
                Matcher jump = RULE.matcher(rule);
                if (jump.matches()) {
                  assertThat(chains).contains(jump.group(2));
                  targets.add(jump.group(2));
                }
              });
      chains.removeAll(UNREFERRED);
      targets.removeAll(UNREFERRED);
      assertThat(targets).as("each chain is referred to").isEqualTo(chains);
    }
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static String compile(Case recorded, Path cluster, String... more) {
    Kproxy.Result result = Kproxy.run(recorded.compile(cluster, more));
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out();
  }
}
