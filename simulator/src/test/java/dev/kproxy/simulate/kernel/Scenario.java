package dev.kproxy.simulate.kernel;

import dev.kproxy.net.Family;
import dev.kproxy.simulate.HostFacts;
import java.util.HashMap;
import java.util.Map;

/// A packet and the rules that it meets.
///
/// @param name what is to be seen
/// @param host `client`, `pod` or `node`
/// @param packet as [Sender] takes it
/// @param setup commands that change the host
/// @param sysctls settings that they change
record Scenario(
    String name,
    Family family,
    String host,
    String packet,
    String rules,
    String sets,
    String setup,
    Map<String, String> sysctls) {
  /// How packets begin that a client, a pod and the host send.
  static final String CLIENT = "udp,203.0.113.5,4000,";

  static final String POD = "udp,10.244.1.5,4000,";
  static final String NODE = "udp,192.168.0.11,4000,";

  /// A rule that only counts, in every built-in chain of every table. Without a rule that asks for
  /// it, the kernel does not track connections.
  static final String EVERYWHERE =
      """
      *raw
      -A PREROUTING -p udp
      -A OUTPUT -p udp
      COMMIT
      *mangle
      -A PREROUTING -p udp
      -A INPUT -p udp
      -A FORWARD -p udp
      -A OUTPUT -p udp
      -A POSTROUTING -p udp
      COMMIT
      *nat
      -A PREROUTING -p udp
      -A INPUT -p udp
      -A OUTPUT -p udp
      -A POSTROUTING -p udp
      COMMIT
      *security
      -A INPUT -p udp
      -A FORWARD -p udp
      -A OUTPUT -p udp
      -A OUTPUT -p tcp -m state --state NEW
      COMMIT
      *filter
      -A INPUT -p udp
      -A FORWARD -p udp
      -A OUTPUT -p udp
      COMMIT
      """;

  static Scenario of(String name, String host, String packet, String rules) {
    Family family = packet.contains(":") ? Family.IPV6 : Family.IPV4;
    return new Scenario(name, family, host, packet, rules, "", "", Map.of());
  }

  Scenario withSets(String text) {
    return new Scenario(name, family, host, packet, rules, text, setup, sysctls);
  }

  Scenario withSetup(String command) {
    return new Scenario(name, family, host, packet, rules, sets, setup + command + "\n", sysctls);
  }

  Scenario withSysctl(String setting) {
    String[] words = setting.split("=", 2);
    Map<String, String> all = new HashMap<>(sysctls);
    all.put(words[0], words[1]);
    return new Scenario(
        name, family, host, packet, rules, sets, setup + "sysctl -qw " + setting + "\n", all);
  }

  HostFacts known(HostFacts facts) {
    HostFacts known = facts;
    for (Map.Entry<String, String> setting : sysctls.entrySet()) {
      known = known.withSysctl(setting.getKey(), setting.getValue());
    }
    return known;
  }

  @Override
  public String toString() {
    return name;
  }
}
