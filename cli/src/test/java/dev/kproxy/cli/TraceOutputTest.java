package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.cli.command.Terminals;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `kproxy trace packet --packets` does where its output cannot be written: that is no fault
/// of the packets.
class TraceOutputTest {
  private static final String BLOG =
      Case.root().resolve("testdata/examples/myblog.yaml").toString();

  private static final String PACKET =
      "{\"protocol\":\"tcp\",\"src\":\"10.244.1.9\",\"dst\":\"10.99.174.93\",\"dport\":80}\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      textBlock =
          """
          Broken pipe             | 0 | none
          No space left on device | 2 | error: cannot write: No space left on device
          """)
  void tellsFailuresOfTheOutputFromFaultsOfThePackets(
      String failure, int exitCode, String message) {
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException(failure);
          }
        };
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] arguments =
        ("trace packet --packets - --node-ip 192.168.0.11 -f " + BLOG).split(" ", -1);
    ByteArrayInputStream in =
        new ByteArrayInputStream(PACKET.repeat(10_000).getBytes(StandardCharsets.UTF_8));
    assertThat(Main.run(arguments, in, out, err, Map.of(), Terminals.NONE)).isEqualTo(exitCode);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(message == null ? "" : message + "\n");
  }
}
