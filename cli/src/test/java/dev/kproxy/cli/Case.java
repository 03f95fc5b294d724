package dev.kproxy.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A recorded case: a cluster, a node, a configuration, and what the real kube-proxy made of them.
///
/// @param folder its folder
/// @param settings its `case.json`, of which lists keep their items
record Case(Path folder, Map<String, List<String>> settings) {

  /// The project's folder.
  static Path root() {
    return Path.of(System.getProperty("kproxy.root"));
  }

  /// Every case of iptables mode.
  static Stream<Case> iptables() {
    return all().filter(recorded -> recorded.mode().equals("iptables"));
  }

  /// Every case of IPVS mode.
  static Stream<Case> ipvs() {
    return all().filter(recorded -> recorded.mode().equals("ipvs"));
  }

  /// Every case: those of the project, and all the others where the whole recording is at hand.
  static Stream<Case> all() {
    List<Path> folders = new ArrayList<>(List.of(root().resolve("testdata/cases")));
    folders.add(shared().resolve("conformance/iptables"));
    folders.add(shared().resolve("conformance/ipvs"));
    Map<String, Case> cases = new TreeMap<>();
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> found = Files.list(folder)) {
          found
              .filter(path -> Files.exists(path.resolve("case.json")))
              .forEach(path -> cases.putIfAbsent(path.getFileName().toString(), read(path)));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return cases.values().stream();
  }

  /// The recordings that are too large for the project, if they are at hand.
  static Path shared() {
    String given = System.getProperty("kproxy.shared", System.getenv("KPROXY_SHARED"));
    return given != null ? Path.of(given) : root().resolveSibling("shared");
  }

  static Case read(Path folder) {
    Map<String, List<String>> settings = new TreeMap<>();
    try (JsonParser json = new JsonFactory().createParser(folder.resolve("case.json").toFile())) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        List<String> values = new ArrayList<>();
        if (json.nextToken() == JsonToken.START_ARRAY) {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            values.add(json.getText());
          }
        } else {
          values.add(json.getText());
        }
        settings.put(name, values);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Case(folder, settings);
  }

  /// The mode that it was recorded in.
  String mode() {
    return settings.getOrDefault("mode", List.of("iptables")).getFirst();
  }

  /// The file of its cluster.
  Path cluster() {
    return Stream.of("cluster.yaml", "cluster.json")
        .map(folder::resolve)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }

  /// The command line that compiles it.
  List<String> compile(String... more) {
    return compile(cluster(), more);
  }

  /// The command line that compiles another cluster on the same node.
  List<String> compile(Path cluster, String... more) {
    List<String> arguments = new ArrayList<>(List.of("compile", "-f", cluster.toString()));
    arguments.addAll(
        List.of("--node", settings.getOrDefault("node", List.of()).getFirst(), "--mode", mode()));
    String family = settings.getOrDefault("ipFamily", List.of("dual")).getFirst();
    arguments.addAll(List.of("--ip-family", family.toLowerCase(java.util.Locale.ROOT)));
    if (Files.exists(folder.resolve("config.yaml"))) {
      arguments.addAll(List.of("--config", folder.resolve("config.yaml").toString()));
    }
    for (String ip : settings.getOrDefault("nodeIPs", List.of())) {
      arguments.addAll(List.of("--node-ip", ip));
    }
    for (String ip : settings.getOrDefault("addresses", List.of())) {
      arguments.addAll(List.of("--node-address", ip));
    }
    if (settings.getOrDefault("nfacct", List.of("true")).contains("false")) {
      arguments.addAll(List.of("--without", "nfacct"));
    }
    arguments.addAll(List.of(more));
    return arguments;
  }

  /// What was recorded under that name, if it was.
  java.util.Optional<String> expected(String name) {
    Path file = folder.resolve("expected").resolve(name);
    try {
      return Files.exists(file)
          ? java.util.Optional.of(Files.readString(file))
          : java.util.Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return String.valueOf(folder.getFileName());
  }
}
