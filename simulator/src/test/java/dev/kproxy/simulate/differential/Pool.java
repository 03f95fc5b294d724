package dev.kproxy.simulate.differential;

import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import java.util.List;
import java.util.Random;

/// The few addresses, networks and ports that random rules and packets are made of, so that they
/// often meet.
record Pool(
    Family family,
    List<String> pods,
    List<String> others,
    List<String> own,
    List<String> special,
    List<String> networks) {
  static final List<Integer> PORTS = List.of(53, 80, 443, 8080, 30080);

  /// That of the node's network.
  static final Ip BROADCAST = Ip.of("192.168.0.255");

  private static final Pool V4 =
      new Pool(
          Family.IPV4,
          List.of("10.244.1.5", "10.244.1.6", "10.244.2.9"),
          List.of(
              "203.0.113.5",
              "203.0.113.200",
              "198.51.100.7",
              "10.96.0.10",
              "10.96.10.20",
              "192.168.0.12"),
          List.of("192.168.0.11", "10.244.1.1"),
          List.of("127.0.0.1", "192.168.0.255", "255.255.255.255", "0.0.0.1", "224.0.0.9"),
          List.of(
              "10.244.0.0/16",
              "10.0.0.0/8",
              "203.0.113.128/25",
              "203.0.113.0/24",
              "192.168.0.8/29",
              "10.96.0.0/12",
              "10.0.0.5/255.0.0.255"));

  private static final Pool V6 =
      new Pool(
          Family.IPV6,
          List.of("fd00:10:244:1::5", "fd00:10:244:1::6", "fd00:10:244:2::9"),
          List.of(
              "2001:db8:1::5",
              "2001:db8:1::200",
              "2001:db8:2::7",
              "fd00:10:96::10",
              "fd00:10:96::20",
              "fd00::12"),
          List.of("fd00::11", "fd00:10:244:1::1"),
          List.of("::1", "2001:db8:3::50"),
          List.of(
              "fd00:10:244::/48",
              "fd00::/8",
              "2001:db8:1::200/120",
              "2001:db8:1::/48",
              "fd00::10/124",
              "fd00:10:96::/112",
              "::5/::ffff"));

  static Pool of(Family family) {
    return family == Family.IPV4 ? V4 : V6;
  }

  static <T> T pick(Random random, List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  /// An address, seldom of a kind that hosts do not have.
  String address(Random random) {
    int choice = random.nextInt(20);
    return choice < 8
        ? pick(random, others)
        : choice < 15
            ? pick(random, pods)
            : choice < 19 ? pick(random, own) : pick(random, special);
  }

  String addressOrNetwork(Random random) {
    return random.nextInt(3) > 0 ? address(random) : pick(random, networks);
  }

  /// An address with a port, as translations spell it.
  String withPort(String address, String port) {
    return (family == Family.IPV4 ? address : "[" + address + "]") + ":" + port;
  }
}
