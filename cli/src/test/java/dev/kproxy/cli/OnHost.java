package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.Namespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests of commands that work on a host, each in a network namespace of its own.
abstract class OnHost {
  static final String MYSQL = "testdata/examples/mysql-service.yaml";

  @TempDir Path directory;
  Namespace namespace;

  @BeforeAll
  static void needsTheKernel() {
    Namespace.require();
  }

  @BeforeEach
  void open() throws IOException {
    namespace = Namespace.open();
  }

  @AfterEach
  void close() {
    namespace.close();
  }

  final Kproxy.Result kproxy(String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    arguments.addAll(List.of("--state-dir", directory.resolve("state").toString()));
    return Kproxy.run(namespace, arguments);
  }

  final Kproxy.Result apply(String manifest, String... more) {
    String file = Case.root().resolve(manifest).toString();
    return kproxy(
        Stream.concat(Stream.of("apply", "-f", file, "--node", "n1"), Stream.of(more))
            .toArray(String[]::new));
  }

  static void ended(Kproxy.Result result, int code) {
    assertThat(result.exitCode()).as(result.out() + result.err()).isEqualTo(code);
  }

  /// What [#MYSQL] compiles to, in a directory.
  final Path compiled(String... more) {
    Path rules = directory.resolve("rules");
    String file = Case.root().resolve(MYSQL).toString();
    ended(
        Kproxy.run(
            Stream.concat(
                    Stream.of("compile", "-f", file, "--node", "n1", "-d", rules.toString()),
                    Stream.of(more))
                .toArray(String[]::new)),
        0);
    return rules;
  }

  /// Gives a compiled directory other rules of IPv4, and mends the sum that it has of them.
  static void replaceRules(Path rules, String text) throws IOException {
    replaceRules(rules, text.getBytes(StandardCharsets.UTF_8));
  }

  static void replaceRules(Path rules, byte[] text) throws IOException {
    replace(rules, "iptables.rules", text);
  }

  /// Gives a compiled directory another file of that name, and mends the sum that it has of it.
  static void replace(Path rules, String file, byte[] text) throws IOException {
    Files.write(rules.resolve(file), text);
    Path index = rules.resolve("kproxy.json");
    Files.writeString(
        index,
        Files.readString(index)
            .replaceAll("(\"" + file + "\",\\s*\"sha256\" : \")[0-9a-f]+", "$1" + sha256(text)));
  }

  private static String sha256(byte[] text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
