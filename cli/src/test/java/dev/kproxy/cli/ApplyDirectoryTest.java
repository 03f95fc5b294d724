package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    String text =
        Files.readString(rules.resolve("iptables.rules"))
            .replaceFirst("\\Q" + place + "\\E", edited);
    replaceRules(rules, text.replace("*raw%", "*raw%:OUTPUT ACCEPT [0:0]%").replace('%', '\n'));
    namespace.sh("iptables-nft -N DOCKER; iptables-nft -A DOCKER -s 10.9.9.9 -j DROP");
    var before = namespace.tables("nft");
    Kproxy.Result refused = kproxy("apply", rules.toString(), "--node", "n1");
    ended(refused, 8);
    assertThat(refused.err()).contains("rules: iptables.rules: " + why);
    assertThat(namespace.tables("nft")).isEqualTo(before);
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
