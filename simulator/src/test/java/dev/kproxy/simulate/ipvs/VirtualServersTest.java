package dev.kproxy.simulate.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.ipvs.IpvsParser;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import dev.kproxy.simulate.Header;
import dev.kproxy.simulate.Transport;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VirtualServersTest {
  private static VirtualServers of(String text) {
    return new VirtualServers(
        Optional.of(
            IpvsParser.parse(
                text,
                "x",
                diagnostic -> {
                  throw new AssertionError(diagnostic.toString());
                })));
  }

  private static String find(VirtualServers servers, Protocol protocol, String ip, int port) {
    return find(servers, protocol, ip, port, 0);
  }

  private static String find(
      VirtualServers servers, Protocol protocol, String ip, int port, int mark) {
    Ip source = Ip.of(ip.contains(":") ? "fd00::9" : "10.9.9.9");
    return servers
        .find(Header.of(protocol, source, 40_000, Ip.of(ip), port), mark)
        .map(server -> server.address().toString())
        .orElse("none");
  }

  @Test
  void findsByProtocolAddressAndPort() {
    VirtualServers servers =
        of("-A -t 10.0.0.1:53 -s rr\n-A -u 10.0.0.1:53 -s rr\n-A -t [fd00::1]:53 -s rr\n");
    assertThat(find(servers, Protocol.TCP, "10.0.0.1", 53)).isEqualTo("TCP 10.0.0.1:53");
    assertThat(find(servers, Protocol.UDP, "10.0.0.1", 53)).isEqualTo("UDP 10.0.0.1:53");
    assertThat(find(servers, Protocol.TCP, "fd00::1", 53)).isEqualTo("TCP [fd00::1]:53");
    assertThat(find(servers, Protocol.SCTP, "10.0.0.1", 53)).isEqualTo("none");
    assertThat(find(servers, Protocol.TCP, "10.0.0.1", 54)).isEqualTo("none");
    assertThat(find(servers, Protocol.TCP, "10.0.0.2", 53)).isEqualTo("none");
  }

  @Test
  void thePortBeforeAllPorts() {
    VirtualServers servers = of("-A -t 10.0.0.1:0 -s rr -p\n-A -t 10.0.0.1:80 -s rr\n");
    assertThat(find(servers, Protocol.TCP, "10.0.0.1", 80)).isEqualTo("TCP 10.0.0.1:80");
    assertThat(find(servers, Protocol.TCP, "10.0.0.1", 81)).isEqualTo("TCP 10.0.0.1:0");
    assertThat(find(servers, Protocol.UDP, "10.0.0.1", 81)).isEqualTo("none");
  }

  @Test
  void theMarkBeforeThePort() {
    VirtualServers servers = of("-A -f 7 -s rr\n-A -f 7 -6 -s rr\n-A -t 10.0.0.1:80 -s rr\n");
    assertThat(servers.askMarks()).isTrue();
    assertThat(find(servers, Protocol.TCP, "10.0.0.1", 80, 7)).isEqualTo("FWM 7");
    assertThat(find(servers, Protocol.TCP, "fd00::1", 9, 7)).isEqualTo("FWM 7 IPv6");
    assertThat(find(servers, Protocol.TCP, "10.0.0.1", 80, 8)).isEqualTo("TCP 10.0.0.1:80");
    assertThat(of("-A -t 10.0.0.1:80 -s rr\n").askMarks()).isFalse();
  }

  @Test
  void dataOfFtpIsForTheServerOfFtp() {
    VirtualServers servers = of("-A -t 10.0.0.1:21 -s rr -p\n");
    assertThat(find(servers, Protocol.TCP, "10.0.0.1", 20)).isEqualTo("TCP 10.0.0.1:21");
    assertThat(find(servers, Protocol.TCP, "10.0.0.1", 1024)).isEqualTo("TCP 10.0.0.1:21");
    assertThat(find(servers, Protocol.TCP, "10.0.0.1", 80)).isEqualTo("none");
    assertThat(find(servers, Protocol.UDP, "10.0.0.1", 20)).isEqualTo("none");
  }

  @Test
  void nobodyAnswersWithoutPorts() {
    Header ping = new Header(Ip.of("10.9.9.9"), Ip.of("10.0.0.1"), Transport.Icmp.ECHO_REQUEST);
    assertThat(of("-A -t 10.0.0.1:0 -s rr -p\n").find(ping, 0)).isEmpty();
  }

  @Test
  void knowsWhetherTheyWereGiven() {
    assertThat(of("").areGiven()).isTrue();
    assertThat(new VirtualServers(Optional.empty()).areGiven()).isFalse();
  }
}
