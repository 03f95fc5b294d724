package dev.kproxy.iptables.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Option;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is read: other spellings of a rule, and what is wrong with a file. The spellings on the
/// right were printed by iptables-save 1.8.9 after iptables-restore had taken those on the left.
class IptablesParserTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          -s 10.0.0.1 -d 10.0.0.0/255.0.255.0 | -s 10.0.0.1/32 -d 10.0.0.0/255.0.255.0
          -o eth1 -i eth0 -f -p tcp | -i eth0 -o eth1 -p tcp -f
          ! -f ! -p tcp ! -s 1.2.3.4 ! -i e+ ! -o e | ! -s 1.2.3.4/32 ! -i e+ ! -o e ! -p tcp ! -f
          -s 10.1 | -s 10.1.0.0/32
          -s 1.2.3.4/0 -j ACCEPT | -j ACCEPT
          -p 112 | -p vrrp
          -p icmpv6 | -p ipv6-icmp
          -p 200 | -p 200
          -p TCP | -p tcp
          --proto tcp --src 1.2.3.4 --in-interface eth0 --fragment --goto U | -s 1.2.3.4/32 -i eth0 -p tcp -f -g U
          -m comment --comment "a\\"b'c\\\\d" | -m comment --comment "a\\"b\\'c\\\\d"
          -m comment --comment 'single' | -m comment --comment "\\'single\\'"
          -p tcp -m tcp --sport 1:5 --dport :80 | -p tcp -m tcp --sport 1:5 --dport 0:80
          -p tcp -m tcp --dport 0:65535 | -p tcp -m tcp
          -p tcp -m tcp --dport http | -p tcp -m tcp --dport 80
          -p tcp -m tcp --dport 0x50 | -p tcp -m tcp --dport 80
          -p tcp --syn | -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN
          -p tcp -m tcp --tcp-flags ALL NONE | -p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE
          -p tcp ! --destination-p 80 | -p tcp -m tcp ! --dport 80
          -p udp --dport=53 | -p udp -m udp --dport 53
          -p icmp --icmp-type echo-request | -p icmp -m icmp --icmp-type 8
          -p icmp -m icmp ! --icmp-type host-unreachable | -p icmp -m icmp ! --icmp-type 3/1
          -p icmp -m icmp --icmp-type 255/3 | -p icmp -m icmp --icmp-type any
          -p tcp -m multiport --source-ports 1,http | -p tcp -m multiport --sports 1,80
          -m mark ! --mark 16384 | -m mark ! --mark 0x4000
          -m mark --mark 010/0xffffffff | -m mark --mark 0x8
          -m mark --mark 1 -m connmark --mark 2 | -m mark --mark 0x1 -m connmark --mark 0x2
          -m conntrack --ctstate new,ESTABLISHED,RELATED | -m conntrack --ctstate NEW,RELATED,ESTABLISHED
          -m conntrack --ctdir ORIGINAL --ctproto tcp | -m conntrack --ctproto 6 --ctdir ORIGINAL
          -m addrtype --dst-type local --src-type UNICAST | -m addrtype --src-type UNICAST --dst-type LOCAL
          -m statistic --mode random --probability 0.33333 | -m statistic --mode random --probability 0.33332999982
          -m statistic --mode random --probability 1e-3 | -m statistic --mode random --probability 0.00100000016
          -m recent --set | -m recent --set --name DEFAULT --mask 255.255.255.255 --rsource
          -m recent ! --rcheck --name X --rdest | -m recent ! --rcheck --name X --mask 255.255.255.255 --rdest
          -m set --set S src | -m set --match-set S src
          -m set --match-set S src ! --packets-eq 5 --return-nomatch | -m set --match-set S src --return-nomatch ! --packets-eq 5
          -m iprange ! --dst-range 1.1.1.1-1.1.1.9 --src-range 1.1.1.1 | -m iprange --src-range 1.1.1.1-1.1.1.1 ! --dst-range 1.1.1.1-1.1.1.9
          -m owner --gid-owner 0 ! --uid-owner 5-7 --socket-exists | -m owner --socket-exists ! --uid-owner 5-7 --gid-owner 0
          -j REJECT --reject-with port-unreach | -j REJECT --reject-with icmp-port-unreachable
          -j MARK --set-mark 5 | -j MARK --set-xmark 0x5/0xffffffff
          -j MARK --and-mark 5 | -j MARK --set-xmark 0x0/0xfffffffa
          -j CONNMARK --set-mark 5/6 | -j CONNMARK --set-xmark 0x5/0x7
          -j CONNMARK --save-mark --mask 0xff | -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff
          -p tcp -j DNAT --to 1.2.3.4-1.2.3.4:80-80 --persistent --random | -p tcp -j DNAT --to-destination 1.2.3.4:80 --random --persistent
          -p udp -j SNAT --to-source :5-6 | -p udp -j SNAT --to-source :5-6
          -j NETMAP --to 1.2.3.4 | -j NETMAP --to 1.2.3.4/32
          -p tcp -j TPROXY --on-port 5 --tproxy-mark 1 | -p tcp -j TPROXY --on-port 5 --on-ip 0.0.0.0 --tproxy-mark 0x1/0xffffffff
          -j NFLOG --nflog-group 5 --nflog-prefix "x y" | -j NFLOG --nflog-prefix "x y" --nflog-group 5
          "-j" "ACCEPT" | -j ACCEPT
          """)
  void readsOtherSpellings(String given, String saved) {
    assertThat(save(Family.IPV4, given)).isEqualTo("-A X " + saved);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -s ::ffff:1.2.3.4 -d ::1:0 | -s ::ffff:1.2.3.4/128 -d ::0.1.0.0/128
          -s fd00::1/ffff::ffff | -s fd00::1/ffff::ffff
          -p icmpv6 --icmpv6-type echo-request | -p ipv6-icmp -m icmp6 --icmpv6-type 128
          -p icmpv6 -m icmpv6 --icmpv6-type 1/3 | -p ipv6-icmp -m icmp6 --icmpv6-type 1/3
          -j REJECT --reject-with adm-prohibited | -j REJECT --reject-with icmp6-adm-prohibited
          -p tcp -j DNAT --to-destination [fd00::1] | -p tcp -j DNAT --to-destination fd00::1
          -p tcp -j DNAT --to-destination [fd00::1-fd00::2]:80-90 | -p tcp -j DNAT --to-destination [fd00::1-fd00::2]:80-90
          -p tcp -j DNAT --to-destination :80 | -p tcp -j DNAT --to-destination :80
          -m recent --set --mask ffff:: | -m recent --set --name DEFAULT --mask ffff:: --rsource
          """)
  void readsOtherSpellingsOfIpv6(String given, String saved) {
    assertThat(save(Family.IPV6, given)).isEqualTo("-A X " + saved);
  }

  /// As two saves in one file: the second one is no reason for more faults.
  @Test
  void refusesATableThatStandsTwiceInOneLine() {
    List<String> faults = new ArrayList<>();
    String save = "*nat\n:X - [0:0]\n-A X -j ACCEPT\nCOMMIT\n";
    IptablesParser.parse(Family.IPV4, save + save, "f", fault -> faults.add(fault.toString()));
    assertThat(faults).containsExactly("f:5:1: error KP601: the table nat stands twice");
  }

  private static String save(Family family, String given) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    Optional<Ruleset> ruleset =
        IptablesParser.parse(family, file("-A X " + given), "f", diagnostics::add);
    assertThat(diagnostics).isEmpty();
    return IptablesPrinter.print(ruleset.orElseThrow(), Spelling.SAVE)
        .lines()
        .filter(line -> line.startsWith("-A"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          -A GONE -j ACCEPT | 4:4: error KP601: no chain "GONE" in the table filter
          -A X -s 10.96.0.1/33 | 4:9: error KP601: chain X of filter, f:2: "10.96.0.1/33" has no mask of an IPv4 address
          -A X -s 10.96.0.256 | 4:9: error KP601: chain X of filter, f:2: "10.96.0.256" is no IPv4 address; names are not looked up
          -A X -s localhost | 4:9: error KP601: chain X of filter, f:2: "localhost" is no IPv4 address; names are not looked up
          -A X -i "a\\"b" | 4:9: error KP601: chain X of filter, f:2: "a"b" is no name of an interface
          -A X -m "a b" | 4:9: error KP601: chain X of filter, f:2: "a b" is no name of a chain, match or target
          -A X -j "!x" | 4:9: error KP601: chain X of filter, f:2: "!x" is no name of a chain, match or target
          -A X -j OTHER "--a b" | 4:15: error KP601: chain X of filter, f:2: "--a b" is no option of a rule
          -A X -s ::1 | 4:9: error KP601: chain X of filter, f:2: "::1" is no IPv4 address; names are not looked up
          -A X -d ! 10.0.0.1 | 4:9: error KP601: chain X of filter, f:2: "!" after -d is the order of iptables 1.4.2 and older
          -A X -s 1.2.3.4 -s 1.2.3.5 | 4:17: error KP601: chain X of filter, f:2: -s stands twice
          -A X --dport 80 | 4:6: error KP601: chain X of filter, f:2: "--dport" belongs to no protocol, match or target of this rule
          -A X -m unknown --dport 80 -p udp | 4:17: error KP601: chain X of filter, f:2: "--dport" before the -p it is for
          -A X -m tcp --dport 80 | 4:9: error KP601: chain X of filter, f:2: -m tcp needs -p tcp
          -A X -p tcp -m tcp --dport 99999 | 4:28: error KP601: chain X of filter, f:2: "99999" is no port
          -A X -p tcp -m tcp --dport 90:80 | 4:28: error KP601: chain X of filter, f:2: "90:80" is no range of ports
          -A X -p tcp --dport | 4:13: error KP601: chain X of filter, f:2: --dport ends without its value
          -A X -m statistic --mode random --probability 1.5 | 4:47: error KP601: chain X of filter, f:2: "1.5" is no probability from 0 to 1
          -A X -m statistic --mode nth --every 3 --packet 3 | 4:49: error KP601: chain X of filter, f:2: "3" is no packet of 3
          -A X -m comment --comment "never closed | 4:27: error KP601: chain X of filter, f:2: a quote that is never closed
          -A X -m comment -j ACCEPT | 4:9: error KP601: chain X of filter, f:2: comment needs --comment
          -A X -m addrtype --dst-type FAR | 4:29: error KP601: chain X of filter, f:2: "FAR": no such type of address
          -A X -m conntrack ! --ctdir REPLY | 4:21: error KP601: chain X of filter, f:2: --ctdir cannot be inverted
          -A X -m recent --rcheck --update | 4:25: error KP601: chain X of filter, f:2: -m recent can do but one thing
          -A X -m recent --rcheck --reap | 4:9: error KP601: chain X of filter, f:2: --reap needs --seconds
          -A X ! -j ACCEPT | 4:6: error KP601: chain X of filter, f:2: -j cannot be inverted
          -A X ! ! -p tcp | 4:8: error KP601: chain X of filter, f:2: "!" stands twice
          -A X -j ACCEPT ! | 4:16: error KP601: chain X of filter, f:2: "!" with nothing to invert
          -A X -j X X | 4:11: error KP601: chain X of filter, f:2: "X" belongs to no option
          -A X -j LOG -j ACCEPT | 4:13: error KP601: chain X of filter, f:2: -j stands twice
          -A X -j DNAT --to-destination 1.1.1.1:80 | 4:31: error KP601: chain X of filter, f:2: DNAT to a port needs -p tcp, udp, sctp or dccp
          -A X -p tcp -j DNAT | 4:16: error KP601: chain X of filter, f:2: DNAT needs --to-destination
          -A X -j REJECT --reject-with tcp-reset | 4:30: error KP601: chain X of filter, f:2: tcp-reset needs -p tcp
          -A X -j MARK | 4:9: error KP601: chain X of filter, f:2: MARK without what to set
          -A X -j MARK --set-mark 1 --or-mark 2 | 4:27: error KP601: chain X of filter, f:2: --or-mark is one too many
          -A X -i averyverylongname0 | 4:9: error KP601: chain X of filter, f:2: "averyverylongname0" is no name of an interface
          -A X -p tcp -j DNAT --to-destination  --random | 4:39: error KP604: chain X of filter, f:2: --to-destination without its value; the tool that printed this was another version than the one that made the rule
          -A X -p tcp -j DNAT --to-destination 1.1.1.1 --to-destination 1.1.1.2 | 4:46: error KP604: chain X of filter, f:2: --to-destination stands twice; the tool that printed this was another version than the one that made the rule
          -A X -p tcp -m tcp --dport 80 [unsupported revision] | 4:31: error KP604: chain X of filter, f:2: "[unsupported" instead of options; the tool that printed this was another version than the one that made the rule
          -D X 1 | 4:1: error KP601: "-D" is no command of a ruleset that stands for itself
          :Y MAYBE [0:0] | 4:4: error KP601: "MAYBE" is no policy
          :ACCEPT - [0:0] | 4:2: error KP601: "ACCEPT" is a verdict, not a chain
          :DROP - [5:9] | 4:2: error KP601: "DROP" is a verdict, not a chain
          :QUEUE - | 4:2: error KP601: "QUEUE" is a verdict, not a chain
          -N RETURN | 4:4: error KP601: "RETURN" is a verdict, not a chain
          :Y - [0] | 4:6: error KP601: "[0]" are no counters
          *nat | 4:1: error KP601: the table filter ends without COMMIT
          hello | 4:1: error KP601: "hello" is no rule
          """)
  void saysWhatIsWrongAndWhere(String line, String diagnostic) {
    List<Diagnostic> diagnostics = new ArrayList<>();
    assertThat(IptablesParser.parse(Family.IPV4, file(line), "f", diagnostics::add)).isEmpty();
    assertThat(diagnostics.getFirst()).hasToString("f:" + diagnostic);
  }

  private static String file(String line) {
    return "*filter\n:X - [0:0]\n:U - [0:0]\n" + line + "\nCOMMIT\n";
  }

  @Test
  void tellsAllFaultsAtOnce() {
    assertThat(faults("*filter\n-A X\n:X\n-A INPUT -j DROP\n-A INPUT -s x\nCOMMIT\n"))
        .containsExactly(
            "f:2:4: error KP601: no chain \"X\" in the table filter",
            "f:3:1: error KP601: \":X\" is no line of a chain",
            "f:5:13: error KP601: \"x\" is no IPv4 address; names are not looked up");
  }

  @Test
  void stopsAfterAHundredFaults() {
    assertThat(faults("*filter\n" + "-A X\n".repeat(1000)))
        .hasSize(101)
        .last()
        .asString()
        .contains("KP108");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          Chain INPUT (policy ACCEPT) | f:1:1: error KP602: this is what iptables -L prints; what iptables-save prints is needed
          -P INPUT ACCEPT | f:1:1: error KP602: this is what iptables -S prints, which does not say of which table it is
          table ip filter { | f:1:1: error KP602: this is what nft prints; what iptables-save prints is needed
          create S hash:ip | f:1:1: error KP602: this is what ipset prints; what iptables-save prints is needed
          kind: Service | f:1:1: error KP601: "kind: Service" stands in no table; what iptables-save prints is needed
          *frobs | f:1:2: error KP601: "frobs" is no table of iptables
          *filter | f:1:1: error KP601: the table filter ends without COMMIT
          # Table `nat' is incompatible, use 'nft' tool. | f:1:1: error KP603: iptables-save could not show this table; nft list ruleset can
          # nothing | f:1:1: error KP601: no table at all; a failed iptables-save prints nothing, too
          """)
  void saysWhatAFileIsInstead(String text, String diagnostic) {
    assertThat(faults(text + "\n").getFirst()).isEqualTo(diagnostic);
  }

  @Test
  void notesRulesOfTheOtherBackEndAndOtherLineEnds() {
    List<Diagnostic> diagnostics = new ArrayList<>();
    Optional<Ruleset> ruleset =
        IptablesParser.parse(
            Family.IPV4,
            """
            # Warning: iptables-legacy tables present, use iptables-legacy-save to see them
            *filter
            COMMIT
            """
                .replace("\n", "\r\n"),
            "f",
            diagnostics::add);
    assertThat(ruleset).isPresent();
    assertThat(diagnostics)
        .extracting(Diagnostic::toString)
        .containsExactly(
            "f:1:80: note KP601: lines end in CR LF; iptables-restore would refuse them",
            "f:1:1: note KP603: this host has rules of the other back end, too: Warning:"
                + " iptables-legacy tables present, use iptables-legacy-save to see them");
  }

  @Test
  void notesTheOtherBackEndOnce() {
    String text = "# Warning: iptables-legacy tables present, use x\n".repeat(200) + file("");
    assertThat(faults(text)).hasSize(1);
  }

  @Test
  void carriesUnknownMatchesAndTargetsAlong() {
    List<Diagnostic> diagnostics = new ArrayList<>();
    Ruleset ruleset =
        IptablesParser.parse(
                Family.IPV4,
                file(
                    "-A X -p tcp -m frob --frob 7 8 ! --bar -m tcp --dport 80 -j FROB --x \"a b\""),
                "f",
                diagnostics::add)
            .orElseThrow();
    var rule = ruleset.tables().getFirst().chains().getFirst().rules().getFirst();
    assertThat(rule.matches())
        .containsExactly(
            new Match.Protocol(6, false),
            new Match.Module(
                "frob", List.of(Option.of("frob", "7", "8"), new Option("bar", true, List.of()))),
            Match.Tcp.to(80));
    assertThat(rule.action()).isEqualTo(new Action.Target("FROB", List.of(Option.of("x", "a b"))));
    assertThat(IptablesPrinter.print(Family.IPV4, "X", rule, Spelling.SAVE))
        .isEqualTo("-A X -p tcp -m frob --frob 7 8 ! --bar -m tcp --dport 80 -j FROB --x \"a b\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-x", "--x", "!", "a \"b\\", ""})
  void quotesWordsThatWouldBeReadAsSomethingElse(String word) {
    Rule rule =
        new Rule(
            List.of(new Match.Module("frob", List.of(Option.of("x", word)))), new Action.None());
    String line = IptablesPrinter.print(Family.IPV4, "X", rule, Spelling.SAVE);
    Ruleset ruleset = IptablesParser.parse(Family.IPV4, file(line), "f", _ -> {}).orElseThrow();
    assertThat(ruleset.tables().getFirst().chains().getFirst().rules()).containsExactly(rule);
  }

  @Test
  void takesAChainOfTheTableForAChainWhateverItsName() {
    String text = "*filter\n:LOG - [0:0]\n-A INPUT -j LOG\n-A INPUT -j NOWHERE\nCOMMIT\n";
    Ruleset ruleset = IptablesParser.parse(Family.IPV4, text, "f", _ -> {}).orElseThrow();
    assertThat(ruleset.table("filter").orElseThrow().chain("INPUT").orElseThrow().rules())
        .extracting(rule -> rule.action())
        .containsExactly(new Action.Jump("LOG"), new Action.Jump("NOWHERE"));
  }

  @Test
  void beginsAChainAnewWhoseLineStandsTwice() {
    String text =
        "*filter\n:X - [0:0]\n-A X -j DROP\n:X - [1:2]\n-I X -j ACCEPT\n-I X 2 -j RETURN\nCOMMIT\n";
    Ruleset ruleset = IptablesParser.parse(Family.IPV4, text, "f", _ -> {}).orElseThrow();
    assertThat(IptablesPrinter.print(ruleset, Spelling.SAVE))
        .isEqualTo("*filter\n:X - [1:2]\n-A X -j ACCEPT\n-A X -j RETURN\nCOMMIT\n");
  }

  @Test
  void readsCommandsThatFlushAndDelete() {
    String text = "*nat\n:X - [0:0]\n:Y - [0:0]\n-A X -j DROP\n-A Y -j DROP\n-F X\n-X X\nCOMMIT\n";
    Ruleset ruleset = IptablesParser.parse(Family.IPV4, text, "f", _ -> {}).orElseThrow();
    assertThat(IptablesPrinter.print(ruleset, Spelling.SAVE))
        .isEqualTo("*nat\n:Y - [0:0]\n-A Y -j DROP\nCOMMIT\n");
  }

  @Test
  void readsAListingWithCounters() {
    String text =
        "-P INPUT DROP -c 5 600\n-N X\n-A INPUT -c 3 180 -j X\n-A X -p tcp -m tcp --dport 5\n";
    Ruleset ruleset =
        IptablesParser.parseTable(Family.IPV4, "filter", text, "f", _ -> {}).orElseThrow();
    assertThat(IptablesPrinter.print(ruleset, Spelling.SAVE_COUNTERS))
        .isEqualTo(
            """
            *filter
            :INPUT DROP [5:600]
            :X - [0:0]
            [3:180] -A INPUT -j X
            [0:0] -A X -p tcp -m tcp --dport 5
            COMMIT
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n\n",
        "*",
        "*filter\n:\nCOMMIT",
        "*filter\n-A\n-A INPUT -m\n-A INPUT -j\nCOMMIT\n",
        "*filter\n[\n[5:5]\n[a:b] -A INPUT\n[99999999999999999999:0] -A INPUT\nCOMMIT\n",
        "*filter\n-A INPUT -m comment --comment \"\\",
        "*filter\n-A INPUT -m \0 --x\nCOMMIT\n",
        "*filter\n-A INPUT -m comment --comment \"\u202e\ud800\" -j \u2066\nCOMMIT\n",
        "*filter\n-A INPUT -s , -d ,,, -s /\nCOMMIT\n",
        "*filter\n-A INPUT -s 1.1.1.1/ -d /24\nCOMMIT\n",
        "*nat\n-A OUTPUT -p tcp -j DNAT --to-destination :::/-\nCOMMIT\n",
        "*nat\n-A OUTPUT -p tcp -j DNAT --to-destination \"\"\nCOMMIT\n",
        "*nat\n-A OUTPUT -p tcp -j DNAT --to-destination 1.1.1.1:-/5\nCOMMIT\n",
        "*filter\n-A INPUT -m mark --mark /\n-A INPUT -m mark --mark 5/\nCOMMIT\n",
        "*filter\n-A INPUT -p tcp -m tcp --sport : --tcp-flags , ,\nCOMMIT\n",
        "*filter\n-A INPUT -m statistic --mode random --probability 9e999999999\nCOMMIT\n",
        "*filter\n-A INPUT --\n-A INPUT --=\n-A INPUT -p tcp --dport=\n-A INPUT -m x --=\nCOMMIT\n",
        "*filter\n-I INPUT 99999999999 -j DROP\n-I INPUT 0\nCOMMIT\n",
        "*filter\n-A INPUT -m iprange --src-range -\n-A INPUT -m set --match-set a ,\nCOMMIT\n",
        "*filter\n-P\n-P INPUT\n-N X\n-N X\n-F Y\n-X Y\n-X INPUT\nCOMMIT\n"
      })
  void neverThrowsAtHostileText(String text) {
    for (Family family : Family.values()) {
      IptablesParser.parse(family, text, "f", _ -> {});
      IptablesParser.parseTable(family, "filter", text, "f", _ -> {});
    }
  }

  @Test
  void refusesHugeLinesWithoutRepeatingThem() {
    List<String> faults =
        faults(file("-A X -m comment --comment \"" + "x".repeat(1_000_000) + "\" -j ACCEPT"));
    assertThat(faults).hasSize(1);
    assertThat(faults.getFirst()).startsWith("f:4:1: error KP108").hasSizeLessThan(200);
    assertThat(faults(file("-A X -m comment --comment " + "x".repeat(256))))
        .containsExactly(
            "f:4:27: error KP601: chain X of filter, f:2: a comment of more than 255 bytes");
  }

  @Test
  void refusesALineThatMakesTooManyRules() {
    String addresses = "1.1.1.1" + ",1.1.1.1".repeat(99);
    assertThat(faults(file("-A X -s " + addresses + " -d " + addresses)))
        .containsExactly(
            "f:4:809: error KP108: chain X of filter, f:2: more rules than fit a line");
  }

  private static List<String> faults(String text) {
    List<String> faults = new ArrayList<>();
    IptablesParser.parse(Family.IPV4, text, "f", it -> faults.add(it.toString()));
    return faults;
  }
}
