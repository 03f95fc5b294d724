package dev.kproxy.simulate.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The kernel of this machine, with a host of its own in a network namespace:
///
/// ```
/// client  203.0.113.5, 203.0.113.6, 2001:db8::5
///    |
/// eth0    192.168.0.11, fd00::11
/// node
/// cni0    10.244.1.1, fd00:10:244:1::1
///    |
/// pod     10.244.1.5, 10.244.1.6, fd00:10:244:1::5
/// ```
final class Kernel {
  private static final String PLACE =
      """
      set -e
      mkdir -p /run/netns
      mount -t tmpfs none /run/netns
      ip netns add client
      ip netns add pod
      link() {
        ip link add "$2" type veth peer name wan netns "$1"
        ip link set "$2" up
        ip addr add "$3/24" dev "$2"
        ip addr add "$4/64" dev "$2" nodad
        ip -n "$1" link set lo up
        ip -n "$1" link set wan up
        read -r _ _ mac _ < <(ip -br link show "$2")
        for gateway in 169.254.7.1 fe80::7:1; do
          ip -n "$1" neigh add $gateway lladdr $mac dev wan
        done
        ip -n "$1" route add 0.0.0.0/0 via 169.254.7.1 dev wan onlink
        ip -n "$1" -6 route add ::/0 via fe80::7:1 dev wan onlink
      }
      ip link set lo up
      link client eth0 192.168.0.11 fd00::11
      link pod cni0 10.244.1.1 fd00:10:244:1::1
      for ip in 203.0.113.5/32 203.0.113.6/32; do ip -n client addr add $ip dev wan; done
      ip -n client addr add 2001:db8::5/128 dev wan nodad
      for ip in 10.244.1.5/32 10.244.1.6/32; do ip -n pod addr add $ip dev wan; done
      ip -n pod addr add fd00:10:244:1::5/128 dev wan nodad
      ip route add default dev eth0
      ip -6 route add default dev eth0
      sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0
      sysctl -qw net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.cni0.rp_filter=0
      sysctl -qw net.ipv4.conf.all.route_localnet=1 net.ipv4.conf.all.send_redirects=0
      node() { "$@"; }
      client() { ip netns exec client "$@"; }
      pod() { ip netns exec pod "$@"; }
      """;

  private Kernel() {}

  /// Skips the test where there is no such kernel, unless KPROXY_REQUIRE_KERNEL=1.
  static void assume() throws IOException, InterruptedException {
    boolean usable = false;
    try {
      run("iptables-legacy-save; ip6tables-legacy-save; ipset list");
      usable = true;
    } catch (IllegalStateException e) {
      System.err.println(e.getMessage());
    }
    if ("1".equals(System.getenv("KPROXY_REQUIRE_KERNEL"))) {
      assertThat(usable).as("network namespaces, iptables-legacy and ipset").isTrue();
    }
    assumeTrue(usable, "no network namespaces, iptables-legacy or ipset, or not root");
  }

  /// Runs a script on the node. In it `client COMMAND` and `pod COMMAND` run a command at the other
  /// hosts, and `$SEND PACKET…` is [Sender].
  ///
  /// @return what it prints
  /// @throws IllegalStateException where a command fails
  static String run(String script) throws IOException, InterruptedException {
    Path classes =
        Path.of(Sender.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder builder =
        new ProcessBuilder("unshare", "--net", "--mount", "--propagation", "private", "bash", "-s");
    builder
        .environment()
        .put(
            "SEND",
            java
                + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "
                + classes
                + " "
                + Sender.class.getName());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IllegalStateException("unshare", e);
    }
    process.getOutputStream().write((PLACE + script).getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IllegalStateException("exit " + process.exitValue() + " of " + script + output);
    }
    return output;
  }
}
