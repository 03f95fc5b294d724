package dev.kproxy.iptables.line;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Negatable;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.syntax.Values;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.SyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What lines have in common that differ only in the values of their slots, and the rule that each
/// of them makes. A line is given without its counters and its chain, from the blank behind them.
///
/// If one of them is a rule, all are: no value of a slot can be taken for an option, and where the
/// option before it were itself taken for a value, then the value of the slot would belong to no
/// option, whatever it is. Quotes that are not those of a comment, in which options could stand,
/// are in no template. The rule is that of one of these lines, but for what has a value of its own;
/// whether that is right is not concluded but tried, with a line whose values all differ.
final class Template {
  private static final int LENGTH_LIMIT = 512;

  private final Family family;
  private final byte[][] pieces;
  private final Slot[] slots;
  private final Optional<String> target;
  private final Match[] matches;
  private final Action action;

  /// Which of the matches has the value of each slot; -1 where the action has it.
  private final int[] places;

  private Template(Family family, Cut cut, Rule rule) {
    this.family = family;
    this.pieces = cut.pieces().toArray(byte[][]::new);
    this.slots = cut.values().keySet().toArray(Slot[]::new);
    this.target = cut.target();
    this.matches = rule.matches().toArray(Match[]::new);
    this.action = rule.action();
    this.places = new int[slots.length];
    for (int i = 0; i < slots.length; i++) {
      places[i] = place(slots[i]);
    }
  }

  private int place(Slot slot) {
    int place = matches.length - 1;
    while (place >= 0 && !takes(matches[place], slot)) {
      place--;
    }
    return place;
  }

  /// Reads a line in full.
  @FunctionalInterface
  interface Reader {
    /// The rules of a line.
    List<Rule> read(String line) throws SyntaxException;
  }

  /// The template of a line; empty where it has none, because it makes several rules, or because
  /// something in it is in doubt.
  ///
  /// @param rules those that the line makes
  /// @param isChain whether there is a chain of that name
  static Optional<Template> of(
      Family family, byte[] line, List<Rule> rules, Predicate<String> isChain, Reader reader) {
    Optional<Cut> cut = Cut.of(family, line);
    if (rules.size() > 1
        || line.length > LENGTH_LIMIT
        || cut.isEmpty()
        || cut.get().target().filter(isChain).isPresent()) {
      return Optional.empty();
    }
    Template template = new Template(family, cut.get(), rules.getFirst());
    return template.isCalleeKnown() && template.isRightFor(cut.get().other(family), reader)
        ? Optional.of(template)
        : Optional.empty();
  }

  private boolean isCalleeKnown() {
    boolean calls = action instanceof Action.Jump || action instanceof Action.Goto;
    return calls == hasCallee();
  }

  private boolean hasCallee() {
    return slots.length > 0 && slots[slots.length - 1] == Slot.CALLEE;
  }

  private boolean isRightFor(String line, Reader reader) {
    byte[] text = line.getBytes(StandardCharsets.US_ASCII);
    int[] values = match(text, 0, text.length, _ -> false);
    try {
      return values != null
          && reader.read(line).equals(List.of(rule(text, values, Optional.empty(), 0)));
    } catch (SyntaxException e) {
      return false;
    }
  }

  /// Where the values of the slots begin and end in a line of this kind; null for another line.
  ///
  /// @param isChain whether there is a chain of that name
  int @Nullable [] match(byte[] text, int from, int to, Predicate<String> isChain) {
    if (!begins(0, text, from, to)) {
      return null;
    }
    int[] values = new int[2 * slots.length];
    int at = from + pieces[0].length;
    for (int i = 0; i < slots.length; i++) {
      int end = slots[i].end(text, at, to, family);
      if (end < 0 || !begins(i + 1, text, end, to)) {
        return null;
      }
      values[2 * i] = at;
      values[2 * i + 1] = end;
      at = end + pieces[i + 1].length;
    }
    return at == to && (target.isEmpty() || !isChain.test(target.get())) ? values : null;
  }

  private boolean begins(int piece, byte[] text, int from, int to) {
    byte[] literal = pieces[piece];
    return literal.length <= to - from
        && Arrays.equals(literal, 0, literal.length, text, from, from + literal.length);
  }

  /// Where the name of the chain begins that a line calls; 0 where it calls none.
  int callee(int[] values) {
    return hasCallee() ? values[values.length - 2] : 0;
  }

  /// The rule of a line.
  Rule rule(byte[] text, int[] values, Optional<Counters> counters, int line) {
    Match[] all = matches.clone();
    Action does = action;
    try {
      for (int i = 0; i < slots.length; i++) {
        Word value = word(slots[i], text, values[2 * i], values[2 * i + 1]);
        int place = places[i];
        if (place >= 0) {
          all[place] = replaced(all[place], value);
        } else {
          does = replaced(does, slots[i], value);
        }
      }
    } catch (SyntaxException e) {
      throw new IllegalStateException("what a slot takes can be read", e);
    }
    return new Rule(List.of(all), does, counters, line);
  }

  private static Word word(Slot slot, byte[] text, int from, int to) {
    boolean quoted = slot == Slot.COMMENT;
    int margin = quoted ? 1 : 0;
    String value =
        new String(text, from + margin, to - from - 2 * margin, StandardCharsets.US_ASCII);
    return new Word(value, 1, quoted);
  }

  /// Whether a match has a value of that slot.
  private static boolean takes(Match match, Slot slot) {
    return switch (slot) {
      case SOURCE -> match instanceof Match.Source;
      case DESTINATION -> match instanceof Match.Destination;
      case COMMENT -> match instanceof Match.Comment;
      case PORT ->
          match instanceof Match.Tcp || match instanceof Match.Udp || match instanceof Match.Sctp;
      case LIST -> match instanceof Match.Recent;
      case PROBABILITY -> match instanceof Match.Random;
      case CALLEE, TRANSLATION -> false;
    };
  }

  // Without a switch over the types, which is linked at its first use.
  private Match replaced(Match match, Word value) throws SyntaxException {
    if (match instanceof Match.Source(_, boolean inverted)) {
      return new Match.Source(Values.masked(value, value.text(), family), inverted);
    }
    if (match instanceof Match.Destination(_, boolean inverted)) {
      return new Match.Destination(Values.masked(value, value.text(), family), inverted);
    }
    if (match instanceof Match.Comment) {
      return new Match.Comment(value.text());
    }
    if (match instanceof Match.Tcp tcp) {
      return new Match.Tcp(
          tcp.source(), replaced(tcp.destination(), value), tcp.flags(), tcp.option());
    }
    if (match instanceof Match.Udp udp) {
      return new Match.Udp(udp.source(), replaced(udp.destination(), value));
    }
    if (match instanceof Match.Sctp sctp) {
      return new Match.Sctp(sctp.source(), replaced(sctp.destination(), value), sctp.chunks());
    }
    if (match instanceof Match.Random(_, _, boolean inverted)) {
      return StateMatchParser.random(value, inverted);
    }
    return match instanceof Match.Recent recent ? recent.named(value.text()) : match;
  }

  private static Optional<Negatable<PortRange>> replaced(
      Optional<Negatable<PortRange>> port, Word value) throws SyntaxException {
    PortRange range = Values.ports(value, value.text(), ':');
    return port.map(it -> new Negatable<>(range, it.inverted()));
  }

  private Action replaced(Action action, Slot slot, Word value) throws SyntaxException {
    if (slot == Slot.CALLEE) {
      return action instanceof Action.Goto
          ? new Action.Goto(value.text())
          : new Action.Jump(value.text());
    }
    return slot == Slot.TRANSLATION && action instanceof Action.Dnat dnat
        ? new Action.Dnat(translation(value), dnat.random(), dnat.persistent())
        : action;
  }

  private Action.Translation translation(Word value) throws SyntaxException {
    String text = value.text();
    int colon = text.lastIndexOf(':');
    boolean brackets = text.startsWith("[");
    String address = brackets ? text.substring(1, colon - 1) : text.substring(0, colon);
    Optional<Ip> ip = Optional.of(Values.ip(value, address, family));
    PortRange port = Values.ports(value, text.substring(colon + 1), '-');
    return new Action.Translation(ip, ip, Optional.of(port), Optional.empty());
  }
}
