package dev.kproxy.simulate.differential;

import dev.kproxy.net.Family;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Random targets of a rule, each with `-j` or nothing at all.
final class RandomTargets {
  private final Random random;
  private final Pool pool;
  private final boolean v4;
  private final Set<Feature> features;

  RandomTargets(Random random, Pool pool, Set<Feature> features) {
    this.random = random;
    this.pool = pool;
    this.v4 = pool.family() == Family.IPV4;
    this.features = features;
  }

  /// @param protocol the protocol that the rule is for; empty where it is for several
  String of(String table, String hook, String protocol) {
    int choice = random.nextInt(100);
    if (choice < 12) {
      return " -j RETURN";
    }
    if (choice < 18) {
      return "";
    }
    if (choice < (table.equals("mangle") ? 70 : 30)) {
      return " -j " + mark();
    }
    return choice > 80
        ? " -j ACCEPT"
        : switch (table) {
          case "raw" ->
              features.contains(Feature.UNTRACKED)
                  ? one(" -j NOTRACK", " -j CT --notrack")
                  : " -j ACCEPT";
          case "nat" -> " -j " + translation(hook, protocol);
          case "filter" -> " -j " + verdict(protocol);
          case "security" -> one(" -j ACCEPT", " -j DROP");
          default -> choice < 73 ? " -j " + changeOfSet() : " -j RETURN";
        };
  }

  private String one(String... of) {
    return of[random.nextInt(of.length)];
  }

  private String mark() {
    String value = one("0x4000", "0x1000", "0x80", "0x5000");
    String mask = one("0x4000", "0xf000", "0xffffffff", "0xff");
    return switch (random.nextInt(8)) {
      case 0 -> "MARK --set-mark " + value + "/" + mask;
      case 1 -> "MARK --or-mark " + value;
      case 2 -> "MARK --and-mark " + value;
      case 3 -> "MARK --xor-mark " + value;
      case 4 -> "CONNMARK --set-xmark " + value + "/" + mask;
      case 5 -> "CONNMARK --save-mark --nfmask " + mask + " --ctmask 0xffffffff";
      case 6 -> "CONNMARK --restore-mark --nfmask 0xffffffff --ctmask " + mask;
      default -> "MARK --set-xmark " + value + "/" + mask;
    };
  }

  private String verdict(String protocol) {
    if (random.nextInt(3) == 0) {
      return "DROP";
    }
    if (protocol.equals("tcp") && !features.contains(Feature.UNTRACKED) && random.nextBoolean()) {
      return "REJECT --reject-with tcp-reset";
    }
    return "REJECT --reject-with "
        + (v4
            ? one(
                "icmp-port-unreachable",
                "icmp-admin-prohibited",
                "icmp-host-unreachable",
                "icmp-net-unreachable",
                "icmp-proto-unreachable",
                "icmp-host-prohibited")
            : one("icmp6-port-unreachable", "icmp6-adm-prohibited", "icmp6-no-route"));
  }

  /// A set that nobody asks.
  private String changeOfSet() {
    return "SET --add-set spare" + (v4 ? "4" : "6") + " src --exist";
  }

  private String translation(String hook, String protocol) {
    boolean ports = protocol.equals("tcp") || protocol.equals("udp");
    String port = String.valueOf(Pool.pick(random, Pool.PORTS));
    boolean source = hook.equals("POSTROUTING") || hook.equals("INPUT");
    if (random.nextInt(7) == 0) {
      return "NETMAP --to " + (v4 ? one("10.244.1.0/24", "203.0.113.0/24") : "fd00:10:244:1::/64");
    }
    if (source) {
      String to = Pool.pick(random, List.of(pool.own().get(0), pool.others().get(5)));
      return hook.equals("POSTROUTING") && random.nextBoolean()
          ? "MASQUERADE" + one("", " --random-fully")
          : "SNAT --to-source "
              + (ports && random.nextBoolean() ? pool.withPort(to, "50000-60000") : to);
    }
    String address = random.nextInt(4) > 0 ? Pool.pick(random, pool.pods()) : pool.address(random);
    String range = pool.pods().get(0) + "-" + pool.pods().get(2);
    return switch (random.nextInt(10)) {
      case 0 -> "REDIRECT" + (ports ? " --to-ports " + port : "");
      case 1 -> "DNAT --to-destination " + range + one("", " --persistent");
      case 2 ->
          ports
              ? "DNAT --to-destination " + pool.withPort(address, "8000-8010")
              : "DNAT --to-destination " + range;
      case 3 -> "DNAT --to-destination " + address;
      default -> "DNAT --to-destination " + (ports ? pool.withPort(address, port) : address);
    };
  }
}
