package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What kubelet made before kproxy came stays, though kube-proxy makes it, too.
class KubeletTest extends OnHost {
  /// What kubelet makes of IPv4 and, but for the rule, of IPv6 (`kubelet_network_linux.go`).
  private static final String KUBELET =
      """
      *mangle
      :KUBE-IPTABLES-HINT - [0:0]
      :KUBE-KUBELET-CANARY - [0:0]
      COMMIT
      *filter
      :KUBE-FIREWALL - [0:0]
      -A INPUT -j KUBE-FIREWALL
      -A OUTPUT -j KUBE-FIREWALL
      -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming \
      localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
      COMMIT
      """;

  private static final String IPV6 = KUBELET.replaceAll("-A KUBE-FIREWALL.*\n", "");

  /// What other rules it has there up to 1.24.
  private static final String MATCH = "-m mark --mark 0x8000/0x8000 -j DROP";

  private static final String DROP = "-A KUBE-FIREWALL " + MATCH + "\n";

  private void load(String tool, String rules) {
    namespace.sh(tool + "-restore --noflush <<'RULES'\n" + rules + "RULES\n");
  }

  private void holds(String tool, String rules) {
    List<String> lines = rules.lines().filter(it -> it.matches("[:-].*")).toList();
    assertThat(namespace.sh(tool + "-save").lines()).containsAll(lines);
  }

  private void isAsKubeletMadeIt(String backend) {
    holds("iptables-" + backend, KUBELET);
    holds("ip6tables-" + backend, IPV6);
    ended(kproxy("status"), 0);
  }

  private void kubelet(String backend) {
    load("iptables-" + backend, KUBELET);
    load("ip6tables-" + backend, IPV6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "legacy"})
  void staysInAFamilyThatIsWantedNoMore(String backend) {
    kubelet(backend);
    var before = namespace.tables(backend);
    ended(apply(MYSQL, "--ip-family", "dual", "--backend", backend), 0);
    for (String family : List.of("ipv4", "ipv6")) {
      ended(apply(MYSQL, "--ip-family", family), 0);
      isAsKubeletMadeIt(backend);
      ended(kproxy("rollback"), 0);
      isAsKubeletMadeIt(backend);
    }
    ended(kproxy("uninstall"), 0);
    assertThat(namespace.tables(backend)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "legacy"})
  void staysOnTheWayBackToAGenerationWithoutItsFamily(String backend) {
    kubelet(backend);
    ended(apply(MYSQL, "--backend", backend), 0);
    ended(apply(MYSQL, "--ip-family", "dual"), 0);
    ended(kproxy("rollback"), 0);
    isAsKubeletMadeIt(backend);
    ended(apply(MYSQL, "--plan"), 0);
  }

  /// As kubelet up to 1.24 makes it, and makes it again each minute.
  @ParameterizedTest
  @ValueSource(strings = {"nft", "legacy"})
  void staysWithOtherRulesInItsChain(String backend) {
    String tool = "iptables-" + backend;
    load(tool, KUBELET.replaceAll("-A KUBE-FIREWALL.*\n", DROP));
    load("ip6tables-" + backend, IPV6);
    namespace.sh("ip6tables-" + backend + " " + DROP);
    var before = namespace.tables(backend);
    String counted = "[7:420] " + DROP.strip();
    namespace.sh(tool + " -Z KUBE-FIREWALL; " + tool + " -R KUBE-FIREWALL 1 -c 7 420 " + MATCH);

    Kproxy.Result plan = apply(MYSQL, "--ip-family", "dual", "--backend", backend, "--plan");
    assertThat(plan.out()).contains("  + -A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8");
    ended(apply(MYSQL, "--ip-family", "dual", "--backend", backend), 0);
    assertThat(namespace.sh(tool + "-save -c -t filter")).contains(counted);
    namespace.sh(tool + " -A KUBE-FIREWALL -s 9.9.9.9 -j DROP");
    ended(kproxy("status"), 0);
    namespace.sh(tool + " -D KUBE-FIREWALL 1");
    Kproxy.Result drift = kproxy("status");
    ended(drift, 1);
    assertThat(drift.out()).contains("IPv4 filter KUBE-FIREWALL: a rule is missing: ! -s 127.0");
    ended(apply(MYSQL, "--ip-family", "dual"), 0);
    ended(apply(MYSQL, "--iptables-localhost-nodeports=false"), 0);
    assertThat(namespace.sh(tool + "-save -c -t filter")).contains(counted);
    ended(kproxy("uninstall"), 0);
    assertThat(namespace.sh(tool + "-save -c -t filter")).contains(counted);
    namespace.sh(tool + " -D KUBE-FIREWALL -s 9.9.9.9 -j DROP");
    assertThat(namespace.tables(backend)).isEqualTo(before);
  }

  /// Kubelet starts when kproxy has made the chain.
  @Test
  void staysWhereItsRulesCameLater() {
    ended(apply(MYSQL), 0);
    namespace.sh("iptables-nft " + DROP);
    ended(apply(MYSQL, "--ip-family", "ipv6"), 0);
    ended(kproxy("uninstall"), 0);
    assertThat(namespace.sh("iptables-nft-save -t filter").lines())
        .filteredOn(line -> line.contains("KUBE-"))
        .containsExactly(":KUBE-FIREWALL - [0:0]", DROP.strip());
  }
}
