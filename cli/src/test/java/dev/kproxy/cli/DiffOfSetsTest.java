package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `kproxy diff` says where rules stay as they are, and what they ask does not; and of rules
/// that are not spelled as iptables-save spells them.
class DiffOfSetsTest {
  @TempDir private Path directory;

  private static String forward(String rule) {
    return "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD " + rule + "\nCOMMIT\n";
  }

  private Kproxy.Result diff(String oldRules, String oldSets, String newRules, String newSets)
      throws IOException {
    return Kproxy.run(
        List.of(
            "diff",
            file("old", oldRules),
            file("new", newRules),
            "--node-ip",
            "192.168.0.11",
            "--old-ipset",
            file("old.ipset", oldSets),
            "--new-ipset",
            file("new.ipset", newSets)));
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  /// Rules in the same lines do the same only where the sets are the same that they name.
  @ParameterizedTest
  @ValueSource(strings = {"blocked", "\"bl\\ocked\"", "gesperrt-für"})
  void findsChangedSetsHoweverRulesSpellTheirNames(String spelling) throws IOException {
    String rules = forward("-m set --match-set " + spelling + " dst -j DROP");
    String name = spelling.replaceAll("[\"\\\\]", "");
    String empty = "create " + name + " hash:ip family inet\n";

    Kproxy.Result result = diff(rules, empty, rules, empty + "add " + name + " 203.0.113.9\n");

    assertThat(result.out())
        .contains("203.0.113.9: let through → dropped (from all but the node itself)");
    assertThat(diff(rules, empty, rules, empty).out()).isEqualTo("no difference\n");
  }

  /// A set with a `bitmask` compares some bits of an address: other bits, or another mask, are
  /// found with the lowest and the highest address of an entry.
  @ParameterizedTest
  @CsvSource({
    "255.255.0.255, 10.1.0.5, 255.255.0.255, 10.1.0.6",
    "255.255.0.255, 10.0.0.5, 255.0.255.255, 10.0.0.5",
    "255.255.0.255, 10.0.0.5, 255.0.0.255, 10.0.0.5",
    "255.0.0.255, 10.0.0.5, 255.255.0.255, 10.0.0.5"
  })
  void findsWhatAMaskOfASetTakesForEqual(
      String oldMask, String oldEntry, String newMask, String newEntry) throws IOException {
    String rules = forward("-m set --match-set masked dst -j DROP");

    Kproxy.Result result = diff(rules, masked(oldMask, oldEntry), rules, masked(newMask, newEntry));

    assertThat(result.out()).contains("dropped");
    assertThat(diff(rules, masked(oldMask, oldEntry), rules, masked(oldMask, oldEntry)).out())
        .isEqualTo("no difference\n");
  }

  private static String masked(String mask, String entry) {
    return "create masked hash:ip family inet bitmask %s%nadd masked %s%n".formatted(mask, entry);
  }

  /// The entries of a list are those of its members, which may be unknown.
  @Test
  void findsMembersOfListsThatOneSideDoesNotTell() throws IOException {
    String rules = forward("-m set --match-set list dst -j DROP");
    String list = "create list list:set\nadd list member\n";

    Kproxy.Result result = diff(rules, "create member hash:ip family inet\n" + list, rules, list);

    assertThat(result.out()).contains("undetermined");
  }

  /// The interface that a rule asks for is one of those that packets are traced from.
  @ParameterizedTest
  @ValueSource(
      strings = {"-i", "--in-interface", "\"-i\"", "\"\\-i\"", "-\"i\"", "-\"-in-interface\""})
  void tracesPacketsFromInterfacesHoweverRulesSpellTheOption(String option) throws IOException {
    Kproxy.Result result =
        Kproxy.run(
            List.of(
                "diff",
                file("old", forward(option + " cali1 -d 203.0.113.9/32 -j DROP")),
                file("new", forward("-d 203.0.113.10/32 -j DROP")),
                "--node-ip",
                "192.168.0.11",
                "-o",
                "json"));

    assertThat(result.out()).contains("\"in\" : \"cali1\"");
  }
}
