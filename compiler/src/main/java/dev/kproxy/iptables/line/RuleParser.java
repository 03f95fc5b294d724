package dev.kproxy.iptables.line;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.MaskedIp;
import dev.kproxy.iptables.Match;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.syntax.Draft;
import dev.kproxy.iptables.syntax.Extensions;
import dev.kproxy.iptables.syntax.Values;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Code;
import dev.kproxy.net.Family;
import dev.kproxy.net.Printable;
import dev.kproxy.net.ProtocolNames;
import dev.kproxy.net.SyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads what follows the chain in one rule: first the words are dealt out to the header and to the
/// extensions, as the tool's option parser does it, then each extension is read by itself.
final class RuleParser {
  private final Family family;
  private final List<Word> words;
  private final Predicate<String> isChain;

  private final List<Part> parts = new ArrayList<>();
  private final List<Draft> loaded = new ArrayList<>();
  private Optional<Counters> counters;
  private @Nullable Word bang;
  private @Nullable Word jump;
  private @Nullable Draft target;
  private boolean isGoto;
  private int next;

  /// The parser of the rule that a command gives.
  ///
  /// @param isChain whether the table has a chain of that name
  RuleParser(Family family, Command command, Predicate<String> isChain) {
    this.family = family;
    this.words = command.words();
    this.next = command.next();
    this.isChain = isChain;
    this.counters = command.counters();
  }

  private sealed interface Part {
    /// One option of the header; `-s` and `-d` take lists, which make a rule of each address.
    record Header(List<? extends Match.Header> alternatives, Word at) implements Part {}

    record Extension(Draft draft) implements Part {}
  }

  /// The rules that the line makes: one, or one for each of the addresses that it lists.
  List<Rule> parse(int line) throws SyntaxException {
    while (next < words.size()) {
      word(words.get(next++));
    }
    if (bang != null) {
      throw SyntaxException.at(bang, "\"!\" with nothing to invert");
    }
    List<List<Match>> alternatives = matches();
    Action action = action(protocol());
    List<Rule> rules = new ArrayList<>(alternatives.size());
    for (List<Match> matches : alternatives) {
      rules.add(new Rule(matches, action, counters, line));
    }
    return rules;
  }

  private void word(Word word) throws SyntaxException {
    if (word.isBang()) {
      if (bang != null) {
        throw SyntaxException.at(word, "\"!\" stands twice");
      }
      bang = word;
    } else if (word.text().equals("[unsupported")) {
      throw SyntaxException.skew(word, word.shown() + " instead of options");
    } else if (!word.text().startsWith("-")) {
      throw SyntaxException.at(word, word.shown() + " belongs to no option");
    } else if (!header(word)) {
      option(word);
    }
  }

  private boolean header(Word word) throws SyntaxException {
    switch (word.text()) {
      case "-s", "--source", "--src" -> {
        boolean inverted = takeBang();
        List<Match.Source> sources = new ArrayList<>(1);
        for (MaskedIp addresses : addresses(word, inverted)) {
          sources.add(new Match.Source(addresses, inverted));
        }
        header(word, sources);
      }
      case "-d", "--destination", "--dst" -> {
        boolean inverted = takeBang();
        List<Match.Destination> destinations = new ArrayList<>(1);
        for (MaskedIp addresses : addresses(word, inverted)) {
          destinations.add(new Match.Destination(addresses, inverted));
        }
        header(word, destinations);
      }
      case "-i", "--in-interface" -> {
        boolean inverted = takeBang();
        header(word, List.of(new Match.InInterface(interfaceName(value(word)), inverted)));
      }
      case "-o", "--out-interface" -> {
        boolean inverted = takeBang();
        header(word, List.of(new Match.OutInterface(interfaceName(value(word)), inverted)));
      }
      case "-p", "--protocol", "--proto" -> {
        boolean inverted = takeBang();
        Word name = value(word);
        int number = Values.protocol(name);
        if (inverted && number == 0) {
          throw SyntaxException.at(name, "no packet is of no protocol");
        }
        header(word, List.of(new Match.Protocol(number, inverted)));
        refuseEarlier(word);
      }
      case "-f", "--fragment", "--fragments" -> {
        if (family == Family.IPV6) {
          throw SyntaxException.at(word, "-f is of IPv4 alone; IPv6 has -m frag");
        }
        header(word, List.of(new Match.Fragment(takeBang())));
      }
      case "-m", "--match" -> {
        noBang(word);
        load(name(word));
      }
      case "-j", "--jump" -> jump(word, false);
      case "-g", "--goto" -> jump(word, true);
      case "-c", "--set-counters" -> {
        noBang(word);
        counters = Optional.of(new Counters(count(value(word)), count(value(word))));
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void header(Word at, List<? extends Match.Header> alternatives) throws SyntaxException {
    Class<?> type = alternatives.getFirst().getClass();
    for (Part part : parts) {
      if (part instanceof Part.Header(var others, _) && others.getFirst().getClass() == type) {
        throw SyntaxException.at(at, at.text() + " stands twice");
      }
    }
    parts.add(new Part.Header(alternatives, at));
  }

  private List<MaskedIp> addresses(Word option, boolean inverted) throws SyntaxException {
    Word word = value(option);
    if (word.text().indexOf(',') < 0) {
      return List.of(Values.masked(word, word.text(), family));
    }
    if (inverted) {
      throw SyntaxException.at(word, "\"!\" before several addresses");
    }
    List<MaskedIp> addresses = new ArrayList<>();
    for (String text : Values.list(word)) {
      addresses.add(Values.masked(word, text, family));
    }
    return addresses;
  }

  private static String interfaceName(Word word) throws SyntaxException {
    String name = word.text();
    if (!word.isName() || name.length() > 15 || name.contains("/")) {
      throw SyntaxException.at(word, word.shown() + " is no name of an interface");
    }
    return name;
  }

  private static long count(Word word) throws SyntaxException {
    try {
      return Long.parseUnsignedLong(word.text());
    } catch (NumberFormatException e) {
      throw SyntaxException.at(word, word.shown() + " is no counter");
    }
  }

  private void jump(Word word, boolean isGoto) throws SyntaxException {
    noBang(word);
    if (jump != null) {
      throw SyntaxException.at(word, word.text() + " stands twice");
    }
    Word to = name(word);
    jump = to;
    this.isGoto = isGoto;
    if (!isGoto && !isChain.test(to.text())) {
      Draft draft = new Draft(to, Extensions.target(to.text()));
      target = draft;
      loaded.add(draft);
    }
  }

  private Draft load(Word name) {
    String module =
        family == Family.IPV6 && (name.text().equals("icmpv6") || name.text().equals("ipv6-icmp"))
            ? "icmp6"
            : name.text();
    Draft draft = new Draft(new Word(module, name.column(), false), Extensions.match(module));
    loaded.add(draft);
    parts.add(new Part.Extension(draft));
    return draft;
  }

  /// An option that is not the header's: it belongs to the extension that was loaded last among
  /// those that know it. The module of the protocol need not be loaded for its options to be known.
  private void option(Word word) throws SyntaxException {
    if (!word.text().startsWith("--")) {
      throw SyntaxException.at(word, word.shown() + " is no option of a rule");
    }
    int equals = word.text().indexOf('=');
    String name = word.text().substring(2, equals < 0 ? word.text().length() : equals);
    for (int i = loaded.size() - 1; i >= 0; i--) {
      Draft draft = loaded.get(i);
      Optional<Extensions.OptionSyntax> syntax = draft.syntax().option(name);
      if (syntax.isPresent() || (!draft.syntax().known() && implied(name).isEmpty())) {
        give(draft, syntax, word, name, equals);
        return;
      }
    }
    Optional<String> implied = implied(name);
    if (implied.isPresent()) {
      Draft draft = load(new Word(implied.get(), word.column(), false));
      give(draft, draft.syntax().option(name), word, name, equals);
      return;
    }
    throw SyntaxException.at(
        word,
        Printable.quote("--" + name) + " belongs to no protocol, match or target of this rule");
  }

  /// Options that a module nobody knows has taken before the protocol made them its own: the rule
  /// that iptables-save prints of it, its protocol first, would be another.
  private void refuseEarlier(Word protocol) throws SyntaxException {
    for (Draft draft : loaded) {
      for (Draft.Given option : draft.syntax().known() ? List.<Draft.Given>of() : draft.given()) {
        if (implied(option.name()).isPresent()) {
          throw SyntaxException.at(
              option.at(), option.at().shown() + " before the " + protocol.text() + " it is for");
        }
      }
    }
  }

  /// The module of the rule's protocol, if it has that option and is not loaded.
  private Optional<String> implied(String option) {
    return impliedModule().filter(it -> Extensions.match(it).option(option).isPresent());
  }

  private Optional<String> impliedModule() {
    Optional<Match.Protocol> protocol = protocol();
    if (protocol.isEmpty() || protocol.get().inverted()) {
      return Optional.empty();
    }
    String module = ProtocolNames.of(protocol.get().number());
    String name = module.equals("ipv6-icmp") ? "icmp6" : module;
    return loaded.stream().anyMatch(it -> it.name().text().equals(name))
        ? Optional.empty()
        : Optional.of(name);
  }

  private void give(
      Draft draft, Optional<Extensions.OptionSyntax> syntax, Word at, String name, int equals)
      throws SyntaxException {
    boolean inverted = takeBang();
    if (syntax.isEmpty()) {
      if (!Word.isBare(name)) {
        throw SyntaxException.at(at, at.shown() + " is no option of a rule");
      }
      draft.add(new Draft.Given(name, inverted, wordsOfUnknown(at, equals), at));
      return;
    }
    Extensions.OptionSyntax option = syntax.get();
    if (inverted && !option.negatable()) {
      throw SyntaxException.at(at, "--" + option.name() + " cannot be inverted");
    }
    List<Word> values = new ArrayList<>();
    int missing = option.words();
    if (equals >= 0) {
      values.add(new Word(at.text().substring(equals + 1), at.column(), true));
      missing--;
    }
    if (missing < 0) {
      missing = equals < 0 && next < words.size() && isValue(words.get(next)) ? 1 : 0;
    }
    boolean string = option.quoting() != Extensions.Quoting.NEVER;
    for (; missing > 0; missing--) {
      values.add(string ? anyValue(at) : value(at));
    }
    draft.add(new Draft.Given(option.name(), inverted, List.copyOf(values), at));
  }

  private List<Word> wordsOfUnknown(Word at, int equals) {
    List<Word> values = new ArrayList<>();
    if (equals >= 0) {
      values.add(new Word(at.text().substring(equals + 1), at.column(), true));
    }
    while (next < words.size() && isValue(words.get(next))) {
      values.add(words.get(next++));
    }
    return List.copyOf(values);
  }

  private static boolean isValue(Word word) {
    return !word.isBang() && !word.isOption();
  }

  private Word anyValue(Word option) throws SyntaxException {
    if (next == words.size()) {
      throw SyntaxException.at(option, option.text() + " ends without its value");
    }
    return words.get(next++);
  }

  private Word value(Word option) throws SyntaxException {
    Word word = anyValue(option);
    if (word.isBang()) {
      throw SyntaxException.at(
          word, "\"!\" after " + option.text() + " is the order of iptables 1.4.2 and older");
    }
    if (!word.quoted() && word.text().startsWith("--")) {
      throw SyntaxException.skew(word, option.text() + " without its value");
    }
    return word;
  }

  /// The name of a chain, a match or a target.
  private Word name(Word option) throws SyntaxException {
    Word word = value(option);
    if (!word.isName()) {
      throw SyntaxException.at(word, word.shown() + " is no name of a chain, match or target");
    }
    return word;
  }

  private boolean takeBang() {
    boolean inverted = bang != null;
    bang = null;
    return inverted;
  }

  private void noBang(Word word) throws SyntaxException {
    if (bang != null) {
      throw SyntaxException.at(bang, word.text() + " cannot be inverted");
    }
  }

  private Optional<Match.Protocol> protocol() {
    for (Part part : parts) {
      if (part instanceof Part.Header(var alternatives, _)
          && alternatives.getFirst() instanceof Match.Protocol protocol) {
        return Optional.of(protocol);
      }
    }
    return Optional.empty();
  }

  private List<List<Match>> matches() throws SyntaxException {
    MatchParser parser = new MatchParser(family, protocol());
    List<List<Match>> rules = List.of(new ArrayList<>());
    for (Part part : parts) {
      switch (part) {
        case Part.Extension(Draft draft) -> {
          Match match = parser.parse(draft);
          rules.forEach(rule -> rule.add(match));
        }
        case Part.Header(var alternatives, Word at) -> {
          if (alternatives.size() == 1) {
            rules.forEach(rule -> rule.add(alternatives.getFirst()));
            continue;
          }
          if (rules.size() * alternatives.size() > 1000) {
            throw new SyntaxException(Code.LIMIT, at.column(), "more rules than fit a line");
          }
          rules = product(rules, alternatives);
        }
      }
    }
    return rules;
  }

  private static List<List<Match>> product(
      List<List<Match>> rules, List<? extends Match.Header> alternatives) {
    List<List<Match>> product = new ArrayList<>();
    for (List<Match> rule : rules) {
      for (Match.Header header : alternatives) {
        List<Match> extended = new ArrayList<>(rule);
        extended.add(header);
        product.add(extended);
      }
    }
    return product;
  }

  private Action action(Optional<Match.Protocol> protocol) throws SyntaxException {
    if (jump == null) {
      return new Action.None();
    }
    String name = jump.text();
    if (isGoto) {
      return new Action.Goto(name);
    }
    return target == null
        ? new Action.Jump(name)
        : new ActionParser(family, protocol).parse(target);
  }
}
