package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.harrel.jsonschema.Validator;
import dev.harrel.jsonschema.ValidatorFactory;
import dev.harrel.jsonschema.providers.JacksonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every JSON document that kproxy prints is what its schema says.
class SchemaTest {
  @TempDir private Path directory;

  static Stream<Case> cases() {
    return Case.all();
  }

  /// Says why the text is not what the schema of that name describes; empty where it is.
  static List<String> faults(String schema, String document) {
    Validator validator =
        new ValidatorFactory().withJsonNodeFactory(new JacksonNode.Factory()).createValidator();
    URI uri = validator.registerSchema(Kproxy.run("schema", schema).out());
    return validator.validate(uri, document).getErrors().stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getError())
        .toList();
  }

  private static String run(String... arguments) {
    Kproxy.Result result = Kproxy.run(arguments);
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void describesWhatCompilePrints(Case recorded) {
    assertThat(faults("compile", run(recorded.compile("-o", "json").toArray(String[]::new))))
        .isEmpty();
  }

  @Test
  void describesTheIndexOfADirectory() throws IOException {
    String cluster = "testdata/clusters/small/cluster.yaml";
    run("compile", "-f", Case.root().resolve(cluster).toString(), "-d", directory.toString());
    assertThat(faults("artifacts", Files.readString(directory.resolve("kproxy.json")))).isEmpty();
  }

  /// One packet that is spread, one that is refused, one that is answered by nobody, and one on
  /// which something is not known.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--from 203.0.113.9 --to 192.168.0.11:30964 --node-ip 192.168.0.11",
        "--from 203.0.113.9 --to 10.254.162.44:3306 --no-path --node-ip 192.168.0.11",
        "--from 10.244.1.5 --to 10.254.162.44 --protocol icmp --node-ip 192.168.0.11",
        "--from 127.0.0.1 --to 127.0.0.1:30964 --all-paths --node-ip 192.168.0.11",
        "--from 203.0.113.9 --to 192.168.0.11:30964"
      })
  void describesATrace(String packet) {
    String manifest = Case.root().resolve("testdata/examples/mysql-service.yaml").toString();
    String trace = run(("trace packet -o json -f " + manifest + " " + packet).split(" ", -1));
    assertThat(faults("trace", trace)).isEmpty();
  }

  @Test
  void describesEachLineOfAStream() {
    String manifest = Case.root().resolve("testdata/examples/mysql-service.yaml").toString();
    Kproxy.Result result =
        Kproxy.runWithInput(
            """
            {"id":1,"protocol":"tcp","src":"10.244.1.5","dst":"10.254.162.44","dport":3306}
            {"id":"two","protocol":"icmp","src":"10.244.1.5","dst":"10.254.162.44","icmpType":0}
            {"protocol":"udp","src":"192.168.0.11","dst":"10.254.162.44","dport":53,"mark":"0x4000"}
            """
                .getBytes(StandardCharsets.UTF_8),
            ("trace packet -o json --node-ip 192.168.0.11 --packets - -f " + manifest)
                .split(" ", -1));
    assertThat(result.out().lines()).hasSize(3);
    assertThat(result.out().lines())
        .allSatisfy(line -> assertThat(faults("trace", line)).isEmpty());
  }

  @Test
  void describesWhatWhoisPrints() {
    String manifest = Case.root().resolve("testdata/examples/mysql-service.yaml").toString();
    Kproxy.Result result =
        Kproxy.run(
            "whois",
            "KUBE-SEP-3SA2JUSUSXTVVN4P",
            "KUBE-LOOP-BACK",
            "NOBODY",
            "-o",
            "json",
            "-f",
            manifest);
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(faults("whois", result.out())).isEmpty();
  }

  /// A test of the test: schemas that take anything would hold, too.
  @Test
  void refusesWhatIsNoTrace() {
    assertThat(faults("trace", "{\"schema\":\"kproxy/v1/trace\"}")).isNotEmpty();
    assertThat(
            faults(
                "trace",
                """
                {"schema":"kproxy/v1/trace","packet":{"protocol":"tcp","src":"a","dst":"b"},
                 "outcomes":[],"affinity":[],"notes":[]}
                """))
        .isNotEmpty();
  }
}
