package dev.kproxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.kproxy.iproute.AddressBatchParser;
import dev.kproxy.iproute.InterfacesParser;
import dev.kproxy.iproute.RecentListParser;
import dev.kproxy.iproute.RoutesParser;
import dev.kproxy.iproute.SysctlParser;
import dev.kproxy.ipset.IpSet;
import dev.kproxy.ipset.IpsetParser;
import dev.kproxy.ipset.IpsetPrinter;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.iptables.text.IptablesPrinter;
import dev.kproxy.iptables.text.Spelling;
import dev.kproxy.ipvs.IpvsParser;
import dev.kproxy.ipvs.IpvsPrinter;
import dev.kproxy.ipvs.IpvsTable;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;

/// The parsers of rules and of what hosts print, each given arbitrary bytes: none throws, none says
/// more than its limit, and what it read can be printed and read again.
///
/// `mvn verify` gives each of them the texts of its folder in `TextsFuzzTestInputs`; `bench/fuzz`
/// makes new ones.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TextsFuzzTest {
  /// The limit of these parsers, and what says that it was reached.
  private static final int MOST_FAULTS = 101;

  /// At the end a table may be missing or open; two notes may tell of the text as a whole.
  private static final int MOST_OF_RULES = MOST_FAULTS + 3;

  @FuzzTest
  void iptables(byte[] data) {
    String text = text(data);
    for (Family family : Family.values()) {
      Said said = new Said();
      Optional<Ruleset> ruleset = IptablesParser.parse(family, text, "f", said);
      said.assertAtMost(MOST_OF_RULES);
      assertThat(ruleset.isEmpty()).isEqualTo(said.failed());
      ruleset.ifPresent(TextsFuzzTest::assertRereads);

      Said listed = new Said();
      assertThat(IptablesParser.parseTable(family, "nat", text, "f", listed).isEmpty())
          .isEqualTo(listed.failed());
      listed.assertAtMost(MOST_OF_RULES);
    }
  }

  private static void assertRereads(Ruleset ruleset) {
    for (Spelling spelling : Spelling.values()) {
      String printed = IptablesPrinter.print(ruleset, spelling);
      Said said = new Said();
      Optional<Ruleset> again = IptablesParser.parse(ruleset.family(), printed, "f", said);
      assertThat(said.lines()).as(printed).isEmpty();
      assertThat(chains(again.orElseThrow())).as(printed).isEqualTo(chains(ruleset));
      assertThat(IptablesPrinter.print(again.orElseThrow(), spelling)).isEqualTo(printed);
    }
  }

  /// What no spelling changes: some leave out counters and what always holds, and have an order of
  /// their own for addresses, interfaces and the protocol.
  private static List<Chain> chains(Ruleset ruleset) {
    return ruleset.tables().stream()
        .flatMap(table -> table.chains().stream())
        .map(TextsFuzzTest::unspelled)
        .toList();
  }

  private static Chain unspelled(Chain chain) {
    List<Rule> rules = chain.rules().stream().map(TextsFuzzTest::unspelled).toList();
    return new Chain.Of(chain.name(), chain.policy(), chain.counters(), rules);
  }

  private static Rule unspelled(Rule rule) {
    Comparator<Match> headersByKind =
        Comparator.comparing(
            match -> match instanceof Match.Header ? match.getClass().getName() : "~");
    List<Match> matches =
        rule.matches().stream().filter(it -> !holdsAlways(it)).sorted(headersByKind).toList();
    return new Rule(matches, rule.action());
  }

  private static boolean holdsAlways(Match match) {
    return switch (match) {
      case Match.Source(var addresses, var inverted) -> !inverted && addresses.prefix() == 0;
      case Match.Destination(var addresses, var inverted) -> !inverted && addresses.prefix() == 0;
      case Match.InInterface(var pattern, var inverted) -> !inverted && pattern.equals("+");
      case Match.OutInterface(var pattern, var inverted) -> !inverted && pattern.equals("+");
      case Match.Protocol(var number, var inverted) -> !inverted && number == 0;
      case Match.Fragment _, Match.Extension _ -> false;
    };
  }

  @FuzzTest
  void ipset(byte[] data) {
    Said said = new Said();
    List<IpSet> sets = IpsetParser.parse(text(data), "f", said);
    said.assertAtMost(MOST_OF_RULES);
    String printed = IpsetPrinter.print(sets);
    Said again = new Said();
    assertThat(IpsetParser.parse(printed, "f", again)).as(printed).isEqualTo(sets);
    assertThat(again.lines()).as(printed).isEmpty();
  }

  @FuzzTest
  void ipvs(byte[] data) {
    Said said = new Said();
    IpvsTable table = IpvsParser.parse(text(data), "f", said);
    said.assertAtMost(MOST_FAULTS);
    String printed = IpvsPrinter.print(table);
    Said again = new Said();
    assertThat(IpvsParser.parse(printed, "f", again)).as(printed).isEqualTo(table);
    assertThat(again.lines()).as(printed).isEmpty();
  }

  @FuzzTest
  void addresses(byte[] data) {
    reads(data, InterfacesParser::parse);
  }

  @FuzzTest
  void batch(byte[] data) {
    reads(data, AddressBatchParser::parse);
  }

  @FuzzTest
  void routes(byte[] data) {
    reads(data, RoutesParser::parse);
  }

  @FuzzTest
  void sysctl(byte[] data) {
    reads(data, SysctlParser::parse);
  }

  @FuzzTest
  void recent(byte[] data) {
    reads(data, RecentListParser::parse);
  }

  private interface Parser<T> {
    T parse(String text, String file, Consumer<? super Diagnostic> diagnostics);
  }

  private static <T> void reads(byte[] data, Parser<T> parser) {
    Said said = new Said();
    T read = parser.parse(text(data), "f", said);
    said.assertAtMost(MOST_FAULTS);
    assertThat(parser.parse(text(data), "f", _ -> {})).isEqualTo(read);
  }

  private static String text(byte[] data) {
    return new String(data, StandardCharsets.UTF_8);
  }
}
