package dev.kproxy.iproute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kproxy.TestFiles;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Ip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterfacesParserTest {
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private List<Interface> parse(String text) {
    return InterfacesParser.parse(text, "x", diagnostics::add);
  }

  private List<Interface> recorded(String file) throws IOException {
    List<Interface> read = parse(Files.readString(TestFiles.testdata("kernel/network/" + file)));
    assertThat(diagnostics).isEmpty();
    return read;
  }

  private static Interface named(List<Interface> interfaces, String name) {
    return interfaces.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  private static Interface.Address global(String ip, int prefix, String... flags) {
    return new Interface.Address(
        Ip.of(ip), prefix, Optional.empty(), Optional.empty(), "global", List.of(flags));
  }

  private static Interface.Address wide(String ip, int prefix, String broadcast, String... flags) {
    return new Interface.Address(
        Ip.of(ip),
        prefix,
        Optional.empty(),
        Optional.of(Ip.of(broadcast)),
        "global",
        List.of(flags));
  }

  @Test
  void readsARecordedHost() throws IOException {
    List<Interface> host = recorded("ip-addr.txt");
    assertThat(host).extracting(Interface::name).containsExactly("lo", "v1", "v0", "br0", "d0");
    assertThat(host).extracting(Interface::isUp).containsExactly(true, false, true, true, false);
    assertThat(named(host, "v0").flags())
        .containsExactly("NO-CARRIER", "BROADCAST", "MULTICAST", "UP", "M-DOWN");
    assertThat(named(host, "v0").addresses())
        .contains(
            global("10.0.0.1", 24),
            global("10.0.0.2", 24, "secondary"),
            new Interface.Address(
                Ip.of("10.9.0.1"),
                32,
                Optional.of(Ip.of("10.9.0.2")),
                Optional.empty(),
                "global",
                List.of()),
            global("2001:db8::5", 64, "deprecated", "dynamic"),
            new Interface.Address(
                Ip.of("2001:db8::9"),
                128,
                Optional.of(Ip.of("2001:db8:9::1")),
                Optional.empty(),
                "global",
                List.of()));
    assertThat(named(host, "v1").addresses())
        .containsExactly(
            new Interface.Address(
                Ip.of("10.0.6.1"), 24, Optional.empty(), Optional.empty(), "link", List.of()),
            wide("10.0.5.1", 24, "10.0.5.255", "dynamic"));
  }

  @Test
  void readsTheSameFromEveryFormOfOutput() throws IOException {
    List<Interface> plain = recorded("ip-addr.txt");
    assertThat(recorded("ip-d-s-addr.txt")).isEqualTo(plain);
    assertThat(recorded("ip-j-addr.json")).isEqualTo(plain);
    assertThat(recorded("ip-o-addr.txt"))
        .isEqualTo(
            plain.stream().map(it -> new Interface(it.name(), List.of(), it.addresses())).toList());
  }

  @Test
  void readsTheAddressesOfAnInterfaceThatIsDown() {
    List<Interface> host =
        parse(
            """
            17: kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN group default
                link/ether a6:de:ae:75:df:04 brd ff:ff:ff:ff:ff:ff
                inet 10.97.60.103/32 brd 10.97.60.103 scope global kube-ipvs0
                   valid_lft forever preferred_lft forever
            """);
    assertThat(diagnostics).isEmpty();
    assertThat(host)
        .containsExactly(
            new Interface(
                "kube-ipvs0",
                List.of("BROADCAST", "NOARP"),
                List.of(wide("10.97.60.103", 32, "10.97.60.103"))));
  }

  @Test
  void readsWhatOtherVersionsPrint() {
    List<Interface> host =
        parse(
            """
            2: eth0@if5: <UP> mtu 1500
                altname enp0s3
                inet 10.0.2.15/24 metric 100 brd 10.0.2.255 scope global dynamic noprefixroute eth0
                inet6 fe80::1/64 scope link proto kernel_ll tentative
            """);
    assertThat(diagnostics).isEmpty();
    assertThat(host.getFirst().name()).isEqualTo("eth0");
    assertThat(host.getFirst().addresses())
        .containsExactly(
            wide("10.0.2.15", 24, "10.0.2.255", "dynamic", "noprefixroute"),
            new Interface.Address(
                Ip.of("fe80::1"),
                64,
                Optional.empty(),
                Optional.empty(),
                "link",
                List.of("tentative")));
    assertThat(parse("[{},{\"ifname\":\"a\",\"addr_info\":[{}]}]"))
        .containsExactly(new Interface("a", List.of(), List.of()));
    assertThat(diagnostics).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "minikube-2020-ipvs/ip-addr-kube-ipvs0.txt",
        "transcribed/minikube-ipvs/ip-addr-kube-ipvs0.txt"
      })
  void readsDumpsBesideTheProject(String path) throws IOException {
    Optional<Path> file = TestFiles.recordings("dumps/k8s/" + path);
    assumeTrue(file.isPresent(), "no dumps beside the project");
    List<Interface> host = parse(Files.readString(file.get()));
    assertThat(diagnostics).isEmpty();
    assertThat(host).extracting(Interface::name).containsExactly("kube-ipvs0");
    assertThat(host.getFirst().isUp()).isFalse();
    assertThat(host.getFirst().addresses()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lo               UNKNOWN        127.0.0.1/8 ::1/128 ",
        "eth0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500",
        "eth0      Link encap:Ethernet  HWaddr 00:11:22:33:44:55"
      })
  void namesTextOfOtherCommands(String line) {
    assertThat(parse(line + "\n")).isEmpty();
    assertThat(diagnostics).singleElement().asString().startsWith("x:1:1: error KP602: ");
  }

  @Test
  void tellsWhatIsNoAddress() {
    parse(
        """
        1: lo: <UP> mtu 1
            inet 127.0.0.256/8 scope host lo
            inet 127.0.0.1/33 scope host lo
            inet 127.0.0.1 peer nobody/32 scope host lo
            inet\s
            inet 127.0.0.1/8 scope host lo
        what is this
        """);
    assertThat(diagnostics)
        .extracting(Diagnostic::toString)
        .containsExactly(
            "x:2:5: error KP701: not an address: \"127.0.0.256/8\"",
            "x:3:5: error KP701: not an address: \"127.0.0.1/33\"",
            "x:4:5: error KP701: not an address: \"127.0.0.1 peer nobody/32\"",
            "x:7:1: error KP701: not a line of \"ip addr\": \"what is this\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "[]", "[{}]", "nonsense", "[{", "[[[[", "[1,2]"})
  void wantsAnInterface(String text) {
    assertThat(parse(text)).isEmpty();
    assertThat(diagnostics).singleElement().asString().startsWith("x:1:1: error KP701: ");
  }

  @Test
  void bearsJsonWithoutBottom() {
    parse("[".repeat(100_000));
    parse("[{\"ifname\":" + "{\"a\":".repeat(100_000));
    assertThat(diagnostics).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ip-addr.txt", "ip-o-addr.txt", "ip-j-addr.json"})
  void neverThrowsOnTextThatWasDamaged(String file) throws IOException {
    long seed = Long.getLong("kproxy.seed", 1);
    Random random = new Random(seed);
    String text = Files.readString(TestFiles.testdata("kernel/network/" + file));
    String damage = " /:.,-<>@\"{}[]\\\n\t09xé\0";
    for (int i = 0; i < 1000; i++) {
      StringBuilder damaged = new StringBuilder(text);
      for (int k = 0; k < 5; k++) {
        int at = random.nextInt(damaged.length());
        int c = random.nextInt(damage.length());
        damaged.replace(at, at + random.nextInt(2), damage.substring(c, c + 1));
      }
      List<Interface> read =
          InterfacesParser.parse(damaged.toString(), "seed " + seed, diagnostics::add);
      assertThat(read.isEmpty() && diagnostics.isEmpty()).as("seed %d", seed).isFalse();
      diagnostics.clear();
    }
  }
}
