package dev.kproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
}
