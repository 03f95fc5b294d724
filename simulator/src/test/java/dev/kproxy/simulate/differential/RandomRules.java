package dev.kproxy.simulate.differential;

import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Random rules for one family, such as nobody writes: every match and target that can be observed
/// from outside, in every table and hook that the kernel takes them in.
///
/// Chains only call chains further on. Errors that the host itself sends are let through, so that a
/// refusal is seen as one.
final class RandomRules {
  private static final Map<String, List<String>> HOOKS = new LinkedHashMap<>();

  static {
    HOOKS.put("raw", List.of("PREROUTING", "OUTPUT"));
    HOOKS.put("mangle", List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"));
    HOOKS.put("nat", List.of("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"));
    HOOKS.put("filter", List.of("INPUT", "FORWARD", "OUTPUT"));
    HOOKS.put("security", List.of("INPUT", "FORWARD", "OUTPUT"));
  }

  private static final int USER_CHAINS = 3;

  private final Random random;
  private final Pool pool;
  private final boolean v4;
  private final Set<Feature> features;
  private final RandomMatches matches;
  private final RandomTargets targets;

  RandomRules(Random random, Family family, Set<Feature> features) {
    this.random = random;
    this.pool = Pool.of(family);
    this.v4 = family == Family.IPV4;
    this.features = features;
    this.matches = new RandomMatches(random, pool, features);
    this.targets = new RandomTargets(random, pool, features);
  }

  /// What `iptables-restore` takes.
  String rules() {
    StringBuilder text = new StringBuilder();
    HOOKS.forEach((table, hooks) -> table(text, table, hooks));
    return text.toString();
  }

  private void table(StringBuilder text, String table, List<String> hooks) {
    text.append('*').append(table).append('\n');
    boolean hasRules =
        switch (table) {
          case "raw" -> features.contains(Feature.UNTRACKED) || random.nextInt(3) == 0;
          case "security" -> random.nextInt(3) == 0;
          default -> true;
        };
    List<String> rules = new ArrayList<>();
    for (String hook : hooks) {
      boolean drops = table.equals("filter") && random.nextInt(6) == 0;
      text.append(':').append(hook).append(drops ? " DROP" : " ACCEPT").append(" [0:0]\n");
      if (hasRules) {
        List<String> chains = chains(table, hook);
        chains.stream()
            .skip(1)
            .forEach(chain -> text.append(':').append(chain).append(" - [0:0]\n"));
        if (!table.equals("nat")) {
          rules.add(errors(hook));
        }
        if (table.equals("filter") || table.equals("security")) {
          rules.add("-A " + hook + " -m conntrack --ctstate RELATED -j ACCEPT");
        }
        for (int i = 0; i < chains.size(); i++) {
          chain(rules, table, hook, chains, i);
        }
      }
    }
    rules.forEach(rule -> text.append(rule).append('\n'));
    text.append("COMMIT\n");
  }

  private String errors(String hook) {
    return "-A "
        + hook
        + (v4 ? " -p icmp -m icmp --icmp-type 3" : " -p ipv6-icmp -m icmp6 --icmpv6-type 1")
        + " -j ACCEPT";
  }

  private static List<String> chains(String table, String hook) {
    List<String> chains = new ArrayList<>(List.of(hook));
    for (int i = 0; i < USER_CHAINS; i++) {
      chains.add(table + "-" + hook.substring(0, 2) + i);
    }
    return chains;
  }

  private void chain(
      List<String> rules, String table, String hook, List<String> chains, int number) {
    List<String> later = chains.subList(number + 1, chains.size());
    int count = random.nextInt(number == 0 ? 7 : 5);
    for (int i = 0; i < count; i++) {
      RandomMatches.Matches found = matches.of(table, hook);
      String target =
          !later.isEmpty() && random.nextInt(100) < 35
              ? (random.nextInt(5) == 0 ? " -g " : " -j ") + Pool.pick(random, later)
              : targets.of(table, hook, found.protocol());
      rules.add("-A " + chains.get(number) + found.text() + target);
    }
  }

  /// What `ipset restore` takes; the names of the sets are those that rules ask.
  String sets() {
    String family = v4 ? " family inet" : " family inet6";
    StringBuilder text = new StringBuilder();
    for (String[] set :
        new String[][] {
          {"ip", "hash:ip"}, {"port", "hash:ip,port"}, {"portip", "hash:ip,port,ip"},
          {"net", "hash:net"}, {"netport", "hash:net,port"}, {"netif", "hash:net,iface"}
        }) {
      String name = set[0] + suffix();
      text.append("create ").append(name).append(' ').append(set[1]).append(family).append('\n');
      for (int i = 0; i < 4; i++) {
        text.append("add ").append(name).append(' ').append(member(set[1])).append(" -exist\n");
      }
    }
    text.append("create spare").append(suffix()).append(" hash:ip").append(family).append('\n');
    String ports = "bits" + suffix();
    text.append("create ").append(ports).append(" bitmap:port range 0-65535\n");
    for (int i = 0; i < 3; i++) {
      text.append("add ").append(ports).append(' ').append(Pool.pick(random, Pool.PORTS));
      text.append(" -exist\n");
    }
    text.append("create list").append(suffix()).append(" list:set\n");
    for (String member : List.of("ip", "port", "net")) {
      text.append("add list").append(suffix()).append(' ').append(member).append(suffix());
      text.append('\n');
    }
    return text.toString();
  }

  private String suffix() {
    return v4 ? "4" : "6";
  }

  private String member(String type) {
    String protocol = Pool.pick(random, List.of("tcp:", "udp:"));
    String port = protocol + Pool.pick(random, Pool.PORTS);
    String network = network();
    return switch (type) {
      case "hash:ip" -> address();
      case "hash:ip,port" -> address() + "," + port;
      case "hash:ip,port,ip" -> address() + "," + port + "," + address();
      case "hash:net" -> network + (random.nextInt(3) == 0 ? " nomatch" : "");
      case "hash:net,port" -> network + "," + port;
      default -> network + "," + Pool.pick(random, List.of("eth0", "cni0"));
    };
  }

  private String address() {
    return Pool.pick(random, random.nextBoolean() ? pool.pods() : pool.others());
  }

  private String network() {
    return random.nextInt(3) == 0
        ? address() + (v4 ? "/32" : "/128")
        : pool.networks().get(random.nextInt(pool.networks().size() - 1));
  }
}
