package dev.kproxy.host.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.host.HostFault;
import dev.kproxy.host.Scripted;
import dev.kproxy.host.ToolCall;
import dev.kproxy.net.Ip;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What is read of a host, and what others have there: a [Scripted] one, since hardly a kernel that
/// builds run on has IPVS.
class BalancingTest {
  private static final String ADDRESSES =
      """
      [{"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"addr_info":[
         {"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
       {"ifname":"eth0","flags":["UP"],"addr_info":[
         {"family":"inet","local":"192.0.2.1","prefixlen":24,"scope":"global"}]},
       {"ifname":"kube-ipvs0","flags":["NOARP","UP"],"addr_info":[
         {"family":"inet","local":"10.96.0.1","prefixlen":32,"scope":"global"},
         {"family":"inet6","local":"fd00:10:96::1","prefixlen":128,"scope":"global"},
         {"family":"inet6","local":"fe80::1234","prefixlen":64,"scope":"link"}]}]
      """;

  private static final String SERVERS =
      """
      -A -t 10.96.0.1:443 -s rr
      -A -t 192.0.2.1:30080 -s rr
      -A -t 203.0.113.9:30080 -s wlc
      """;

  private static final String OURS =
      """
      create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
      add KUBE-NODE-PORT-TCP 30080
      """;

  private static Balancing balancing(String sets) {
    return new Balancing(
        new Scripted(
            (ToolCall call) ->
                switch (call.tool()) {
                  case "ip" -> ADDRESSES;
                  case "ipset" -> sets;
                  case "ipvsadm" -> SERVERS;
                  default -> throw new IllegalArgumentException(call.tool());
                }));
  }

  private static Ip ip(String text) {
    return Ip.parse(text).orElseThrow();
  }

  @Test
  void passesOverTheAddressThatTheKernelGivesAnInterfaceThatIsUp() throws HostFault {
    Balancer read = balancing(OURS).read();
    assertThat(read.addresses()).containsExactly(ip("10.96.0.1"), ip("fd00:10:96::1"));
    BalancerChange gone = BalancerChange.between(read, Balancer.NONE, read);
    assertThat(gone.interfaceRemoved()).isTrue();
    assertThat(BalancerText.unbound(gone)).isEqualTo("link del kube-ipvs0\n");
  }

  @Test
  void passesOverSetsOfOthersHoweverLargeTheyAre() throws HostFault {
    String sets =
        "create KUBE-SRC-ABC hash:ip family inet hashsize 1024 maxelem 65536 timeout 0\n"
            + "add KUBE-SRC-ABC 10.42.0.9 timeout 0\n"
            + "create KUBE-CLUSTER-IP-CACHE list:set size 8\n"
            + "create HUGE hash:nobody,knows this\n"
            + "add HUGE 10.0.0.0/8 strange thing\n".repeat(1000)
            + OURS;
    assertThat(balancing(sets).read().setsText()).isEqualTo(OURS);
  }

  @Test
  void takesOverServersOfNodePortsOnlyAtAddressesOfTheHost() throws HostFault {
    Balancing balancing = balancing(OURS);
    Set<Ip> local = balancing.local();
    assertThat(local).containsExactlyInAnyOrder(ip("127.0.0.1"), ip("192.0.2.1"));
    Balancer observed = balancing.read();
    BalancerOwnership ownership = new BalancerOwnership(observed, local, Balancer.NONE, true);
    Balancer owned = ownership.owned();
    assertThat(owned.serversText())
        .isEqualTo("-A -t 10.96.0.1:443 -s rr\n-A -t 192.0.2.1:30080 -s rr\n");
    assertThat(ownership.before(Balancer.NONE, Balancer.NONE)).isEqualTo(owned);
  }
}
