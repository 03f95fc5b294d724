package dev.kproxy.ipset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.net.Cidr;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpsetParserTest {
  private final List<Diagnostic> diagnostics = new ArrayList<>();

  private List<IpSet> parse(String text) {
    return IpsetParser.parse(text, "x", diagnostics::add);
  }

  private IpSet one(String text) {
    List<IpSet> sets = parse(text);
    assertThat(diagnostics).isEmpty();
    assertThat(sets).hasSize(1);
    return sets.getFirst();
  }

  private List<String> faults(String text) {
    parse(text);
    return diagnostics.stream().map(Diagnostic::toString).toList();
  }

  @Test
  void readsASetOfKubeProxy() {
    IpSet set =
        one(
            """
            create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
            add KUBE-CLUSTER-IP 10.96.0.10,udp:53
            """);
    assertThat(set)
        .isEqualTo(
            new IpSet(
                "KUBE-CLUSTER-IP",
                SetType.HASH_IP_PORT,
                List.of(
                    new SetOption.AddressFamily(Family.IPV4),
                    new SetOption.Count(SetOption.Count.Name.HASHSIZE, 1024),
                    new SetOption.Count(SetOption.Count.Name.MAXELEM, 65_536)),
                List.of(
                    Entry.of(
                        Element.Addresses.of(Ip.of("10.96.0.10")),
                        Element.ProtocolPorts.of(17, 53)))));
    assertThat(set.family()).contains(Family.IPV4);
    assertThat(set.count(SetOption.Count.Name.MAXELEM)).hasValue(65_536);
  }

  @Test
  void readsNumbersOfProtocolsAsTheirNames() {
    String named = "create a hash:ip,port\nadd a 10.0.0.1,tcp:80\n";
    assertThat(one(named.replace("tcp", "6"))).isEqualTo(one(named));
    assertThat(one(named.replace("tcp", "0x6"))).isEqualTo(one(named));
    assertThat(one(named.replace("tcp:", ""))).isEqualTo(one(named));
    assertThat(one(named.replace("tcp", "TCP"))).isEqualTo(one(named));
  }

  @Test
  void readsRangesOfAddressesAndPorts() {
    IpSet set =
        one(
            """
            create a hash:ip,port
            add a 10.0.0.1-10.0.0.9,tcp:1000-2000
            add a 10.0.0.9-10.0.0.1,udp:20-10
            add a 10.0.1.7/24,sctp:1
            """);
    assertThat(set.entries())
        .extracting(Entry::elements)
        .containsExactly(
            List.of(
                new Element.Addresses(Ip.of("10.0.0.1"), Ip.of("10.0.0.9")),
                new Element.ProtocolPorts(6, new PortRange(1000, 2000))),
            List.of(
                new Element.Addresses(Ip.of("10.0.0.1"), Ip.of("10.0.0.9")),
                new Element.ProtocolPorts(17, new PortRange(10, 20))),
            List.of(
                new Element.Addresses(Ip.of("10.0.1.0"), Ip.of("10.0.1.255")),
                Element.ProtocolPorts.of(132, 1)));
  }

  @Test
  void splitsRangesIntoNetworksAsTheKernelDoes() {
    IpSet set = one("create n hash:net\nadd n 10.0.0.1-10.0.0.9\nadd n 0.0.0.0-127.255.255.255\n");
    assertThat(set.entries())
        .extracting(entry -> entry.elements().getFirst())
        .containsExactly(
            network("10.0.0.1/32"),
            network("10.0.0.2/31"),
            network("10.0.0.4/30"),
            network("10.0.0.8/31"),
            network("0.0.0.0/1"));
  }

  private static Element network(String text) {
    return new Element.Network(Cidr.of(text));
  }

  /// What ipset 7.17 saves after it was given what stands left; Linux 6.18.
  @ParameterizedTest
  @CsvSource({
    "10.0.0.5-10.0.3.7 netmask 24, 10.0.0.0-10.0.3.255 netmask 24",
    "10.0.0.0-10.1.0.255 netmask 30, 10.0.0.0-10.1.0.255 netmask 30",
    "0.0.0.0-255.255.255.255 netmask 16, 0.0.0.0-255.255.255.255 netmask 16",
    "0.0.0.0-255.255.255.255 netmask 1, 0.0.0.0-255.255.255.255 netmask 1",
    "10.0.0.9-10.0.0.5, 10.0.0.5-10.0.0.9",
  })
  void widensRangesToTheNetworksOfTheBitmap(String given, String saved) {
    IpSet set = one("create a bitmap:ip range " + given + "\n");
    assertThat(IpsetPrinter.print(List.of(set)))
        .isEqualTo("create a bitmap:ip range " + saved + "\n");
  }

  @Test
  void clearsTheBitsThatTheSetDoesNotKeep() {
    IpSet set = one("create a hash:ip netmask 24\nadd a 10.0.0.1\n");
    assertThat(set.entries()).containsExactly(Entry.of(Element.Addresses.of(Ip.of("10.0.0.0"))));
    assertThat(set.masked(Ip.of("10.0.0.77"))).isEqualTo(Ip.of("10.0.0.0"));
    IpSet masked = one("create a hash:ip bitmask 255.0.0.255\nadd a 10.1.2.3\n");
    assertThat(masked.entries()).containsExactly(Entry.of(Element.Addresses.of(Ip.of("10.0.0.3"))));
    IpSet marks = one("create a hash:ip,mark markmask 0xff\nadd a 10.1.2.3,0x1234\n");
    assertThat(marks.entries().getFirst().elements().get(1)).isEqualTo(new Element.Mark(0x34));
  }

  @Test
  void keepsMappedAddressesInTheirFamily() {
    IpSet set = one("create a hash:ip family inet6\nadd a ::ffff:10.0.0.1\n");
    assertThat(set.entries())
        .containsExactly(Entry.of(Element.Addresses.of(new Ip.V6(0, 0xffff_0a00_0001L))));
  }

  @Test
  void readsNamesThatHoldAnythingButBlanks() {
    IpSet set =
        one("create weave-;#|!{}[]$~?^()\"' hash:ip\nadd weave-;#|!{}[]$~?^()\"' 1.1.1.1\n");
    assertThat(set.name()).isEqualTo("weave-;#|!{}[]$~?^()\"'");
    assertThat(set.entries()).hasSize(1);
  }

  @Test
  void countsTheBytesOfNames() {
    String name = "ü".repeat(15);
    assertThat(one("create " + name + "x hash:ip\n").name()).isEqualTo(name + "x");
    assertThat(faults("create " + name + "xy hash:ip\nadd " + name + "xy 1.1.1.1\n"))
        .singleElement()
        .asString()
        .startsWith("x:1:8: error KP601: ");
  }

  @Test
  void readsRestoreFilesInAnyOrderOfSetsAndEntries() {
    List<IpSet> sets =
        parse(
            """
            # two sets
            -exist create a hash:ip
            create b hash:ip -exist

            -N c hash:ip
            add b 1.1.1.1 -exist
            -A a 2.2.2.2
              add\ta 3.3.3.3\r
            COMMIT
            """);
    assertThat(diagnostics).isEmpty();
    assertThat(IpsetPrinter.print(sets))
        .isEqualTo(
            """
            create a hash:ip
            add a 2.2.2.2
            add a 3.3.3.3
            create b hash:ip
            add b 1.1.1.1
            create c hash:ip
            """);
  }

  @Test
  void replacesEntriesOnlyWithExist() {
    IpSet set = one("create a hash:ip timeout 0\nadd a 1.1.1.1\nadd a 1.1.1.1 timeout 5 -exist\n");
    assertThat(set.entries())
        .containsExactly(
            new Entry(
                List.of(Element.Addresses.of(Ip.of("1.1.1.1"))),
                List.of(new EntryOption.Timeout(5))));
    assertThat(faults("create a hash:ip\nadd a 1.1.1.1\nadd a 1.1.1.1\n"))
        .containsExactly("x:3:7: error KP601: \"1.1.1.1\" stands twice in the set");
  }

  @Test
  void takesTheWordExistAsAComment() {
    IpSet set = one("create a hash:ip comment\nadd a 1.1.1.1 comment \"-exist\"\n");
    assertThat(set.entries().getFirst().options())
        .containsExactly(new EntryOption.Comment("-exist"));
  }

  @Test
  void knowsWhichEntriesTakeAddressesOut() {
    IpSet set = one("create n hash:net,iface\nadd n 10.0.0.0/8,cali nomatch wildcard\n");
    assertThat(set.entries().getFirst().isNomatch()).isTrue();
    assertThat(set.entries().getFirst().isWildcard()).isTrue();
    IpSet plain = one("create n hash:net,iface\nadd n 10.0.0.0/8,cali\n");
    assertThat(plain.entries().getFirst().isNomatch()).isFalse();
    assertThat(plain.entries().getFirst().isWildcard()).isFalse();
  }

  @Test
  void readsAListingWithoutBlankLinesBetweenItsSets() {
    List<IpSet> sets =
        parse(
            """
            Name: a
            Type: hash:ip
            Revision: 5
            Header: family inet hashsize 1024 maxelem 65536
            Size in memory: 408
            References: 2
            Number of entries: 1
            Members:
            1.1.1.1
            Name: b
            Type: bitmap:port
            Revision: 3
            Header: range 0-65535
            Size in memory: 8264
            References: 0
            Members:
            80
            """);
    assertThat(diagnostics).isEmpty();
    assertThat(IpsetPrinter.print(sets))
        .isEqualTo(
            """
            create a hash:ip family inet hashsize 1024 maxelem 65536
            add a 1.1.1.1
            create b bitmap:port range 0-65535
            add b 80
            """);
  }

  @Test
  void refusesAListingWithoutMembers() {
    assertThat(
            faults(
                """
                Name: a
                Type: hash:ip
                Revision: 5
                Header: family inet
                Number of entries: 1

                Name: b
                Type: hash:ip
                Header: family inet
                Members:
                """))
        .singleElement()
        .asString()
        .startsWith("x:1:1: error KP602: the members of the set \"a\" are not shown");
    assertThat(parse("Name: a\nType: hash:ip\nHeader: family inet\n")).isEmpty();
  }

  @Test
  void findsNoSetsInAnEmptyText() {
    assertThat(parse("")).isEmpty();
    assertThat(parse("\n# nothing\n")).isEmpty();
    assertThat(diagnostics).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*filter",
        "-A INPUT -j ACCEPT",
        "-A -t 10.0.0.1:80 -s rr",
        "-P INPUT ACCEPT",
        "table ip kube-proxy {",
        "<ipsets>",
        "[{\"name\": \"a\"}]",
        "IP Virtual Server version 1.2.1 (size=4096)"
      })
  void namesTextOfOtherCommands(String line) {
    assertThat(faults(line + "\nadd a 1.1.1.1\n"))
        .singleElement()
        .asString()
        .startsWith("x:1:1: error KP602: this is ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          create a hash:foo                                   | 10 | "hash:foo" is no type of a set
          create a                                            | 9  | the type of the set is missing
          create a hash:ip family inet7                       | 25 | "inet7" is neither inet nor inet6
          create a bitmap:port family inet range 1-2          | 22 | bitmap:port is of no family
          create a bitmap:ip range 10.0.0.0-10.1.0.0          | 10 | no bitmap:ip holds this range
          create a bitmap:ip range 10.0.0.0/16 netmask 2      | 10 | no bitmap:ip holds this range
          create a bitmap:ip range 10.0.0.0/16 netmask 16     | 10 | no bitmap:ip holds this range
          create a bitmap:ip range 0.0.0.0-255.255.255.255 netmask 17 | 10 | no bitmap:ip holds this range
          create a bitmap:ip range 10.0.1.0-10.0.2.255 netmask 24 | 10 | no bitmap:ip holds this range
          create a bitmap:port                                | 10 | a set of type bitmap:port needs a range
          create a hash:ip netmask 33                         | 26 | "33" is no number from 1 to 32
          create a hash:ip timeout 2147484                    | 26 | "2147484" is no number from 0 to 2147483
          create a hash:ip maxelem -1                         | 26 | "-1" is no number from 0 to 4294967295
          create a hash:ip maxelem                            | 25 | the number after maxelem is missing
          create a hash:ip sparkle                            | 18 | "sparkle" is no option of a set
          add b 1.1.1.1                                       | 5  | no set "b" was created
          add ip 10.0.0.256                                   | 8  | "10.0.0.256" is no IPv4 address
          add ip fe80::1                                      | 8  | "fe80::1" is no IPv4 address
          add ip example.com                                  | 8  | "example.com" is no IPv4 address
          add ip 10.0.0.1,tcp:80                              | 8  | "10.0.0.1,tcp:80" is no IPv4 address
          add ip 10.0.0.1 nomatch                             | 17 | entries of hash:ip cannot be nomatch
          add ip 10.0.0.1 colour red                          | 17 | "colour" is no option of an entry
          add ip 10.0.0.1 timeout soon                        | 25 | "soon" is no number from 0 to 2147483
          add ip 10.0.0.1 comment "open                       | 25 | a quote that is never closed
          add ip 10.0.0.1 skbprio 1                           | 25 | "1" is no priority, as 1:10
          add port 10.0.0.1                                   | 10 | "10.0.0.1" has not the parts of hash:ip,port
          add port 10.0.0.1,tcp:http                          | 23 | "http" is no number from 0 to 65535
          add port 10.0.0.1,tcp:65536                         | 23 | "65536" is no number from 0 to 65535
          add port 10.0.0.1,gre:1                             | 23 | "1" is no number from 0 to 0
          add port 10.0.0.1,foo:1                             | 19 | "foo" is no number from 1 to 255
          add port 10.0.0.1,icmp:8                            | 24 | "8" is no type and code of ICMP
          add port 10.0.0.1,icmpv6:1/4                        | 26 | this ICMP is not that of IPv4
          add net 0.0.0.0/0                                   | 9  | no set of type hash:net holds a network of all
          add net 10.0.0.0/33                                 | 18 | "33" is no number from 0 to 32
          add net 0.0.0.0-255.255.255.255                     | 9  | "0.0.0.0-255.255.255.255" is a range too wide for the kernel
          add ip6 fe80::1-fe80::2                             | 9  | "fe80::1-fe80::2" is no single address
          add bitmap 99                                       | 12 | "99" is out of the range of the set
          add mac 00:11:22:33:44                              | 9  | "00:11:22:33:44" is no hardware address
          add iface 10.0.0.0/8,sixteencharacters              | 22 | "sixteencharacters" is no name of an interface
          add iface "10.0.0.0/8,eth 0"                        | 23 | "eth 0" is no name of an interface
          create "x hash:ip                                   | 8  | a quote that is never closed
          add list a before b                                 | 12 | the place in a list is not read; its members can be written in their order
          swap ip net                                         | 1  | swap changes sets that are there; what is in them, is needed
          frobnicate                                          | 1  | "frobnicate" is no command that makes sets
          """)
  void tellsWhereALineIsWrong(String line, int column, String message) {
    String sets =
        """
        create ip hash:ip comment timeout 0
        create ip6 hash:ip family inet6
        create port hash:ip,port
        create net hash:net
        create bitmap bitmap:port range 100-200
        create mac hash:mac
        create iface hash:net,iface
        create list list:set
        """;
    assertThat(faults(sets + line + "\n"))
        .containsExactly("x:9:" + column + ": error KP601: " + message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-exist", "--exist", "-!", "\"x"})
  void refusesNamesThatNoRestoreReads(String name) {
    assertThat(faults("Name: " + name + "\nType: hash:ip\nHeader: family inet\nMembers:\n"))
        .containsExactly(
            "x:3:1: error KP601: the set \"%s\" has no type, no proper name, or stands twice"
                .formatted(name));
  }

  @Test
  void tellsEveryFaultAndKeepsTheRest() {
    List<IpSet> sets =
        parse(
            """
            create a hash:ip
            add a nonsense
            create b hash:foo
            add b 1.1.1.1
            add a 1.1.1.1
            add a more nonsense
            """);
    assertThat(diagnostics)
        .extracting(it -> it.location().orElseThrow().line())
        .containsExactly(2, 3, 6);
    assertThat(IpsetPrinter.print(sets)).isEqualTo("create a hash:ip\nadd a 1.1.1.1\n");
  }

  @Test
  void stopsAfterAHundredFaults() {
    assertThat(faults("create a hash:ip\n" + "add a x\n".repeat(1000)))
        .hasSize(101)
        .last()
        .asString()
        .isEqualTo("x:101:1: error KP108: more faults than are shown; the rest was not read");
  }

  @Test
  void boundsWhatRangesComeTo() {
    String widest = "0.0.0.1-127.255.255.254";
    StringBuilder text = new StringBuilder("create a hash:net,net\n");
    for (int i = 0; i < 1000; i++) {
      text.append("add a -exist ").append(widest).append(',').append(widest).append('\n');
    }
    assertThat(faults(text.toString()).getFirst())
        .contains("error KP108: ranges that come to more networks than are read");
  }

  @Test
  void bearsLinesWithoutEnd() {
    assertThat(faults("create a hash:ip\nadd a " + "-exist ".repeat(9000) + "1.1.1.1\n")).isEmpty();
    assertThat(faults("create " + "a".repeat(1 << 20) + " hash:ip\n").getFirst())
        .isEqualTo("x:1:1: error KP108: a line of more than 65536 characters");
  }

  @Test
  void refusesNulCharacters() {
    assertThat(faults("create a\0 hash:ip\n"))
        .containsExactly("x:1:9: error KP104: a NUL character");
  }

  /// A set of the size that kube-proxy allows takes a tenth of a second; only a quadratic reading
  /// comes near the limit.
  @Test
  void readsFullSetsQuickly() {
    StringBuilder text = new StringBuilder("create a hash:ip,port,ip\n");
    for (int i = 0; i < 65_536; i++) {
      String ip = new Ip.V4(0x0a000000 + i).toString();
      text.append("add a ").append(ip).append(",tcp:80,").append(ip).append('\n');
    }
    long start = System.nanoTime();
    IpSet set = one(text.toString());
    assertThat(IpsetPrinter.print(List.of(set))).isEqualTo(text.toString());
    assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
    assertThat(set.entries()).hasSize(65_536);
  }

  @Test
  void neverThrowsOnTextThatWasDamaged() {
    long seed = Long.getLong("kproxy.seed", 1);
    Random random = new Random(seed);
    RandomSets sets = new RandomSets(seed);
    String damage = " ,:/-\"\0\n\tx09.%é";
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder(IpsetPrinter.print(List.of(sets.set())));
      for (int k = random.nextInt(4); k >= 0; k--) {
        int at = random.nextInt(text.length());
        text.replace(
            at, at + random.nextInt(2), damage.charAt(random.nextInt(damage.length())) + "");
      }
      List<IpSet> read = IpsetParser.parse(text.toString(), "seed " + seed, _ -> {});
      assertThat(IpsetParser.parse(IpsetPrinter.print(read), "printed", _ -> {}))
          .as("seed %d: %s", seed, text)
          .isEqualTo(read);
    }
  }
}
