package dev.kproxy.iptables.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.Criterion.State;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Match.AddrType;
import dev.kproxy.iptables.Match.MatchSet.Side;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.net.Cidr;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The rules that kube-proxy writes, in both spellings; the expected lines are those of the
/// recorded kube-proxy and of the iptables-save after it.
class IptablesPrinterTest {
  private static final Match.Protocol TCP = Match.Protocol.of(Protocol.TCP);

  @Test
  void writesPortsAfterProtocolAndDestinationAsKubeProxyDoes() {
    assertSpellings(
        new Action.Jump("KUBE-MARK-MASQ"),
        "-A X -m comment --comment \"shop/web:http cluster IP\" -m tcp -p tcp -d 10.96.10.20"
            + " --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ",
        "-A X ! -s 10.244.0.0/16 -d 10.96.10.20/32 -p tcp -m comment --comment"
            + " \"shop/web:http cluster IP\" -m tcp --dport 80 -j KUBE-MARK-MASQ",
        new Match.Comment("shop/web:http cluster IP"),
        Match.Tcp.to(80),
        TCP,
        new Match.Destination(MaskedIp.host(Ip.of("10.96.10.20")), false),
        new Match.Source(Cidr.of("10.244.0.0/16"), true));
  }

  @Test
  void quotesCommentsWithBlanksInRestoreAndAnyButPlainWordsInSave() {
    assertSpellings(
        new Action.Jump("KUBE-EXT-A"),
        "-A X -m comment --comment shop/web:http -m udp -p udp --dport 53 -j KUBE-EXT-A",
        "-A X -p udp -m comment --comment \"shop/web:http\" -m udp --dport 53 -j KUBE-EXT-A",
        new Match.Comment("shop/web:http"),
        Match.Udp.to(53),
        Match.Protocol.of(Protocol.UDP));
    assertSpellings(
        new Action.None(),
        "-A X -m comment --comment \"it's a \\\"test\\\"\"",
        "-A X -m comment --comment \"it\\'s a \\\"test\\\"\"",
        new Match.Comment("it's a \"test\""));
    assertSpellings(
        new Action.None(),
        "-A X -m comment --comment plain_word-1",
        "-A X -m comment --comment plain_word-1",
        new Match.Comment("plain_word-1"));
  }

  @Test
  void writesMarksWithEightDigitsInRestoreOnly() {
    assertSpellings(
        new Action.Return(),
        "-A X -m mark ! --mark 0x00004000/0x00004000 -j RETURN",
        "-A X -m mark ! --mark 0x4000/0x4000 -j RETURN",
        new Match.Mark(0x4000, 0x4000, true));
    assertSpellings(
        Action.Mark.or(0x4000),
        "-A X -j MARK --or-mark 0x00004000",
        "-A X -j MARK --set-xmark 0x4000/0x4000");
    assertSpellings(
        Action.Mark.xor(1 << 31),
        "-A X -j MARK --xor-mark 0x80000000",
        "-A X -j MARK --set-xmark 0x80000000/0x0");
  }

  @Test
  void writesProbabilitiesAsKubeProxyMeansThemAndAsTheKernelStoresThem() {
    assertProbability(2, "0.5000000000", "0.50000000000");
    assertProbability(3, "0.3333333333", "0.33333333349");
    assertProbability(6, "0.1666666667", "0.16666666651");
    assertProbability(7, "0.1428571429", "0.14285714272");
    assertProbability(2048, "0.0004882812", "0.00048828125");
    assertProbability(4999, "0.0002000400", "0.00020004017");
    assertProbability(100_001, "0.0000099999", "0.00001000008");
  }

  private static void assertProbability(int k, String restored, String saved) {
    assertSpellings(
        new Action.None(),
        "-A X -m statistic --mode random --probability " + restored,
        "-A X -m statistic --mode random --probability " + saved,
        Match.Random.oneIn(k));
  }

  @Test
  void writesAffinity() {
    assertSpellings(
        new Action.Jump("KUBE-SEP-A"),
        "-A X -m recent --name KUBE-SEP-A --rcheck --seconds 600 --reap -j KUBE-SEP-A",
        "-A X -m recent --rcheck --seconds 600 --reap --name KUBE-SEP-A --mask 255.255.255.255"
            + " --rsource -j KUBE-SEP-A",
        Match.Recent.check("KUBE-SEP-A", 600));
    assertSpellings(
        new Action.Dnat(Ip.of("10.244.1.5"), 8080),
        "-A X -m comment --comment shop/web:http -m recent --name KUBE-SEP-A --set -m tcp -p tcp"
            + " -j DNAT --to-destination 10.244.1.5:8080",
        "-A X -p tcp -m comment --comment \"shop/web:http\" -m recent --set --name KUBE-SEP-A"
            + " --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.1.5:8080",
        new Match.Comment("shop/web:http"),
        Match.Recent.set("KUBE-SEP-A"),
        Match.Tcp.ANY,
        TCP);
  }

  @Test
  void writesWhatDependsOnTheFamily() {
    Rule recent = new Rule(List.of(Match.Recent.set("A")), new Action.Dnat(Ip.of("fd00::5"), 53));
    assertThat(IptablesPrinter.print(Family.IPV6, "X", recent, Spelling.SAVE))
        .isEqualTo(
            "-A X -m recent --set --name A --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource"
                + " -j DNAT --to-destination [fd00::5]:53");
    Rule reject = new Rule(List.of(), new Action.Reject());
    assertThat(IptablesPrinter.print(Family.IPV6, "X", reject, Spelling.SAVE))
        .isEqualTo("-A X -j REJECT --reject-with icmp6-port-unreachable");
    assertSpellings(
        new Action.Reject(),
        "-A X -j REJECT",
        "-A X -j REJECT --reject-with icmp-port-unreachable");
  }

  @Test
  void writesTheOtherMatchesOfKubeProxy() {
    assertSpellings(
        new Action.Drop(),
        "-A X -m comment --comment \"block incoming localnet connections\" -d 127.0.0.0/8"
            + " ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP",
        "-A X ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment"
            + " \"block incoming localnet connections\" -m conntrack ! --ctstate"
            + " RELATED,ESTABLISHED,DNAT -j DROP",
        new Match.Comment("block incoming localnet connections"),
        new Match.Destination(Cidr.of("127.0.0.0/8"), false),
        new Match.Source(Cidr.of("127.0.0.0/8"), true),
        Match.Conntrack.notIn(State.DNAT, State.ESTABLISHED, State.RELATED));
    assertSpellings(
        new Action.Drop(),
        "-A X -m conntrack --ctstate INVALID -m nfacct --nfacct-name ct_invalid -j DROP",
        "-A X -m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct_invalid -j DROP",
        Match.Conntrack.in(State.INVALID),
        new Match.NfAcct("ct_invalid"));
    assertSpellings(
        new Action.Accept(),
        "-A X -m set --match-set KUBE-EXTERNAL-IP dst,dst -m physdev ! --physdev-is-in -m addrtype"
            + " ! --src-type LOCAL -j ACCEPT",
        "-A X -m set --match-set KUBE-EXTERNAL-IP dst,dst -m physdev ! --physdev-is-in -m addrtype"
            + " ! --src-type LOCAL -j ACCEPT",
        Match.MatchSet.of("KUBE-EXTERNAL-IP", Side.DST, Side.DST),
        Match.PhysDev.NOT_IN,
        AddrType.source(AddrType.Kind.LOCAL, true));
    assertSpellings(
        new Action.Drop(),
        "-A X -s 198.51.100.1 -m ipvs --vaddr 198.51.100.1 --vproto tcp --vport 443 -j DROP",
        "-A X -s 198.51.100.1/32 -m ipvs --vproto 6 --vaddr 198.51.100.1 --vport 443 -j DROP",
        new Match.Source(MaskedIp.host(Ip.of("198.51.100.1")), false),
        Match.Ipvs.to(Ip.of("198.51.100.1"), Protocol.TCP, 443));
    assertSpellings(
        new Action.Masquerade(true),
        "-A X ! -i cni+ -j MASQUERADE --random-fully",
        "-A X ! -i cni+ -j MASQUERADE --random-fully",
        new Match.InInterface("cni+", true));
  }

  /// The C library writes the last 32 bits of such an address with dots, Go does not.
  @Test
  void writesIpv4CompatibleAddressesAsGoDoesInRestore() {
    Rule rule =
        new Rule(
            List.of(new Match.Destination(MaskedIp.host(Ip.of("::1:2")), false)),
            new Action.Drop());
    assertThat(IptablesPrinter.print(Family.IPV6, "X", rule, Spelling.RESTORE))
        .isEqualTo("-A X -d ::1:2 -j DROP");
    assertThat(IptablesPrinter.print(Family.IPV6, "X", rule, Spelling.SAVE))
        .isEqualTo("-A X -d ::0.1.0.2/128 -j DROP");
  }

  @Test
  void savesNoHeaderThatRestrictsNothing() {
    assertSpellings(
        new Action.Accept(),
        "-A X -s 0.0.0.0/0 -o + -p ip -j ACCEPT",
        "-A X -j ACCEPT",
        new Match.Source(Cidr.of("0.0.0.0/0"), false),
        new Match.OutInterface("+", false),
        new Match.Protocol(0, false));
  }

  @Test
  void printsChainLinesBeforeAllRules() {
    Rule rule = new Rule(List.of(), new Action.Jump("B"), Optional.of(new Counters(3, 180)), 0);
    Ruleset ruleset =
        new Ruleset(
            Family.IPV4,
            List.of(
                new Table(
                    "filter",
                    List.of(
                        new Chain.Of(
                            "INPUT",
                            Optional.of(Chain.Policy.DROP),
                            new Counters(7, -1),
                            List.of(rule)),
                        new Chain.Of("B", List.of(new Rule(List.of(), new Action.Goto("C")))),
                        new Chain.Of("C", List.of())))));
    assertThat(IptablesPrinter.print(ruleset, Spelling.SAVE))
        .isEqualTo(
            """
            *filter
            :INPUT DROP [7:18446744073709551615]
            :B - [0:0]
            :C - [0:0]
            -A INPUT -j B
            -A B -g C
            COMMIT
            """);
    assertThat(IptablesPrinter.print(ruleset, Spelling.SAVE_COUNTERS))
        .contains("\n[3:180] -A INPUT -j B\n[0:0] -A B -g C\n");
  }

  private static void assertSpellings(
      Action action, String restored, String saved, Match... matches) {
    Rule rule = new Rule(List.of(matches), action);
    assertThat(IptablesPrinter.print(Family.IPV4, "X", rule, Spelling.RESTORE)).isEqualTo(restored);
    assertThat(IptablesPrinter.print(Family.IPV4, "X", rule, Spelling.SAVE)).isEqualTo(saved);
  }
}
