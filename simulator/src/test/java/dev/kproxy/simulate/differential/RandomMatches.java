package dev.kproxy.simulate.differential;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Random matches of a rule.
final class RandomMatches {
  private static final Set<String> INCOMING = Set.of("PREROUTING", "INPUT", "FORWARD");
  private static final Set<String> OUTGOING = Set.of("FORWARD", "OUTPUT", "POSTROUTING");

  private final Random random;
  private final Pool pool;
  private final boolean v4;
  private final Set<Feature> features;

  RandomMatches(Random random, Pool pool, Set<Feature> features) {
    this.random = random;
    this.pool = pool;
    this.v4 = pool.family() == Family.IPV4;
    this.features = features;
  }

  /// @param protocol the protocol that the rule is for; empty where it is for several
  record Matches(String text, String protocol) {}

  Matches of(String table, String hook) {
    List<String> headers = new ArrayList<>();
    for (String side : List.of("-s", "-d")) {
      if (chance(30)) {
        headers.add(not() + side + " " + pool.addressOrNetwork(random));
      }
    }
    if (INCOMING.contains(hook) && chance(12)) {
      headers.add(not() + "-i " + one("cni0", "eth0", "lo", "cni+", "eth+"));
    }
    if (OUTGOING.contains(hook) && chance(12)) {
      headers.add(not() + "-o " + one("cni0", "eth0", "lo", "cni+", "eth+"));
    }
    String protocol = chance(50) ? one("tcp", "udp", v4 ? "icmp" : "ipv6-icmp") : "";
    boolean inverted = !protocol.isEmpty() && chance(10);
    if (!protocol.isEmpty()) {
      headers.add((inverted ? "! " : "") + "-p " + protocol);
    }
    String plain = inverted ? "" : protocol;
    List<String> modules = new ArrayList<>();
    if (!plain.isEmpty() && chance(40)) {
      modules.add(plain.contains("icmp") ? icmp() : ports(plain));
    }
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      modules.add(module(table, hook));
    }
    for (Feature feature : features) {
      if (chance(15)) {
        modules.add(random.nextInt(modules.size() + 1), loose(feature));
      }
    }
    if (chance(8)) {
      modules.add("-m comment --comment \"it's -j DROP; # x\"");
    }
    StringBuilder text = new StringBuilder();
    headers.forEach(match -> text.append(' ').append(match));
    modules.stream().filter(match -> !match.isEmpty()).forEach(m -> text.append(' ').append(m));
    return new Matches(text.toString(), plain);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private String not() {
    return chance(20) ? "! " : "";
  }

  private String one(String... of) {
    return of[random.nextInt(of.length)];
  }

  private int port() {
    return Pool.pick(random, Pool.PORTS);
  }

  private String ports(int more) {
    int first = port();
    return first + ":" + (first + more);
  }

  private String icmp() {
    return v4
        ? "-m icmp " + not() + "--icmp-type " + one("8", "0", "13", "8/0", "echo-request")
        : "-m icmp6 " + not() + "--icmpv6-type " + one("128", "129", "echo-request");
  }

  /// Source ports of packets are 20000 and more, and never in a set.
  private String ports(String protocol) {
    if (chance(30)) {
      String which = one("--dports ", "--dports ", "--ports ", "--sports ");
      String last = chance(50) ? "," + port() : ",20000:65535";
      return "-m multiport " + not() + which + "53:" + (9000 + random.nextInt(9000)) + last;
    }
    String range = chance(70) ? String.valueOf(port()) : ports(random.nextInt(9000));
    String source = chance(10) ? " --sport " + one("1024:65535", "0:19999") : "";
    return "-m " + protocol + source + " " + not() + "--dport " + range;
  }

  private String module(String table, String hook) {
    return switch (random.nextInt(9)) {
      case 0 -> mark("mark");
      case 1 -> mark("connmark");
      case 2 -> addressType(hook);
      case 3 -> conntrack();
      case 4 -> "-m state " + not() + "--state " + one("NEW", "ESTABLISHED,RELATED", "INVALID");
      case 5 -> range();
      case 6, 7 -> set();
      default -> mark(table.equals("nat") ? "mark" : "connmark");
    };
  }

  private String mark(String module) {
    int mask = List.of(-1, 0x4000, 0xf000, 0xff).get(random.nextInt(4));
    int value = List.of(0, 0x4000, 0x1000, 0x80).get(random.nextInt(4)) & mask;
    return "-m %s %s--mark 0x%x/0x%x".formatted(module, not(), value, mask);
  }

  private String addressType(String hook) {
    String types =
        v4
            ? one("LOCAL", "UNICAST", "BROADCAST", "LOCAL,BROADCAST", "MULTICAST")
            : one("LOCAL", "UNICAST", "MULTICAST");
    String side = one("--dst-type ", "--dst-type ", "--src-type ");
    String limit =
        !chance(15)
            ? ""
            : hook.equals("POSTROUTING") || hook.equals("OUTPUT")
                ? " --limit-iface-out"
                : hook.equals("FORWARD") ? "" : " --limit-iface-in";
    return "-m addrtype " + not() + side + types + limit;
  }

  private String conntrack() {
    String address = Pool.pick(random, pool.others());
    return "-m conntrack "
        + switch (random.nextInt(12)) {
          case 0 -> not() + "--ctstatus " + one("SEEN_REPLY", "NONE");
          case 1 -> not() + "--ctorigdst " + pool.addressOrNetwork(random);
          case 2 -> not() + "--ctorigsrc " + pool.addressOrNetwork(random);
          case 3 -> not() + "--ctorigdstport " + port();
          case 4 -> not() + "--ctreplsrc " + address;
          case 5 -> "--ctdir " + one("ORIGINAL", "REPLY");
          case 6 -> not() + "--ctproto " + one("tcp", "udp");
          case 7 -> not() + "--ctreplsrcport " + port();
          default ->
              not()
                  + "--ctstate "
                  + one(
                      "NEW",
                      "RELATED,ESTABLISHED",
                      "DNAT",
                      "SNAT",
                      "NEW,DNAT",
                      "INVALID",
                      "UNTRACKED");
        };
  }

  private String range() {
    String from = pool.family() == Family.IPV4 ? "10.0.0.0" : "fd00::";
    String to = pool.address(random);
    boolean backwards = Ip.of(from).compareTo(Ip.of(to)) > 0;
    return backwards
        ? "-m iprange " + not() + "--src-range " + to + "-" + from
        : "-m iprange " + not() + one("--dst-range ", "--src-range ") + from + "-" + to;
  }

  private String set() {
    String suffix = v4 ? "4 " : "6 ";
    return "-m set "
        + not()
        + "--match-set "
        + switch (random.nextInt(8)) {
          case 0 -> "ip" + suffix + one("src", "dst");
          case 1 -> "port" + suffix + one("dst,dst", "src,dst");
          case 2 -> "portip" + suffix + "dst,dst,src";
          case 3 -> "net" + suffix + one("src", "dst") + one("", "", " --return-nomatch");
          case 4 -> "netport" + suffix + one("dst,dst", "src,dst");
          case 5 -> "netif" + suffix + one("src,src", "dst,dst");
          case 6 -> "bits" + suffix + "dst";
          default -> "list" + suffix + one("dst,dst", "src,dst");
        };
  }

  private String loose(Feature feature) {
    return switch (feature) {
      case DRAWS ->
          "-m statistic --mode random "
              + not()
              + "--probability "
              + one("0.5", "0.33333333349", "0.25", "1.0", "0.0", "0.75");
      case COUNTERS ->
          "-m statistic --mode nth " + not() + "--every " + one("2 --packet 1", "3 --packet 0");
      case LIMITS -> "-m limit --limit 1/hour --limit-burst 7";
      case RECENT ->
          "-m recent "
              + one(
                  "--set --name A",
                  "--set --name B",
                  "! --rcheck --name A",
                  "--rcheck --name A",
                  "--rcheck --seconds 60 --name B",
                  "--update --name B",
                  "--remove --name A",
                  "--update --seconds 60 --reap --name A")
              + " --rsource";
      case UNTRACKED -> "";
    };
  }
}
