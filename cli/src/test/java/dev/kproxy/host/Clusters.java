package dev.kproxy.host;

import dev.kproxy.host.ipvs.Balancer;
import dev.kproxy.host.plan.Target;
import dev.kproxy.host.rules.RulesText;
import dev.kproxy.net.Family;
import java.util.List;
import java.util.Map;

/// Two small sets of rules that differ in each table, with a setting and a counter.
final class Clusters {
  private static final String ONLY_ONE = "KUBE-SVC-ONLYONE000000000";
  private static final String COUNTS_ONE = "counts_one";

  private Clusters() {}

  static Target one() {
    return of("one", "10.0.0.1", ONLY_ONE, "1", COUNTS_ONE);
  }

  /// The IPv4 rules of the first one.
  static String oneText() {
    return text("10.0.0.1/32", "10.0.0.1", ONLY_ONE, COUNTS_ONE);
  }

  /// The rules of a text.
  static Target.Rules rules(Family family, String text) {
    return applied -> RulesText.read(family, text, "the test", applied);
  }

  static Target two() {
    return of("two", "10.0.0.2", "KUBE-SVC-ONLYTWO000000000", "0", "counts_two");
  }

  /// One of a thousand that all differ.
  static Target number(int number) {
    return of(
        Integer.toString(number),
        "10.2." + number / 256 + "." + number % 256,
        "KUBE-SVC-NUMBER%010d".formatted(number),
        "1",
        "counts_" + number);
  }

  /// The first one with so many chains more in one table that they are loaded in portions.
  static Target many() {
    StringBuilder chains = new StringBuilder();
    StringBuilder rules = new StringBuilder();
    for (int i = 0; i < 700; i++) {
      String chain = "KUBE-SVC-MANY%012d".formatted(i);
      String ip = "10.1." + i / 250 + "." + i % 250;
      chains.append(":" + chain + " - [0:0]\n");
      rules.append("-A KUBE-SERVICES -d " + ip + "/32 -p tcp -m tcp --dport 80 -j " + chain + "\n");
      rules.append("-A " + chain + " -p tcp -j DNAT --to-destination " + ip + ":8080\n");
    }
    String text = oneText();
    int end = text.lastIndexOf("COMMIT");
    String more = text.substring(0, end) + rules + text.substring(end);
    return new Target(
        "many",
        "many",
        Map.of(Family.IPV4, rules(Family.IPV4, more.replace("*nat\n", "*nat\n" + chains))),
        one().sysctls(),
        one().counters(),
        Balancer.NONE,
        List.of());
  }

  private static Target of(String source, String ip, String own, String localnet, String counter) {
    String ip6 = "fd00::" + ip.substring(ip.lastIndexOf('.') + 1);
    return new Target(
        source,
        source,
        Map.of(
            Family.IPV4, rules(Family.IPV4, text(ip + "/32", ip, own, counter)),
            Family.IPV6, rules(Family.IPV6, text(ip6 + "/128", "[" + ip6 + "]", own, counter))),
        Map.of("net.ipv4.conf.all.route_localnet", localnet),
        List.of(counter),
        Balancer.NONE,
        List.of());
  }

  private static String text(String address, String to, String own, String counter) {
    return """
    *filter
    :INPUT ACCEPT [0:0]
    :FORWARD ACCEPT [0:0]
    :OUTPUT ACCEPT [0:0]
    :KUBE-FORWARD - [0:0]
    -A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
    -A KUBE-FORWARD -d ADDRESS -m nfacct --nfacct-name  COUNTER -j DROP
    COMMIT
    *nat
    :PREROUTING ACCEPT [0:0]
    :INPUT ACCEPT [0:0]
    :OUTPUT ACCEPT [0:0]
    :POSTROUTING ACCEPT [0:0]
    :KUBE-SERVICES - [0:0]
    :OWN - [0:0]
    -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
    -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
    -A KUBE-SERVICES -d ADDRESS -p tcp -m tcp --dport 80 -j OWN
    -A OWN -p tcp -m tcp -j DNAT --to-destination TO:8080
    COMMIT
    """
        .replace("ADDRESS", address)
        .replace("COUNTER", counter)
        .replace("OWN", own)
        .replace("TO", to);
  }
}
