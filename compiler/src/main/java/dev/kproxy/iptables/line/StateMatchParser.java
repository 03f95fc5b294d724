package dev.kproxy.iptables.line;

import dev.kproxy.iptables.Criterion;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Probability;
import dev.kproxy.iptables.syntax.Draft;
import dev.kproxy.iptables.syntax.Values;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.PortRange;
import dev.kproxy.net.SyntaxException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Reads the matches that ask more than the packet: its connection, chance, and lists of addresses.
final class StateMatchParser {
  private final Family family;

  StateMatchParser(Family family) {
    this.family = family;
  }

  static Match.Extension state(Draft draft) throws SyntaxException {
    Draft.Given states = draft.required("state");
    return new Match.State(states(states.word()), states.inverted());
  }

  private static Set<Criterion.State> states(Word word) throws SyntaxException {
    return EnumSet.copyOf(Values.names(Criterion.State.class, word, "state of a connection"));
  }

  Match.Extension conntrack(Draft draft) throws SyntaxException {
    MatchParser.atLeastOne(draft);
    List<Criterion> criteria = new ArrayList<>();
    for (Draft.Given given : draft.given()) {
      criteria.add(criterion(given.name().substring(2), given.word(), given.inverted()));
    }
    return new Match.Conntrack(criteria);
  }

  private Criterion criterion(String name, Word word, boolean inverted) throws SyntaxException {
    return switch (name) {
      case "state" -> new Criterion.States(states(word), inverted);
      case "status" -> {
        Set<Criterion.Status> statuses = EnumSet.noneOf(Criterion.Status.class);
        if (!word.text().equalsIgnoreCase("NONE")) {
          statuses.addAll(Values.names(Criterion.Status.class, word, "status of a connection"));
        }
        yield new Criterion.Statuses(statuses, inverted);
      }
      case "proto" -> new Criterion.Protocol(Values.protocol(word), inverted);
      case "expire" -> {
        long[] pair = Values.pair(word, ':', Values.MAX_INT, -1);
        yield new Criterion.Expire(
            (int) pair[0], (int) (pair[1] < 0 ? pair[0] : pair[1]), inverted);
      }
      case "dir" ->
          switch (word.text().toUpperCase(Locale.ROOT)) {
            case "ORIGINAL" -> new Criterion.Direction(false);
            case "REPLY" -> new Criterion.Direction(true);
            default -> throw SyntaxException.at(word, word.shown() + " is no direction");
          };
      default -> {
        for (Criterion.End end : Criterion.End.values()) {
          if (name.equals(end.toString())) {
            MaskedIp addresses = Values.masked(word, word.text(), family);
            yield new Criterion.Address(end, addresses, inverted);
          }
          if (name.equals(end + "port")) {
            PortRange ports = Values.ports(word, word.text(), ':');
            yield new Criterion.Port(end, ports, inverted);
          }
        }
        throw SyntaxException.at(word, word.shown() + " belongs to no criterion");
      }
    };
  }

  static Match.Extension statistic(Draft draft) throws SyntaxException {
    Word mode = draft.required("mode").word();
    return switch (mode.text()) {
      case "random" -> {
        Draft.Given probability = draft.required("probability");
        yield random(probability.word(), probability.inverted());
      }
      case "nth" -> {
        Draft.Given every = draft.required("every");
        long n = Values.number(every.word(), Values.MAX_INT);
        Word packet = draft.required("packet").word();
        long p = Values.number(packet, Values.MAX_INT);
        if (n == 0 || p >= n) {
          throw SyntaxException.at(packet, packet.shown() + " is no packet of " + n);
        }
        yield new Match.Nth((int) n, (int) p, every.inverted());
      }
      default -> throw SyntaxException.at(mode, mode.shown() + " is no mode of -m statistic");
    };
  }

  /// The probability is rounded to 31 bits as iptables does it. Ten decimals are what kube-proxy
  /// writes, so that they tell the k of a 1/k that is too small for 31 bits to tell it.
  static Match.Random random(Word word, boolean inverted) throws SyntaxException {
    String text = word.text();
    boolean plain =
        !text.isEmpty() && text.chars().allMatch(c -> "0123456789.eE+-".indexOf(c) >= 0);
    double value = -1;
    try {
      value = plain ? Double.parseDouble(text) : -1;
    } catch (NumberFormatException e) {
      plain = false;
    }
    if (!plain || value < 0 || value > 1) {
      throw SyntaxException.at(word, word.shown() + " is no probability from 0 to 1");
    }
    Match.Random random = Match.Random.of(Math.round(value * Match.Random.ONE), inverted);
    long units = Math.round(value * 1e10);
    if (text.length() == 12 && units > 0) {
      int k = (int) Math.round(1e10 / units);
      if (k > 0 && Probability.tenDecimals(k) == units) {
        return new Match.Random(random.numerator(), k, inverted);
      }
    }
    return random;
  }

  Match.Extension recent(Draft draft) throws SyntaxException {
    Optional<Draft.Given> operation = Optional.empty();
    for (String name : List.of("set", "rcheck", "update", "remove")) {
      Optional<Draft.Given> given = draft.option(name);
      if (given.isPresent() && operation.isPresent()) {
        throw SyntaxException.at(given.get().at(), "-m recent can do but one thing");
      }
      operation = operation.or(() -> given);
    }
    if (operation.isEmpty()) {
      throw SyntaxException.at(
          draft.name(), "-m recent needs one of --set, --rcheck, --update and --remove");
    }
    if (draft.has("reap") && !draft.has("seconds")) {
      throw SyntaxException.at(draft.name(), "--reap needs --seconds");
    }
    Optional<Ip> mask = Optional.empty();
    Optional<Draft.Given> given = draft.option("mask");
    if (given.isPresent()) {
      mask =
          Optional.of(Values.ip(given.get().word(), given.get().word().text(), family))
              .filter(it -> !it.equals(MaskedIp.mask(family, family.bits())));
    }
    return new Match.Recent(
        draft.option("name").map(it -> it.word().text()).orElse("DEFAULT"),
        Match.Recent.Operation.valueOf(operation.get().name().toUpperCase(Locale.ROOT)),
        operation.get().inverted(),
        count(draft, "seconds"),
        count(draft, "hitcount"),
        draft.has("reap"),
        draft.has("rttl"),
        mask,
        draft.has("rdest"));
  }

  private static int count(Draft draft, String option) throws SyntaxException {
    Optional<Draft.Given> given = draft.option(option);
    if (given.isEmpty()) {
      return 0;
    }
    long count = Values.number(given.get().word(), Values.MAX_INT);
    if (count == 0) {
      throw SyntaxException.at(given.get().word(), "--" + option + " cannot be 0");
    }
    return (int) count;
  }
}
