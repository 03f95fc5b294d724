package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
          -A KUBE-FORWARD     | -A KUBE-FORWARD -j DOCKER --modprobe=/bin/id%-A KUBE-FORWARD | filter KUBE-FORWARD has a rule with a match or a target that is unknown here
          -A KUBE-FORWARD     | -A KUBE-FORWARD -m docker --modprobe=/bin/id -j DROP%-A KUBE-FORWARD | filter KUBE-FORWARD has a rule with a match or a target that is unknown here
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

  /// Where the good rules stand, little is parsed of the bad ones, and what is told is the same.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -A KUBE-MARK-MASQ      | -A KUBE-MARK-MASQ --bogus%-A KUBE-MARK-MASQ                   | 19: | --bogus
          -A KUBE-MARK-MASQ      | -A KUBE-MARK-MASQ -j KUBE-SERVICES --bogus%-A KUBE-MARK-MASQ  | 36: | --bogus
          -A KUBE-MARK-MASQ      | -A KUBE-MARK-MASQ -j K"UBE-SERVICES" --bogus%-A KUBE-MARK-MASQ | 38: | --bogus
          *nat                   | :KUBE-MARK-MASQ - [0:0]%*nat                                   | 1:  | stands in no table
          :KUBE-MARK-MASQ - [0:0]| :KUBE-MARK-MASQ FOO [0:0]                                     | 17: | FOO
          :KUBE-MARK-MASQ - [0:0]| :KUBE-MARK-MASQ - [0:x]                                       | 19: | 0:x
          """)
  void saysWhereALineIsThatIsNone(String place, String edited, String column, String what)
      throws IOException {
    Path rules = compiled("--without", "nfacct");
    String good = Files.readString(rules.resolve("iptables.rules"));
    String bad = good.replaceFirst("\\Q" + place + "\\E", edited.replace('%', '\n'));
    int line = (int) good.substring(0, good.indexOf(place)).lines().count() + 1;
    for (String stands : List.of("nothing", "the good rules")) {
      replaceRules(rules, bad);
      Kproxy.Result refused = kproxy("apply", rules.toString(), "--node", "n1");
      ended(refused, 8);
      assertThat(refused.err())
          .as(stands)
          .contains("iptables.rules:" + line + ":" + column)
          .contains(what);
      replaceRules(rules, good);
      ended(kproxy("apply", rules.toString(), "--node", "n1"), 0);
    }
  }

  /// A name in quotation marks, or before a tab, is the name without: nothing is made that is
  /// called otherwise, and others' rules stay.
  @ParameterizedTest
  @ValueSource(
      strings = {
        ":\"KUBE-NODE-PORT\" - [0:0]",
        ":KUBE-NODE-PORT\t- [0:0]",
        ":KUBE-FIREWALL\t - [0:0]",
        "# \uFFFD",
      })
  void takesANameForWhatItMeans(String head) throws IOException {
    Path rules = compiled("--without", "nfacct");
    String good = Files.readString(rules.resolve("iptables.rules"));
    String odd = good.replace("*nat\n", "*nat\n" + head + "\n");
    namespace.sh(
        "iptables-nft -t nat -N KUBE-FIREWALL; iptables-nft -t nat -A KUBE-FIREWALL -s 9.9.9.9 -j"
            + " RETURN");
    var before = namespace.tables("nft");
    for (String first : List.of(odd, good)) {
      replaceRules(rules, first);
      ended(kproxy("apply", rules.toString(), "--node", "n1"), 0);
      replaceRules(rules, odd);
      ended(kproxy("apply", rules.toString(), "--node", "n1"), 0);
      assertThat(namespace.tables("nft").toString())
          .contains("-A KUBE-FIREWALL -s 9.9.9.9/32 -j RETURN")
          .doesNotContain("\"KUBE", "\t");
      ended(kproxy("status"), 0);
      ended(kproxy("uninstall"), 0);
      assertThat(namespace.tables("nft")).isEqualTo(before);
    }
  }

  /// Each style after the other leads to the same.
  @Test
  void appliesBothStyles() throws IOException {
    String save = compiled("--without", "nfacct").toString();
    ended(kproxy("apply", save, "--node", "n1"), 0);
    var tables = namespace.tables("nft");
    for (String style : List.of("restore", "save", "restore")) {
      Path rules = compiled("--without", "nfacct", "--style", style);
      ended(kproxy("apply", rules.toString(), "--node", "n1"), 0);
      assertThat(namespace.tables("nft")).isEqualTo(tables);
    }
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
            good.replace(masquerade, masquerade + ":KUBE-MARK-MASQ - [0:0]\n"),
            good,
            good.replace(masquerade, masquerade + ":\"KUBE-MARK-MASQ\" - [0:0]\n"))) {
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
  void refusesASettingThatIsNoneOfKubeProxys() throws IOException {
    Path rules = compiled("--without", "nfacct");
    String good = Files.readString(rules.resolve("sysctl.conf"));
    String bad = good + "net.ipv4.tcp_syncookies = 0\n";
    replace(rules, "sysctl.conf", bad.getBytes(StandardCharsets.UTF_8));
    String before = namespace.sh("sysctl -n net.ipv4.tcp_syncookies");
    Kproxy.Result refused = kproxy("apply", rules.toString(), "--node", "n1");
    ended(refused, 8);
    assertThat(refused.err())
        .contains("sysctl.conf: net.ipv4.tcp_syncookies is none of kube-proxy's settings");
    assertThat(namespace.sh("sysctl -n net.ipv4.tcp_syncookies")).isEqualTo(before);
    assertThat(namespace.tables("nft")).isEmpty();
  }

  /// What the directory holds was compiled with other ones.
  @Test
  void refusesOptionsThatOnlyCountForManifests() {
    Path rules = compiled("--without", "nfacct");
    Kproxy.Result refused =
        kproxy(
            "apply",
            rules.toString(),
            "--node",
            "n1",
            "--cpus",
            "4",
            "--addresses",
            "nowhere",
            "--masquerade-all");
    ended(refused, 2);
    assertThat(refused.err())
        .isEqualTo(
            """
            error KP302: --addresses: says nothing without manifests, which -f names
            error KP302: --cpus: says nothing without manifests, which -f names
            error KP302: --masquerade-all: says nothing without manifests, which -f names
            """);
    assertThat(namespace.tables("nft")).isEmpty();
  }

  /// The folder `at` has a file `file`, and folders `empty` and `kproxy.json`.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          @/nowhere          | 2 | @/nowhere:1:1: error KP101: no such directory
          @/file             | 2 | @/file:1:1: error KP101: a file, and no directory of compile -d; -f names manifests
          @/file/below       | 2 | @/file/below:1:1: error KP101: no such directory
          @/empty            | 8 | error KP705: @/empty: it has no kproxy.json, which compile -d writes; -f names manifests
          @                  | 8 | error KP705: @: kproxy.json: Is a directory
          ''                 | 2 | error KP102: nothing to apply: -f names manifests, DIR a directory of compile -d
          @/empty -f @/file  | 2 | error KP302: either -f or DIR, not both: -f names manifests to compile, DIR holds what was compiled
          """)
  void saysWhatIsNoDirectoryOfCompile(String words, int code, String message) throws IOException {
    Path at = Files.createDirectory(directory.resolve("at"));
    Files.createFile(at.resolve("file"));
    Files.createDirectory(at.resolve("empty"));
    Files.createDirectory(at.resolve("kproxy.json"));
    String arguments = ("apply " + words).strip().replace("@", at.toString());
    Kproxy.Result refused = kproxy(arguments.split(" "));
    ended(refused, code);
    assertThat(refused.err()).isEqualTo(message.replace("@", at.toString()) + "\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kproxy.json  | {%"schema": "kproxy/v1 | kproxy.json:2:21: no JSON, or not all of it
          kproxy.json  | {"a": }                | kproxy.json:1:7: no JSON, or not all of it
          kproxy.json  | ''                     | kproxy.json is not of kproxy compile -d
          sysctl.conf  | net.ipv4.ip_forward    | sysctl.conf: no line that kproxy compile writes: net.ipv4.ip_forward
          """)
  void saysInPlainWordsWhatADirectoryHasThatIsNotKproxys(String file, String text, String why)
      throws IOException {
    Path rules = compiled("--without", "nfacct");
    replace(rules, file, text.replace('%', '\n').getBytes(StandardCharsets.UTF_8));
    Kproxy.Result refused = kproxy("apply", rules.toString(), "--node", "n1");
    ended(refused, 8);
    assertThat(refused.err()).isEqualTo("error KP705: " + rules + ": " + why + "\n");
  }

  @Test
  void saysThatAFileIsMissing() throws IOException {
    Path rules = compiled("--without", "nfacct");
    Files.delete(rules.resolve("iptables.rules"));
    Kproxy.Result refused = kproxy("apply", rules.toString(), "--node", "n1");
    ended(refused, 8);
    assertThat(refused.err())
        .isEqualTo("error KP705: " + rules + ": iptables.rules: no such file\n");
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
