package dev.kproxy.iptables.line;

import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.iptables.syntax.Draft;
import dev.kproxy.iptables.syntax.IcmpNames;
import dev.kproxy.iptables.syntax.Values;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.ProtocolNames;
import dev.kproxy.net.SyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads an extension whose options have been gathered.
final class MatchParser {
  private static final List<String> TCP_FLAGS = List.of("FIN", "SYN", "RST", "PSH", "ACK", "URG");

  private final Family family;
  private final Optional<Match.Protocol> protocol;

  MatchParser(Family family, Optional<Match.Protocol> protocol) {
    this.family = family;
    this.protocol = protocol;
  }

  Match.Extension parse(Draft draft) throws SyntaxException {
    return switch (draft.name().text()) {
      case "comment" -> comment(draft.required("comment").word());
      case "tcp" -> tcp(draft);
      case "udp" -> {
        needs(draft, 17);
        yield new Match.Udp(ports(draft, "sport"), ports(draft, "dport"));
      }
      case "sctp" -> sctp(draft);
      case "icmp" -> family == Family.IPV4 ? icmp(draft, "icmp-type", 1) : module(draft);
      case "icmp6" -> family == Family.IPV6 ? icmp(draft, "icmpv6-type", 58) : module(draft);
      case "multiport" -> multiport(draft);
      case "mark" -> {
        Draft.Given mark = draft.required("mark");
        long[] pair = Values.pair(mark.word(), '/', Values.MAX_INT, Values.MAX_INT);
        yield new Match.Mark((int) pair[0], (int) pair[1], mark.inverted());
      }
      case "connmark" -> {
        Draft.Given mark = draft.required("mark");
        long[] pair = Values.pair(mark.word(), '/', Values.MAX_INT, Values.MAX_INT);
        yield new Match.ConnMark((int) pair[0], (int) pair[1], mark.inverted());
      }
      case "conntrack" -> new StateMatchParser(family).conntrack(draft);
      case "state" -> StateMatchParser.state(draft);
      case "statistic" -> StateMatchParser.statistic(draft);
      case "recent" -> new StateMatchParser(family).recent(draft);
      case "addrtype" -> addrType(draft);
      case "nfacct" -> new Match.NfAcct(draft.required("nfacct-name").word().text());
      case "set" -> matchSet(draft);
      case "iprange" -> {
        atLeastOne(draft);
        yield new Match.IpRange(range(draft, "src-range"), range(draft, "dst-range"));
      }
      case "physdev" -> physDev(draft);
      case "ipvs" -> ipvs(draft);
      default -> module(draft);
    };
  }

  private static Match.Extension module(Draft draft) {
    return new Match.Module(draft.name().text(), draft.options());
  }

  private void needs(Draft draft, int number) throws SyntaxException {
    if (protocol.isEmpty() || protocol.get().inverted() || protocol.get().number() != number) {
      throw SyntaxException.at(
          draft.name(), "-m " + draft.name().text() + " needs -p " + ProtocolNames.of(number));
    }
  }

  static void atLeastOne(Draft draft) throws SyntaxException {
    if (draft.isEmpty()) {
      throw SyntaxException.at(draft.name(), "-m " + draft.name().text() + " without an option");
    }
  }

  private static Match.Extension comment(Word word) throws SyntaxException {
    if (word.text().getBytes(StandardCharsets.UTF_8).length > 255) {
      throw SyntaxException.at(word, "a comment of more than 255 bytes");
    }
    return new Match.Comment(word.text());
  }

  private Optional<Negatable<PortRange>> ports(Draft draft, String option) throws SyntaxException {
    Optional<Draft.Given> given = draft.option(option);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    PortRange range = Values.ports(given.get().word(), given.get().word().text(), ':');
    return range.equals(PortRange.ALL) && !given.get().inverted()
        ? Optional.empty()
        : Optional.of(new Negatable<>(range, given.get().inverted()));
  }

  private Match.Extension tcp(Draft draft) throws SyntaxException {
    needs(draft, 6);
    Optional<Negatable<Match.Tcp.Flags>> flags = Optional.empty();
    Optional<Draft.Given> syn = draft.option("syn");
    if (syn.isPresent()) {
      flags = Optional.of(new Negatable<>(new Match.Tcp.Flags(0x17, 0x02), syn.get().inverted()));
    }
    Optional<Draft.Given> tcpFlags = draft.option("tcp-flags");
    if (tcpFlags.isPresent()) {
      List<Word> words = tcpFlags.get().words();
      Match.Tcp.Flags bits = new Match.Tcp.Flags(flags(words.get(0)), flags(words.get(1)));
      flags = Optional.of(new Negatable<>(bits, tcpFlags.get().inverted()));
    }
    Optional<Draft.Given> option = draft.option("tcp-option");
    Optional<Negatable<Integer>> number = Optional.empty();
    if (option.isPresent()) {
      int value = (int) Values.number(option.get().word(), 255);
      number = Optional.of(new Negatable<>(value, option.get().inverted()));
    }
    return new Match.Tcp(ports(draft, "sport"), ports(draft, "dport"), flags, number);
  }

  private static int flags(Word word) throws SyntaxException {
    int bits = 0;
    for (String name : Values.list(word)) {
      String flag = name.toUpperCase(Locale.ROOT);
      int bit = TCP_FLAGS.indexOf(flag);
      if (bit < 0 && !flag.equals("ALL") && !flag.equals("NONE")) {
        throw SyntaxException.at(word, word.shown() + ": no such flag of TCP");
      }
      bits |= flag.equals("ALL") ? 0x3f : bit < 0 ? 0 : 1 << bit;
    }
    return bits;
  }

  private Match.Extension sctp(Draft draft) throws SyntaxException {
    needs(draft, 132);
    Optional<Negatable<List<String>>> chunks =
        draft
            .option("chunk-types")
            .map(
                it -> new Negatable<>(it.words().stream().map(Word::text).toList(), it.inverted()));
    return new Match.Sctp(ports(draft, "sport"), ports(draft, "dport"), chunks);
  }

  private Match.Extension icmp(Draft draft, String option, int number) throws SyntaxException {
    needs(draft, number);
    Draft.Given given = draft.required(option);
    return new Match.Icmp(new Negatable<>(IcmpNames.type(given.word(), family), given.inverted()));
  }

  private Match.Extension multiport(Draft draft) throws SyntaxException {
    if (protocol.isEmpty()
        || protocol.get().inverted()
        || !List.of(6, 17, 33, 132, 136).contains(protocol.get().number())) {
      throw SyntaxException.at(draft.name(), "-m multiport needs -p of a protocol with ports");
    }
    if (draft.given().size() != 1) {
      throw SyntaxException.at(
          draft.name(), "-m multiport needs one of --sports, --dports and --ports");
    }
    Draft.Given given = draft.given().getFirst();
    List<PortRange> ports = new ArrayList<>();
    int count = 0;
    for (String text : Values.list(given.word())) {
      PortRange range = Values.ports(given.word(), text, ':');
      ports.add(range);
      count += range.first() == range.last() ? 1 : 2;
    }
    if (count > 15) {
      throw SyntaxException.at(given.word(), "more than 15 ports");
    }
    Match.Multiport.Which which =
        switch (given.name()) {
          case "sports" -> Match.Multiport.Which.SOURCE;
          case "dports" -> Match.Multiport.Which.DESTINATION;
          default -> Match.Multiport.Which.EITHER;
        };
    return new Match.Multiport(which, ports, given.inverted());
  }

  private Match.Extension addrType(Draft draft) throws SyntaxException {
    if (!draft.has("src-type") && !draft.has("dst-type")) {
      throw SyntaxException.at(draft.name(), "-m addrtype needs --src-type or --dst-type");
    }
    return new Match.AddrType(
        kinds(draft, "src-type"),
        kinds(draft, "dst-type"),
        draft.has("limit-iface-in"),
        draft.has("limit-iface-out"));
  }

  private static Optional<Negatable<Set<Match.AddrType.Kind>>> kinds(Draft draft, String option)
      throws SyntaxException {
    Optional<Draft.Given> given = draft.option(option);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    Set<Match.AddrType.Kind> kinds =
        EnumSet.copyOf(
            Values.names(Match.AddrType.Kind.class, given.get().word(), "type of address"));
    return Optional.of(new Negatable<>(kinds, given.get().inverted()));
  }

  private static Match.Extension matchSet(Draft draft) throws SyntaxException {
    Draft.Given given = draft.required("match-set");
    List<Match.MatchSet.Side> sides =
        Values.names(Match.MatchSet.Side.class, given.words().get(1), "side of a packet");
    return new Match.MatchSet(
        given.word().text(), sides, given.inverted(), draft.options("match-set"));
  }

  private Optional<Negatable<Match.IpRange.Range>> range(Draft draft, String option)
      throws SyntaxException {
    Optional<Draft.Given> given = draft.option(option);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    Word word = given.get().word();
    int dash = word.text().indexOf('-');
    Ip first = Values.ip(word, dash < 0 ? word.text() : word.text().substring(0, dash), family);
    Ip last = dash < 0 ? first : Values.ip(word, word.text().substring(dash + 1), family);
    return Optional.of(
        new Negatable<>(new Match.IpRange.Range(first, last), given.get().inverted()));
  }

  private static Match.Extension physDev(Draft draft) throws SyntaxException {
    atLeastOne(draft);
    return new Match.PhysDev(
        text(draft, "physdev-in"),
        flag(draft, "physdev-is-in"),
        text(draft, "physdev-out"),
        flag(draft, "physdev-is-out"),
        flag(draft, "physdev-is-bridged"));
  }

  private static Optional<Negatable<String>> text(Draft draft, String option) {
    return draft.option(option).map(it -> new Negatable<>(it.word().text(), it.inverted()));
  }

  private static Optional<Negatable<Boolean>> flag(Draft draft, String option) {
    return draft.option(option).map(it -> new Negatable<>(true, it.inverted()));
  }

  private Match.Extension ipvs(Draft draft) throws SyntaxException {
    atLeastOne(draft);
    Optional<Negatable<Integer>> number = Optional.empty();
    Optional<Draft.Given> given = draft.option("vproto");
    if (given.isPresent()) {
      number =
          Optional.of(new Negatable<>(Values.protocol(given.get().word()), given.get().inverted()));
    }
    Optional<Negatable<MaskedIp>> address = Optional.empty();
    given = draft.option("vaddr");
    if (given.isPresent()) {
      Word word = given.get().word();
      MaskedIp masked = Values.masked(word, word.text(), family);
      address = Optional.of(new Negatable<>(masked, given.get().inverted()));
    }
    Optional<Negatable<Integer>> port = Optional.empty();
    given = draft.option("vport");
    if (given.isPresent()) {
      int value = (int) Values.number(given.get().word(), 65535);
      port = Optional.of(new Negatable<>(value, given.get().inverted()));
    }
    return new Match.Ipvs(number, address, port, draft.options("vproto", "vaddr", "vport"));
  }
}
