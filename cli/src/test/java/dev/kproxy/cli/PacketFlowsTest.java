package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What kube-proxy's own tests say of packets in iptables mode: for the manifests of each of them,
/// and for the one rule set that they have as text. The format of `flows.txt` stands in the README
/// beside it.
class PacketFlowsTest {
  private static final Path ROOT = Path.of(System.getProperty("kproxy.root"));
  private static final Path FLOWS = ROOT.resolve("testdata/packet-flows");
  private static final Pattern OUTCOME =
      Pattern.compile(
          "\"value\":\\s*([^,]+),.*?\"verdict\":\\s*\"(\\w+)\".*?\"dnat\":\\s*(?:null|\"([^\"]*)\"),"
              + "\\s*\"snat\":\\s*(?:null|\"([^\"]*)\")");

  /// kube-proxy's tests print a comment as one argument, without the quotes that it needs in a
  /// file.
  private static final Pattern COMMENT = Pattern.compile("--comment ([^\"\n]*?) (?=-)");

  @TempDir private Path directory;

  /// One row of `flows.txt`.
  private record Flow(String name, String packet, String expected) {
    static Flow of(String row, int number) {
      String[] words = row.split(" \\| ", -1);
      String in = words[2].equals("local") ? "" : ", \"in\": \"eth0\"";
      String packet =
          """
          {"id": %d, "protocol": "%s", "origin": "%s", "src": "%s", "sport": 40000, "dst": "%s", "dport": %s%s}
          """
              .formatted(number, words[1], words[2], words[3], words[4], words[5], in);
      return new Flow(words[0], packet, words[6]);
    }
  }

  static List<Path> folders() throws IOException {
    try (Stream<Path> folders = Files.list(FLOWS)) {
      return folders.filter(Files::isDirectory).sorted().toList();
    }
  }

  @Test
  void thereAreAllOfThem() throws IOException {
    int count = 0;
    for (Path folder : folders()) {
      count += flows(folder).size();
    }
    // 99 rows of kube-proxy's tests, 5 for each of 7 settings of node ports, and 7 of its tracer
    assertThat(count).isEqualTo(99 + 35 + 7);
  }

  @ParameterizedTest
  @MethodSource("folders")
  void goWhereKubeProxySaysThatTheyGo(Path folder) throws IOException {
    List<Flow> flows = flows(folder);
    StringBuilder packets = new StringBuilder();
    flows.forEach(flow -> packets.append(flow.packet()));

    Kproxy.Result result =
        Kproxy.runWithInput(
            packets.toString().getBytes(StandardCharsets.UTF_8),
            arguments(folder).toArray(String[]::new));

    assertThat(result.exitCode()).as(result.err()).isZero();
    List<String> traces = result.out().lines().toList();
    assertThat(traces).hasSameSizeAs(flows);
    for (int i = 0; i < flows.size(); i++) {
      assertThat(outcomes(traces.get(i)))
          .as(flows.get(i).name())
          .isEqualTo(flows.get(i).expected());
    }
  }

  private static List<Flow> flows(Path folder) throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("flows.txt"));
    List<Flow> flows = new ArrayList<>();
    for (String row : lines.subList(2, lines.size())) {
      flows.add(Flow.of(row, flows.size()));
    }
    return flows;
  }

  private List<String> arguments(Path folder) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("trace", "packet", "--packets", "-", "--no-path", "-o", "json"));
    arguments.addAll(List.of("--addresses", FLOWS.resolve("addresses.txt").toString()));
    Path cluster = folder.resolve("cluster.yaml");
    if (Files.exists(cluster)) {
      String pods = folder.toString().contains("ipv6") ? "fd00:10::/64" : "10.0.0.0/8";
      arguments.addAll(List.of("-f", cluster.toString(), "--node", "test-node"));
      arguments.addAll(List.of("--node-ip", "192.168.0.2", "--cluster-cidr", pods));
    }
    String options = Files.readAllLines(folder.resolve("flows.txt")).get(0);
    for (String option : options.isEmpty() ? new String[0] : options.split(" ", -1)) {
      arguments.add(option.endsWith(".rules") ? quoted(ROOT.resolve(option)) : option);
    }
    return arguments;
  }

  private String quoted(Path rules) throws IOException {
    Path copy = directory.resolve("rules");
    Files.writeString(
        copy, COMMENT.matcher(Files.readString(rules)).replaceAll("--comment \"$1\" "));
    return copy.toString();
  }

  private static String outcomes(String trace) {
    TreeSet<String> shares = new TreeSet<>();
    TreeSet<String> sources = new TreeSet<>();
    for (MatchResult found : OUTCOME.matcher(trace).results().toList()) {
      if (!found.group(2).equals("accept") || found.group(3) == null) {
        shares.add(found.group(2));
      } else {
        long parts = Math.round(1 / Double.parseDouble(found.group(1)));
        shares.add("1/" + parts + " " + found.group(3));
        sources.add(found.group(4) == null ? "" : ", masquerade");
      }
    }
    return String.join(", ", shares) + String.join(" or ", sources);
  }
}
