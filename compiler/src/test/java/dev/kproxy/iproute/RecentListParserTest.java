package dev.kproxy.iproute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.TestFiles;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentListParserTest {
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private RecentList parse(String text) {
    return RecentListParser.parse(text, "x", diagnostics::add);
  }

  @ParameterizedTest
  @ValueSource(strings = {"recent.txt", "recent6.txt"})
  void readsWhatTheKernelShows(String file) throws IOException {
    RecentList list = parse(Files.readString(TestFiles.testdata("kernel/network/" + file)));
    assertThat(diagnostics).isEmpty();
    assertThat(list.entries())
        .isNotEmpty()
        .allSatisfy(
            entry -> {
              assertThat(entry.ttl()).isEqualTo(64);
              assertThat(entry.stamps()).last().isEqualTo(entry.lastSeen());
            });
  }

  @Test
  void readsAnEntryOfEachFamily() {
    RecentList list =
        parse(
            """
            src=10.0.0.1 ttl: 63 last_seen: 4295766096 oldest_pkt: 2 4295766046, 4295766096
            src=2001:0db8:0000:0000:0000:0000:0000:0001 ttl: 0 last_seen: 18446744073709551615 oldest_pkt: 1 18446744073709551615
            """);
    assertThat(diagnostics).isEmpty();
    assertThat(list.entry(Ip.of("10.0.0.1")))
        .hasValue(
            new RecentList.Entry(
                Ip.of("10.0.0.1"), 63, 4295766096L, List.of(4295766046L, 4295766096L)));
    assertThat(list.entry(Ip.of("2001:db8::1")))
        .hasValue(new RecentList.Entry(Ip.of("2001:db8::1"), 0, -1, List.of(-1L)));
    assertThat(list.entry(Ip.of("10.0.0.2"))).isEmpty();
  }

  @Test
  void findsNobodyOnAnEmptyList() {
    assertThat(parse("").entries()).isEmpty();
    assertThat(parse("\n").entries()).isEmpty();
    assertThat(diagnostics).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "src=10.0.0.256 ttl: 64 last_seen: 1 oldest_pkt: 1 1",
        "src=10.0.0.1 ttl: 64 last_seen: 18446744073709551616 oldest_pkt: 1 1",
        "src=10.0.0.1 ttl: 64 last_seen: 1 oldest_pkt: 1",
        "src=10.0.0.1 ttl: 64 last_seen: 1 oldest_pkt: 1 1,,2",
        "src=10.0.0.1 ttl: 64 last_seen: 1 oldest_pkt: 1 one"
      })
  void tellsWhatIsNoEntry(String line) {
    assertThat(parse(line).entries()).isEmpty();
    assertThat(diagnostics)
        .singleElement()
        .asString()
        .startsWith("x:1:1: error KP701: no entry of xt_recent: ");
  }

  @Test
  void bearsLinesWithoutEnd() {
    String line = "src=10.0.0.1 ttl: 64 last_seen: 1 oldest_pkt: 1 1" + ", 1".repeat(1_000_000);
    assertThat(parse(line).entries().getFirst().stamps()).hasSize(1_000_001);
    assertThat(diagnostics).isEmpty();
  }
}
