package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// What `apply` takes for a kube-proxy's, and what it leaves alone though it is called `KUBE-…`.
class TakeOverTest extends OnHost {
  /// kube-router's policies, as K3s has them, the runtime's host ports, and kubelet's own chains.
  private static final String OTHERS =
      """
      *nat
      :KUBE-HOSTPORTS - [0:0]
      :KUBE-HP-ABCDEFGHIJKLMNOP - [0:0]
      :KUBE-MARK-DROP - [0:0]
      -A PREROUTING -j KUBE-HOSTPORTS
      -A KUBE-HOSTPORTS -p tcp -m tcp --dport 8080 -j KUBE-HP-ABCDEFGHIJKLMNOP
      -A KUBE-MARK-DROP -j MARK --set-xmark 0x8000/0x8000
      COMMIT
      *filter
      :KUBE-KUBELET-CANARY - [0:0]
      :KUBE-NWPLCY-ABCDEFGHIJKLMNOP - [0:0]
      :KUBE-POD-FW-ABCDEFGHIJKLMNOP - [0:0]
      :KUBE-ROUTER-FORWARD - [0:0]
      :KUBE-SVC-TOOSHORT - [0:0]
      -A FORWARD -m comment --comment "kube-router netpol" -j KUBE-ROUTER-FORWARD
      -A KUBE-ROUTER-FORWARD -d 10.42.0.5/32 -j KUBE-POD-FW-ABCDEFGHIJKLMNOP
      -A KUBE-POD-FW-ABCDEFGHIJKLMNOP -j REJECT --reject-with icmp-port-unreachable
      COMMIT
      """;

  /// What a kube-proxy in mode iptables leaves, one of its old chains included.
  private static final String LEFT =
      """
      *nat
      :KUBE-SERVICES - [0:0]
      :KUBE-XLB-AAAAAAAAAAAAAAAA - [0:0]
      -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
      -A KUBE-SERVICES -j KUBE-XLB-AAAAAAAAAAAAAAAA
      COMMIT
      *mangle
      :KUBE-PROXY-CANARY - [0:0]
      COMMIT
      """;

  /// Applies a cluster of IPv4.
  private Kproxy.Result applyIpv4(String... more) {
    return apply(MYSQL, more);
  }

  private void load(String tool, String rules) {
    namespace.sh(tool + "-nft-restore --noflush <<'RULES'\n" + rules + "RULES\n");
  }

  private static List<String> rules(String text) {
    return text.lines().filter(line -> line.startsWith("-A")).toList();
  }

  @Test
  void leavesChainsOfOthersThatAreCalledAlike() {
    load("iptables", OTHERS);
    var before = namespace.tables("nft");
    ended(applyIpv4(), 0);
    assertThat(namespace.sh("iptables-nft-save").lines()).containsAll(rules(OTHERS));
    ended(kproxy("uninstall"), 0);
    assertThat(namespace.tables("nft")).isEqualTo(before);
  }

  @Test
  void takesOverOnlyWhatIsOfAKubeProxy() {
    load("iptables", LEFT);
    load("iptables", OTHERS);
    var before = namespace.tables("nft");
    Kproxy.Result refused = applyIpv4();
    ended(refused, 8);
    assertThat(refused.err())
        .contains(
            "IPv4 mangle has KUBE-PROXY-CANARY of a kube-proxy, IPv4 nat has KUBE-SERVICES and 1"
                + " other chain of a kube-proxy;");

    ended(applyIpv4("--take-over"), 0);
    assertThat(namespace.sh("iptables-nft-save"))
        .contains(rules(OTHERS))
        .contains(":KUBE-SVC-TOOSHORT", ":KUBE-NWPLCY-", ":KUBE-KUBELET-CANARY")
        .doesNotContain("KUBE-XLB-");
    load("iptables", "*filter\n:KUBE-POD-FW-PONMLKJIHGFEDCBA - [0:0]\nCOMMIT\n");
    ended(applyIpv4(), 0);
    namespace.sh("iptables-nft -X KUBE-POD-FW-PONMLKJIHGFEDCBA");
    ended(kproxy("uninstall"), 0);
    assertThat(namespace.tables("nft")).isEqualTo(before);
  }

  @Test
  void takesOverTheFamilyThatTheClusterDoesNotHave() {
    load("ip6tables", LEFT);
    var before = namespace.tables("nft");
    Kproxy.Result refused = applyIpv4();
    ended(refused, 8);
    assertThat(refused.err())
        .contains(
            "IPv6 mangle has KUBE-PROXY-CANARY of a kube-proxy, IPv6 nat has KUBE-SERVICES and 1"
                + " other chain of a kube-proxy;");
    assertThat(namespace.tables("nft")).isEqualTo(before);

    ended(applyIpv4("--take-over"), 0);
    assertThat(namespace.sh("ip6tables-nft-save")).doesNotContain("KUBE-");
    ended(kproxy("status"), 0);
    ended(applyIpv4("--plan"), 0);
    ended(kproxy("uninstall"), 0);
    assertThat(namespace.tables("nft")).isEqualTo(before);
  }

  @Test
  void takesOverTheOtherFamilyBesideRulesOfItsOwn() {
    ended(applyIpv4(), 0);
    load("ip6tables", LEFT);
    var before = namespace.tables("nft");
    ended(applyIpv4(), 8);
    ended(applyIpv4("--take-over"), 0);
    assertThat(namespace.sh("ip6tables-nft-save")).doesNotContain("KUBE-");
    ended(kproxy("rollback"), 0);
    ended(kproxy("uninstall"), 0);
    assertThat(namespace.tables("nft"))
        .containsOnlyKeys("IPv6*mangle", "IPv6*nat")
        .allSatisfy((table, text) -> assertThat(text).isEqualTo(before.get(table)));
  }

  /// A kproxy left them whose state is lost: nobody is there to whom they could be given back.
  @Test
  void givesNothingBackThatIsOfAKproxy() {
    ended(applyIpv4(), 0);
    namespace.sh("rm -r " + directory.resolve("state"));
    Kproxy.Result status = kproxy("status");
    ended(status, 1);
    assertThat(status.out())
        .startsWith("nothing is applied\n")
        .contains("IPv4 nat KPROXY-META: names a generation that is not in this state directory");
    ended(applyIpv4(), 8);
    Kproxy.Result plan = applyIpv4("--take-over", "--plan");
    ended(plan, 1);
    assertThat(plan.out().lines())
        .contains("IPv4 filter, IPv4 mangle, IPv4 nat: the rules stay, and are marked as kproxy's")
        .doesNotContain("IPv4 nat");
    ended(applyIpv4("--take-over"), 0);
    ended(kproxy("uninstall"), 0);
    assertThat(namespace.sh("iptables-nft-save").lines())
        .filteredOn(line -> line.contains("KUBE-") || line.contains("KPROXY-"))
        .as("what may be kubelet's")
        .allMatch(line -> line.contains("KUBE-FIREWALL"));
    Kproxy.Result after = kproxy("status");
    ended(after, 0);
    assertThat(after.err()).isEmpty();
  }
}
