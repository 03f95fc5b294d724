package dev.kproxy.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.ipvs.VirtualServer.Persistence;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpvsParserTest {
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private IpvsTable parse(String text) {
    return IpvsParser.parse(text, "x", diagnostics::add);
  }

  private IpvsTable good(String text) {
    IpvsTable table = parse(text);
    assertThat(diagnostics).isEmpty();
    return table;
  }

  private List<String> faults(String text) {
    parse(text);
    return diagnostics.stream().map(Diagnostic::toString).toList();
  }

  @Test
  void readsAVirtualServerOfKubeProxy() {
    VirtualAddress dns = new VirtualAddress.Port(Protocol.UDP, Ip.of("10.96.0.10"), 53);
    assertThat(
            good(
                """
                --set 900 120 300
                -A -u 10.96.0.10:53 -s rr -p 10800
                -a -u 10.96.0.10:53 -r 10.244.0.2:53 -m -w 1
                -a -u 10.96.0.10:53 -r 10.244.0.3:53 -m -w 0
                """))
        .isEqualTo(
            new IpvsTable(
                Optional.of(new IpvsTable.Timeouts(900, 120, 300)),
                List.of(
                    new VirtualServer(
                        dns,
                        "rr",
                        Set.of(),
                        Optional.of(Persistence.of(10_800, Family.IPV4)),
                        "",
                        false,
                        List.of(
                            RealServer.masqueraded(Ip.of("10.244.0.2"), 53, 1),
                            RealServer.masqueraded(Ip.of("10.244.0.3"), 53, 0))))));
  }

  @Test
  void readsAListing() {
    IpvsTable table =
        good(
            """
            IP Virtual Server version 1.2.1 (size=4096)
            Prot LocalAddress:Port Scheduler Flags
              -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
            TCP  10.96.0.1:443 sh (sh-port) persistent 10800 mask 255.255.0.0
              -> 192.168.0.11:6443            Masq    1      12         3
            FWM  7 IPv6 rr
              -> [fd00::5]:0                  Route   2      0          0
            """);
    assertThat(IpvsPrinter.print(table))
        .isEqualTo(
            """
            -A -t 10.96.0.1:443 -s sh -p 10800 -M 255.255.0.0 -b sh-port
            -a -t 10.96.0.1:443 -r 192.168.0.11:6443 -m -w 1
            -A -f 7 -6 -s rr
            -a -f 7 -6 -r [fd00::5]:0 -g -w 2
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n"
      })
  void aHostWithoutVirtualServersIsNoFault(String text) {
    assertThat(good(text).servers()).isEmpty();
  }

  @Test
  void assumesWhatIpvsadmAssumes() {
    String text =
        """
        -A -t 10.0.0.1:80
        -a -t 10.0.0.1:80 -r 10.1.0.1:8080
        -a -t 10.0.0.1:80 -r 10.1.0.2 -m
        -a -t 10.0.0.1:80 -r 10.1.0.3:8080 -i
        -A -u 10.0.0.2 -p
        """;
    assertThat(IpvsPrinter.print(good(text)))
        .isEqualTo(
            """
            -A -t 10.0.0.1:80 -s wlc
            -a -t 10.0.0.1:80 -r 10.1.0.1:80 -g -w 1
            -a -t 10.0.0.1:80 -r 10.1.0.2:80 -m -w 1
            -a -t 10.0.0.1:80 -r 10.1.0.3:80 -i -w 1 --tun-type ipip
            -A -u 10.0.0.2:0 -s wlc -p 360
            """);
  }

  @Test
  void readsOptionsHoweverTheyAreSpelled() {
    String text =
        """
        ipvsadm --add-service --tcp-service=10.0.0.1:80 --scheduler wrr --persistent --netmask=255.0.0.0
        -at 10.0.0.1:80 -r=10.1.0.1:80 -mw3 -x 20 --l-threshold=10
        -At10.0.0.2:80 -p300 -s rr\r
        """;
    assertThat(IpvsPrinter.print(good(text)))
        .isEqualTo(
            """
            -A -t 10.0.0.1:80 -s wrr -p 360 -M 255.0.0.0
            -a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 3 -x 20 -y 10
            -A -t 10.0.0.2:80 -s rr -p 300
            """);
  }

  /// ipvsadm makes the same of it: a mask without `-p` is kept by the kernel and used for nothing.
  @Test
  void aNetmaskWithoutPersistenceSaysNothing() {
    assertThat(good("-A -t 10.0.0.1:80 -s rr -M 255.0.0.0\n"))
        .isEqualTo(good("-A -t 10.0.0.1:80 -s rr\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          -A -t 10.96.0.1:80 -s|x:1:22: error KP601: the value of -s is missing
          -A -s rr|x:1:9: error KP601: -t is missing
          -A -t 10.0.0.1:80 -u 10.0.0.1:80|x:1:1: error KP601: -t and -u exclude each other
          -A -t web:80|x:1:7: error KP601: "web:80" is no address with a port; names need -n
          -A -t 10.0.0.1:http|x:1:16: error KP601: "http" is no number from 0 to 65535
          -A -t 10.0.0.1:65536|x:1:16: error KP601: "65536" is no number from 0 to 65535
          -A -t 10.0.0.1:0 -s rr|x:1:7: error KP601: only persistent virtual servers have all ports (-p)
          -A -t [fd00::1 -s rr|x:1:7: error KP601: "[fd00::1" is no address with a port; names need -n
          -A -t 10.0.0.1:80 -s rr;reboot|x:1:22: error KP601: "rr;reboot" is no name of a kernel module
          -A -t 10.0.0.1:80 -s a-name-of-16-ch.|x:1:22: error KP601: "a-name-of-16-ch." is no name of a kernel module
          -A -t 10.0.0.1:80 -b mh-port|x:1:22: error KP601: "mh-port" are no flags of wlc
          -A -t 10.0.0.1:80 -p 0|x:1:22: error KP601: "0" is no number from 1 to 2678400
          -A -t 10.0.0.1:80 -p 9 -M /8|x:1:27: error KP601: "/8" is no netmask
          -A -t [fd00::1]:80 -p 9 -M 129|x:1:28: error KP601: "129" is no number from 1 to 128
          -A -t 10.0.0.1:80 -o|x:1:19: error KP601: -o goes with UDP only
          -A -t 10.0.0.1:80 -6|x:1:19: error KP601: -6 goes with -f only
          -A -t 10.0.0.1:80 -w 1|x:1:22: error KP601: -A does not take -w
          -A -f 0|x:1:7: error KP601: "0" is no number from 1 to 4294967295
          -A -t 10.0.0.1:80 -A|x:1:19: error KP601: one command, as -A or -a, comes before all other options
          -A -t 10.0.0.1:80 -t 10.0.0.2:80|x:1:19: error KP601: -t stands twice
          -A -t 10.0.0.1:80 rr|x:1:19: error KP601: "rr" stands where an option is expected
          -A -t 10.0.0.1:80 --frob|x:1:19: error KP601: "--frob" is no option
          -A -t 10.0.0.1:80 --ops=1|x:1:19: error KP601: -o takes no value
          -A -q|x:1:4: error KP601: "-q" is no option
          -E -t 10.0.0.1:80|x:1:1: error KP601: -E changes what is there; what is there is needed
          -C|x:1:1: error KP601: -C changes what is there; what is there is needed
          -a -t 10.96.0.1:80 -r 10.1.0.1:80 -m|x:1:7: error KP601: a real server of TCP 10.96.0.1:80, which is not added before
          --set 900 120|x:1:14: error KP601: --set needs 3 numbers
          --set 900 120 300 4|x:1:19: error KP601: "4" stands where an option is expected
          --set 900 120 forever|x:1:15: error KP601: "forever" is no number from 0 to 2678400
          # saved on Monday|x:1:1: error KP601: a comment, which ipvsadm does not take
          *nat|x:1:1: error KP602: "*nat" is no line of what ipvsadm -Sn or ipvsadm -Ln prints
          create A hash:ip|x:1:1: error KP602: "create A hash:ip" is no line of what ipvsadm -Sn or ipvsadm -Ln prints
          Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes|x:1:1: error KP602: what ipvsadm -Ln prints without --stats and the like is needed
          TCP  web:http rr|x:1:6: error KP601: "web:http" is no address with a port; names need -n
          TCP  10.0.0.1:80|x:1:17: error KP601: the scheduler is missing
          TCP  10.0.0.1:80 rr what|x:1:21: error KP601: "what" stands where the line should end
          """)
  void namesThePlaceOfAFault(String line, String fault) {
    assertThat(faults(line + "\n")).containsExactly(fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -r 10.1.0.1:80 -m -i                          | -m and -i exclude each other
          -m                                            | -r is missing
          -r [fd00::1]:80 -m                            | only tunnels lead from IPv4 to the other family
          -r 10.1.0.1:80 -m -w 65536                    | "65536" is no number from 0 to 65535
          -r 10.1.0.1:80 -m -x 5 -y 6                   | "6" is no number from 0 to 5
          -r 10.1.0.1:80 -m -s rr                       | -a does not take -s
          -r 10.1.0.1:80 -m --tun-type ipip             | --tun-type goes with -i only
          -r 10.1.0.1:80 -i --tun-type l2tp             | "l2tp" is no type of a tunnel
          -r 10.1.0.1:80 -i --tun-type gue              | a port is for gue tunnels, a checksum for gue and gre
          -r 10.1.0.1:80 -i --tun-csum                  | a port is for gue tunnels, a checksum for gue and gre
          -r 10.1.0.1:80 -i --tun-type gre --tun-csum --tun-nocsum | --tun-nocsum and --tun-csum exclude each other
          """)
  void refusesWhatIpvsadmRefusesOfARealServer(String options, String message) {
    List<String> faults = faults("-A -t 10.0.0.1:80\n-a -t 10.0.0.1:80 " + options + "\n");
    assertThat(faults).singleElement().asString().startsWith("x:2:").endsWith(message);
  }

  @Test
  void tunnelsLeadToTheOtherFamily() {
    IpvsTable table = good("-A -t 10.0.0.1:80\n-a -t 10.0.0.1:80 -r [fd00::1]:80 -i\n");
    assertThat(table.servers().getFirst().servers()).hasSize(1);
  }

  @Test
  void nothingStandsTwice() {
    assertThat(
            faults(
                """
                -A -t 10.0.0.1:80 -s rr
                -a -t 10.0.0.1:80 -r 10.1.0.1:80 -m
                -a -t 10.0.0.1:80 -r 10.1.0.1:80 -m -w 2
                -A -t 10.0.0.1:80 -s wrr
                -A -u 10.0.0.1:80 -s rr
                """))
        .containsExactly(
            "x:3:22: error KP601: the real server \"10.1.0.1:80\" stands twice",
            "x:4:7: error KP601: the virtual server TCP 10.0.0.1:80 stands twice");
  }

  @Test
  void aFaultOfAVirtualServerIsNoFaultOfItsRealOnes() {
    assertThat(
            faults(
                """
                -A -t 10.0.0.1:80 -s rr -p never
                -a -t 10.0.0.1:80 -r 10.1.0.1:80 -m
                """))
        .containsExactly("x:1:28: error KP601: \"never\" is no number from 1 to 2678400");
    diagnostics.clear();
    assertThat(faults("TCP  10.0.0.1:80 r;r\n  -> 10.1.0.1:80   Masq 1 0 0\n"))
        .containsExactly("x:1:18: error KP601: \"r;r\" is no name of a kernel module");
  }

  @Test
  void saysNoMoreThanAHundredFaults() {
    assertThat(faults("-A -q\n".repeat(1_000)))
        .hasSize(101)
        .last()
        .asString()
        .startsWith("x:100:1: error KP108");
  }

  @ParameterizedTest
  @ValueSource(ints = {4_097, 10_000_000})
  void refusesLinesThatNobodyWrites(int length) {
    assertThat(faults("-".repeat(length)))
        .containsExactly("x:1:1: error KP108: a line of more than 4096 characters");
  }

  @Test
  void stopsAtTheFirstLineOfAnotherText() {
    assertThat(faults("*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n")).hasSize(1);
  }
}
