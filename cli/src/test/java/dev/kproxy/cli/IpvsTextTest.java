package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.IpsetParser;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.ipvs.IpvsParser;
import dev.kproxy.ipvs.IpvsPrinter;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the loaders of IPVS mode take, asked of the text alone: needs neither root nor a kernel.
class IpvsTextTest {
  private static final int LONGEST_NAME = 31;
  private static final int MOST_ENTRIES = 65_536;

  private static final String SOCKET = "(?<ip>[0-9.]+|\\[[0-9a-f:.]+]):(?<port>\\d+)";
  private static final String SERVICE = "(-t|-u|--sctp-service) " + SOCKET;
  private static final Pattern TIMEOUTS = Pattern.compile("--set \\d+ \\d+ \\d+");
  private static final Pattern VIRTUAL =
      Pattern.compile("-A " + SERVICE + " -s [a-z]+( -p \\d+)?( -b mh-port)?");
  private static final Pattern REAL =
      Pattern.compile("-a (?<service>\\S+ \\S+) -r " + SOCKET + " -m -w 1");

  @TempDir private Path directory;

  static Stream<Case> cases() {
    return Case.ipvs();
  }

  private void compile(Case recorded) {
    Kproxy.Result compiled = Kproxy.run(recorded.compile("-d", directory.toString()));
    assertThat(compiled.exitCode()).as(compiled.err()).isZero();
  }

  private String text(String file) throws IOException {
    return Files.readString(directory.resolve(file));
  }

  @BeforeEach
  void empty() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  /// `ipvsadm --restore` stops at a comment and at an empty line. A real server follows its virtual
  /// one.
  @ParameterizedTest
  @MethodSource("cases")
  void writesOneNumericCommandALineForIpvsadm(Case recorded) throws IOException {
    compile(recorded);
    String text = text("ipvsadm.restore");
    assertThat(text.isEmpty() || text.endsWith("\n")).isTrue();
    String service = "none";
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      Matcher real = REAL.matcher(line);
      if (real.matches()) {
        assertThat(real.group("service")).as(line).isEqualTo(service);
        assertSocket(real);
      } else if (i > 0 || !TIMEOUTS.matcher(line).matches()) {
        Matcher virtual = VIRTUAL.matcher(line);
        assertThat(virtual.matches()).as(line).isTrue();
        assertSocket(virtual);
        service = line.split(" ", -1)[1] + " " + line.split(" ", -1)[2];
      }
    }
  }

  private static void assertSocket(Matcher socket) {
    assertThat(Ip.parse(socket.group("ip").replaceAll("[\\[\\]]", ""))).isPresent();
    assertThat(Integer.parseInt(socket.group("port"))).isBetween(1, 65_535);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void namesNothingLongerThanTheKernelTakes(Case recorded) throws IOException {
    compile(recorded);
    List<String> names = new ArrayList<>();
    Matcher sets = Pattern.compile("(?m)^create (\\S+)").matcher(text("ipset.restore"));
    while (sets.find()) {
      names.add(sets.group(1));
    }
    for (String file : List.of("iptables.rules", "ip6tables.rules")) {
      Matcher chains = Pattern.compile("(?m)^:(\\S+)|--match-set (\\S+)").matcher(text(file));
      while (chains.find()) {
        names.add(chains.group(chains.group(1) == null ? 2 : 1));
      }
    }
    assertThat(names)
        .hasSizeGreaterThan(34)
        .allSatisfy(
            name ->
                assertThat(name.getBytes(StandardCharsets.UTF_8).length)
                    .isLessThanOrEqualTo(LONGEST_NAME));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void asksOnlySetsThatItCreates(Case recorded) throws IOException {
    compile(recorded);
    String sets = text("ipset.restore");
    for (String file : List.of("iptables.rules", "ip6tables.rules")) {
      Matcher asked = Pattern.compile("--match-set (\\S+)").matcher(text(file));
      while (asked.find()) {
        assertThat(sets).contains("create " + asked.group(1) + " ");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fillsNoSetBeyondWhatItTakesAndNoneWithNames(Case recorded) throws IOException {
    compile(recorded);
    List<Diagnostic> faults = new ArrayList<>();
    String text = text("ipset.restore");
    List<IpSet> sets = IpsetParser.parse(text, "ipset.restore", faults::add);
    assertThat(faults).isEmpty();
    assertThat(sets)
        .hasSize(34)
        .allSatisfy(set -> assertThat(set.entries()).hasSizeLessThanOrEqualTo(MOST_ENTRIES));
    assertThat(IpsetPrinter.print(sets)).isEqualTo(text);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void writesServersThatReadBackTheSame(Case recorded) throws IOException {
    compile(recorded);
    List<Diagnostic> faults = new ArrayList<>();
    String text = text("ipvsadm.restore");
    assertThat(IpvsPrinter.print(IpvsParser.parse(text, "ipvsadm.restore", faults::add)))
        .isEqualTo(text);
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void makesTheInterfaceBeforeItsAddresses(Case recorded) throws IOException {
    compile(recorded);
    List<String> lines = text("ip.batch").lines().toList();
    assertThat(lines.getFirst()).isEqualTo("link add kube-ipvs0 type dummy");
    assertThat(lines.subList(1, lines.size()))
        .doesNotHaveDuplicates()
        .allMatch(line -> line.matches("addr replace ([0-9.]+/32|[0-9a-f:.]+/128) dev kube-ipvs0"));
  }
}
