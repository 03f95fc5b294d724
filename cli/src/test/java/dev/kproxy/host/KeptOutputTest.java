package dev.kproxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptOutputTest {
  private static KeptOutput output(Predicate<String> wanted, String text, int piece) {
    KeptOutput output = new KeptOutput(wanted, 8);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int from = 0; from < bytes.length; from += piece) {
      byte[] next = new byte[Math.min(piece, bytes.length - from)];
      System.arraycopy(bytes, from, next, 0, next.length);
      output.take(next, next.length);
    }
    output.end();
    return output;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100})
  void keepsTheLinesThatAreWantedWhereverTheyAreCut(int piece) {
    KeptOutput output = output(line -> line.startsWith("ä"), "ä1\nb2\nb3\nb4\nb5\nä6", piece);
    assertThat(output).hasToString("ä1\nä6");
    assertThat(output.isFlooded()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1\n2\n3\n4\n5\n", "123456789\n", "123456789"})
  void saysThatThereWasMoreThanRoom(String text) {
    assertThat(output(line -> true, text, 3).isFlooded()).isTrue();
    assertThat(output(ToolCall.ALL, text, 3).isFlooded()).isTrue();
  }

  @Test
  void keepsTheBeginningOfAllThatIsPrinted() {
    KeptOutput output = output(ToolCall.ALL, "12\n4\n6789", 4);
    assertThat(output).hasToString("12\n4\n678");
    assertThat(output.isFlooded()).isTrue();
  }
}
