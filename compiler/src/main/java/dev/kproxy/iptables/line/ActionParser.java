package dev.kproxy.iptables.line;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.syntax.Draft;
import dev.kproxy.iptables.syntax.Values;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.SyntaxException;
import java.util.List;
import java.util.Optional;

/// Reads a target whose options have been gathered.
final class ActionParser {
  private static final List<String> REJECT_V4 =
      List.of(
          "icmp-net-unreachable",
          "icmp-host-unreachable",
          "icmp-proto-unreachable",
          "icmp-port-unreachable",
          "icmp-net-prohibited",
          "icmp-host-prohibited",
          "icmp-admin-prohibited",
          "tcp-reset");
  private static final List<String> REJECT_V6 =
      List.of(
          "icmp6-no-route",
          "icmp6-adm-prohibited",
          "icmp6-addr-unreachable",
          "icmp6-port-unreachable",
          "icmp6-policy-fail",
          "icmp6-reject-route",
          "tcp-reset");

  private final Family family;
  private final Optional<Match.Protocol> protocol;

  ActionParser(Family family, Optional<Match.Protocol> protocol) {
    this.family = family;
    this.protocol = protocol;
  }

  Action parse(Draft draft) throws SyntaxException {
    String name = draft.name().text();
    return switch (name) {
      case "ACCEPT" -> verdict(draft, new Action.Accept());
      case "DROP" -> verdict(draft, new Action.Drop());
      case "RETURN" -> verdict(draft, new Action.Return());
      case "QUEUE" -> verdict(draft, new Action.Queue());
      case "NOTRACK" -> new Action.NoTrack();
      case "REJECT" -> reject(draft);
      case "MARK" -> mark(draft);
      case "CONNMARK" -> connMark(draft);
      case "CT" -> new Action.Ct(draft.has("notrack"), draft.options("notrack"));
      case "DNAT" ->
          new Action.Dnat(
              translation(draft, "to-destination"), draft.has("random"), draft.has("persistent"));
      case "SNAT" ->
          new Action.Snat(
              translation(draft, "to-source"),
              draft.has("random"),
              draft.has("random-fully"),
              draft.has("persistent"));
      case "MASQUERADE" ->
          new Action.Masquerade(toPorts(draft), draft.has("random"), draft.has("random-fully"));
      case "REDIRECT" -> new Action.Redirect(toPorts(draft), draft.has("random"));
      case "NETMAP" -> {
        Word to = draft.required("to").word();
        yield new Action.Netmap(Values.masked(to, to.text(), family));
      }
      case "TPROXY" -> tproxy(draft);
      default ->
          draft.isEmpty() && !draft.syntax().known()
              ? new Action.Jump(name)
              : new Action.Target(name, draft.options());
    };
  }

  private static Action verdict(Draft draft, Action action) throws SyntaxException {
    if (!draft.isEmpty()) {
      Word option = draft.given().getFirst().at();
      throw SyntaxException.at(option, option.shown() + " belongs to no match of this rule");
    }
    return action;
  }

  private Action reject(Draft draft) throws SyntaxException {
    Optional<Draft.Given> given = draft.option("reject-with");
    if (given.isEmpty()) {
      return new Action.Reject();
    }
    Word word = given.get().word();
    String with = rejectName(word.text());
    if (!(family == Family.IPV4 ? REJECT_V4 : REJECT_V6).contains(with)) {
      throw SyntaxException.at(word, word.shown() + " is no answer of REJECT");
    }
    boolean tcp =
        protocol.isPresent() && protocol.get().number() == 6 && !protocol.get().inverted();
    if (with.equals("tcp-reset") && !tcp) {
      throw SyntaxException.at(word, "tcp-reset needs -p tcp");
    }
    return with.equals(Action.Reject.byDefault(family))
        ? new Action.Reject()
        : new Action.Reject(Optional.of(with));
  }

  /// The full name of an answer: `port-unreach` is short for `icmp-port-unreachable`.
  private String rejectName(String text) {
    String prefix = family == Family.IPV4 ? "icmp-" : "icmp6-";
    return switch (text) {
      case "net-unreach", "host-unreach", "proto-unreach", "port-unreach", "addr-unreach" ->
          prefix + text + "able";
      case "icmp-net-unreach",
          "icmp-host-unreach",
          "icmp-proto-unreach",
          "icmp-port-unreach",
          "icmp6-addr-unreach",
          "icmp6-port-unreach" ->
          text + "able";
      case "net-prohib", "host-prohib" -> prefix + text + "ited";
      case "icmp-net-prohib", "icmp-host-prohib" -> text + "ited";
      case "admin-prohib", "icmp-admin-prohib" -> "icmp-admin-prohibited";
      case "adm-prohibited", "no-route", "policy-fail", "reject-route" -> prefix + text;
      case "tcp-rst" -> "tcp-reset";
      default -> text;
    };
  }

  /// The bits that an option of MARK or CONNMARK sets, as `value` and `mask` of `--set-xmark`.
  private static Optional<int[]> xmark(Draft draft) throws SyntaxException {
    List<Draft.Given> given = draft.given();
    if (given.size() > 1) {
      throw SyntaxException.at(given.get(1).at(), given.get(1).at().text() + " is one too many");
    }
    if (given.isEmpty()) {
      return Optional.empty();
    }
    Word word = given.getFirst().word();
    return Optional.of(
        switch (given.getFirst().name()) {
          case "set-xmark" -> {
            long[] pair = Values.pair(word, '/', Values.MAX_INT, Values.MAX_INT);
            yield new int[] {(int) pair[0], (int) pair[1]};
          }
          case "set-mark" -> {
            long[] pair = Values.pair(word, '/', Values.MAX_INT, Values.MAX_INT);
            yield new int[] {(int) pair[0], (int) (pair[0] | pair[1])};
          }
          case "and-mark" -> new int[] {0, (int) ~Values.number(word, Values.MAX_INT)};
          case "or-mark" -> {
            int bits = (int) Values.number(word, Values.MAX_INT);
            yield new int[] {bits, bits};
          }
          default -> new int[] {(int) Values.number(word, Values.MAX_INT), 0};
        });
  }

  private static Action mark(Draft draft) throws SyntaxException {
    Optional<int[]> bits = xmark(draft);
    if (bits.isEmpty()) {
      throw SyntaxException.at(draft.name(), "MARK without what to set");
    }
    return new Action.Mark(bits.get()[0], bits.get()[1]);
  }

  private static Action connMark(Draft draft) throws SyntaxException {
    boolean save = draft.has("save-mark");
    boolean restore = draft.has("restore-mark");
    if (draft.has("left-shift-mark") || draft.has("right-shift-mark")) {
      return new Action.Target("CONNMARK", draft.options());
    }
    if (!save && !restore) {
      Optional<int[]> bits = xmark(draft);
      if (bits.isEmpty()) {
        throw SyntaxException.at(draft.name(), "CONNMARK without what to do");
      }
      return new Action.ConnMark(bits.get()[0], bits.get()[1]);
    }
    if (save && restore) {
      throw SyntaxException.at(draft.name(), "CONNMARK can do but one thing");
    }
    int both = mask(draft, "mask", -1);
    int packet = mask(draft, "nfmask", both);
    int connection = mask(draft, "ctmask", both);
    return save
        ? new Action.SaveMark(packet, connection)
        : new Action.RestoreMark(packet, connection);
  }

  private static int mask(Draft draft, String option, int otherwise) throws SyntaxException {
    Optional<Draft.Given> given = draft.option(option);
    return given.isEmpty() ? otherwise : (int) Values.number(given.get().word(), Values.MAX_INT);
  }

  private Optional<PortRange> toPorts(Draft draft) throws SyntaxException {
    Optional<Draft.Given> given = draft.option("to-ports");
    if (given.isEmpty()) {
      return Optional.empty();
    }
    Word word = given.get().word();
    needsPorts(draft, word);
    return Optional.of(Values.ports(word, word.text(), '-'));
  }

  private void needsPorts(Draft draft, Word word) throws SyntaxException {
    if (protocol.isEmpty() || !List.of(1, 6, 17, 33, 58, 132).contains(protocol.get().number())) {
      throw SyntaxException.at(
          word, draft.name().text() + " to a port needs -p tcp, udp, sctp or dccp");
    }
  }

  /// `ADDRESS[-ADDRESS][:PORT[-PORT[/BASE]]]`, of which either half may be missing; an IPv6 address
  /// before a port stands in brackets.
  private Action.Translation translation(Draft draft, String option) throws SyntaxException {
    Word word = draft.required(option).word();
    String text = word.text();
    int colon = portColon(text);
    String addresses = text.substring(0, colon < 0 ? text.length() : colon);
    if (addresses.startsWith("[") && addresses.endsWith("]")) {
      addresses = addresses.substring(1, addresses.length() - 1);
    }
    if (text.isEmpty() || text.equals(":0")) {
      throw SyntaxException.skew(word, draft.name().text() + " to nothing");
    }
    Optional<Ip> first = Optional.empty();
    Optional<Ip> last = Optional.empty();
    if (!addresses.isEmpty()) {
      int dash = addresses.indexOf('-');
      Ip from = Values.ip(word, dash < 0 ? addresses : addresses.substring(0, dash), family);
      first = Optional.of(from);
      last = Optional.of(dash < 0 ? from : Values.ip(word, addresses.substring(dash + 1), family));
    }
    if (colon < 0) {
      return new Action.Translation(first, last, Optional.empty(), Optional.empty());
    }
    needsPorts(draft, word);
    String ports = text.substring(colon + 1);
    int slash = ports.indexOf('/');
    Optional<Integer> base = Optional.empty();
    if (slash >= 0) {
      base = Optional.of(Values.ports(word, ports.substring(slash + 1), '-').first());
      ports = ports.substring(0, slash);
    }
    return new Action.Translation(first, last, Optional.of(Values.ports(word, ports, '-')), base);
  }

  /// Where the port begins, or -1.
  private int portColon(String text) {
    if (family == Family.IPV4 || (text.startsWith(":") && !text.startsWith("::"))) {
      return text.indexOf(':');
    }
    int bracket = text.lastIndexOf(']');
    return bracket < 0 ? -1 : text.indexOf(':', bracket);
  }

  private Action tproxy(Draft draft) throws SyntaxException {
    int port = (int) Values.number(draft.required("on-port").word(), 65535);
    Optional<Ip> ip = Optional.empty();
    Optional<Draft.Given> given = draft.option("on-ip");
    if (given.isPresent()) {
      Word word = given.get().word();
      ip =
          Optional.of(Values.ip(word, word.text(), family))
              .filter(it -> !it.equals(MaskedIp.mask(family, 0)));
    }
    long[] mark = {0, 0};
    given = draft.option("tproxy-mark");
    if (given.isPresent()) {
      mark = Values.pair(given.get().word(), '/', Values.MAX_INT, Values.MAX_INT);
    }
    return new Action.Tproxy(port, ip, (int) mark[0], (int) mark[1]);
  }
}
