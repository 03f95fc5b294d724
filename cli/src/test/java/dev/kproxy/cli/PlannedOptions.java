package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads rules as iptables-restore does, word by word, knowing nothing of kproxy's own parser, and
/// finds out whether anything stands in them that kube-proxy never writes.
final class PlannedOptions {
  private static final String ADDRESS = "[0-9a-f.:]+(/\\d+)?";
  private static final String CHAIN =
      "(KUBE-(SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}|KUBE-SERVICES|KUBE-EXTERNAL-SERVICES|KUBE-NODEPORTS"
          + "|KUBE-POSTROUTING|KUBE-MARK-MASQ|KUBE-FORWARD|KUBE-FIREWALL|KUBE-PROXY-FIREWALL"
          + "|KUBE-PROXY-CANARY)";
  private static final String BUILT_IN = "(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)";
  private static final Pattern LINE =
      Pattern.compile(
          "\\*(filter|nat|mangle)|COMMIT|:"
              + BUILT_IN
              + " ACCEPT \\[0:0]|:"
              + CHAIN
              + " - \\[0:0]");

  /// Each option and what may follow it.
  private static final Map<String, Pattern> OPTIONS =
      Map.ofEntries(
          option("-A", BUILT_IN + "|" + CHAIN),
          option("-j", CHAIN + "|ACCEPT|DROP|RETURN|REJECT|MARK|MASQUERADE|DNAT"),
          option("-m", "comment|tcp|udp|sctp|conntrack|nfacct|addrtype|mark|statistic|recent"),
          option("-p", "tcp|udp|sctp"),
          option("-s", ADDRESS),
          option("-d", ADDRESS),
          option("-i", "[^ \\p{Cntrl}]{1,15}\\+?"),
          option("--comment", "[\\P{Cntrl}]*"),
          option("--dport", "\\d{1,5}"),
          option("--ctstate", "[A-Z,]+"),
          option("--nfacct-name", "ct_state_invalid_dropped_pkts|localhost_nps_accepted_pkts"),
          option("--dst-type", "LOCAL"),
          option("--src-type", "LOCAL"),
          option("--mark", "0x[0-9a-f]+/0x[0-9a-f]+"),
          option("--set-xmark", "0x[0-9a-f]+/0x[0-9a-f]+"),
          option("--mode", "random"),
          option("--probability", "0\\.\\d{11}"),
          option("--name", CHAIN),
          option("--seconds", "\\d{1,5}"),
          option("--mask", "[0-9a-f.:]+"),
          option("--to-destination", "(\\d+\\.){3}\\d+:\\d+|\\[[0-9a-f:]+]:\\d+"),
          option("--reject-with", "icmp6?-port-unreachable"));

  private static final Set<String> BARE =
      Set.of("!", "--random-fully", "--rcheck", "--reap", "--rsource", "--set");

  private PlannedOptions() {}

  private static Map.Entry<String, Pattern> option(String name, String value) {
    return Map.entry(name, Pattern.compile(value));
  }

  /// Fails where a line is none that kube-proxy could have written.
  static void check(String rules) {
    assertThat(rules).endsWith("COMMIT\n");
    for (String line : rules.split("\n", -1)) {
      if (!line.isEmpty() && !line.startsWith("# kproxy: ip") && !LINE.matcher(line).matches()) {
        checkRule(line);
      }
    }
  }

  private static void checkRule(String line) {
    List<String> words = words(line);
    assertThat(words.getFirst()).as(line).isEqualTo("-A");
    for (int i = 0; i < words.size(); i++) {
      if (!BARE.contains(words.get(i))) {
        Pattern value = OPTIONS.get(words.get(i));
        assertThat(value).as("option %s in: %s", words.get(i), line).isNotNull();
        assertThat(words.get(++i)).as(line).matches(value);
      }
    }
  }

  /// Words are parted by blanks; a double quote begins and ends a word's quoted part, in which a
  /// backslash takes the next character as it is (`add_param_to_argv` of iptables).
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    boolean begun = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quoted && c == '\\') {
        word.append(line.charAt(++i));
      } else if (c == '"') {
        quoted = !quoted;
        begun = true;
      } else if (!quoted && (c == ' ' || c == '\t')) {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else {
        word.append(c);
        begun = true;
      }
    }
    assertThat(quoted).as("unterminated: %s", line).isFalse();
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }
}
