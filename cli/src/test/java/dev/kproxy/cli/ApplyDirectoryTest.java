package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A directory that somebody edited, its sums included: nothing of it gets beyond what is
/// kube-proxy's.
class ApplyDirectoryTest extends OnHost {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          *filter             | *filter%:DOCKER - [0:0]                  | filter DOCKER is none of kube-proxy's chains
          *filter             | *filter%:KUBE-ROUTER-FORWARD - [0:0]     | filter KUBE-ROUTER-FORWARD is none of kube-proxy's chains
          *filter             | *raw%-A OUTPUT -j DROP%COMMIT%*filter    | the table raw is none of kube-proxy's
          -A INPUT            | -A INPUT -s 10.9.9.9 -j DROP%-A INPUT    | filter INPUT has a rule that is no jump to a chain of kube-proxy
          -A OUTPUT           | -A OUTPUT -j DOCKER%-A OUTPUT            | filter OUTPUT has a rule that is no jump to a chain of kube-proxy
          """)
  void refusesWhatIsNoneOfKubeProxys(String place, String edited, String why) throws IOException {
    Path rules = compiled("--without", "nfacct");
    String good = Files.readString(rules.resolve("iptables.rules"));
    String text = good.replaceFirst("\\Q" + place + "\\E", edited);
    replaceRules(rules, text.replace("*raw%", "*raw%:OUTPUT ACCEPT [0:0]%").replace('%', '\n'));
    namespace.sh("iptables-nft -N DOCKER; iptables-nft -A DOCKER -s 10.9.9.9 -j DROP");
    refuses(rules, why);

    // Where all else of it stands already, that is not parsed once more.
    byte[] bad = Files.readAllBytes(rules.resolve("iptables.rules"));
    replaceRules(rules, good);
    ended(kproxy("apply", rules.toString(), "--node", "n1"), 0);
    replaceRules(rules, bad);
    refuses(rules, why);
  }

  private void refuses(Path rules, String why) throws IOException {
    var before = namespace.tables("nft");
    Kproxy.Result refused = kproxy("apply", rules.toString(), "--node", "n1");
    ended(refused, 8);
    assertThat(refused.err()).contains("rules: iptables.rules: " + why);
    assertThat(namespace.tables("nft")).isEqualTo(before);
  }

  /// The only line that is parsed the second time, and it is told where it stands.
  @Test
  void saysWhereALineIsThatIsNoRule() throws IOException {
    Path rules = compiled("--without", "nfacct");
    ended(kproxy("apply", rules.toString(), "--node", "n1"), 0);
    String good = Files.readString(rules.resolve("iptables.rules"));
    int place = good.indexOf("-A KUBE-MARK-MASQ");
    replaceRules(
        rules, good.substring(0, place) + "-A KUBE-MARK-MASQ --bogus\n" + good.substring(place));
    long line = good.substring(0, place).lines().count() + 1;
    Kproxy.Result refused = kproxy("apply", rules.toString(), "--node", "n1");
    ended(refused, 8);
    assertThat(refused.err()).contains("iptables.rules:" + line + ":19").contains("--bogus");
  }

  /// A rule goes, and one comes, and a chain is declared again, which empties it.
  @Test
  void appliesWhatIsOtherThanWhatStands() throws IOException {
    Path rules = compiled("--without", "nfacct");
    ended(kproxy("apply", rules.toString(), "--node", "n1"), 0);
    String good = Files.readString(rules.resolve("iptables.rules"));
    String masquerade = "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000\n";
    assertThat(good).contains(masquerade);
    for (String edited :
        List.of(
            good.replace(masquerade, masquerade.replace("0x4000/0x4000", "0x2000/0x2000")),
            good.replace(masquerade, ""),
            good,
            good.replace(masquerade, masquerade + ":KUBE-MARK-MASQ - [0:0]\n"))) {
      replaceRules(rules, edited);
      ended(kproxy("apply", rules.toString(), "--node", "n1"), 0);
      List<String> mark =
          namespace
              .sh("iptables-nft-save -t nat")
              .lines()
              .filter(it -> it.startsWith("-A KUBE-MARK-MASQ"))
              .toList();
      assertThat(mark)
          .isEqualTo(
              edited.contains("0x2000")
                  ? List.of("-A KUBE-MARK-MASQ -j MARK --set-xmark 0x2000/0x2000")
                  : edited.equals(good) ? List.of(masquerade.strip()) : List.of());
      ended(kproxy("status"), 0);
    }
  }

  @Test
  void refusesWhatIsNoText() throws IOException {
    Path rules = compiled("--without", "nfacct");
    replaceRules(rules, new byte[] {'*', (byte) 0xff});
    Kproxy.Result refused = kproxy("apply", rules.toString(), "--node", "n1");
    ended(refused, 8);
    assertThat(refused.err()).contains("rules: iptables.rules is not UTF-8");
  }
}
