package dev.kproxy.iptables.text;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.syntax.SyntaxException;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Code;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A table while its lines are being read.
final class TableBuilder {
  /// The tables of the kernel, and the chains that each of them comes with.
  private static final Map<String, List<String>> BUILT_IN =
      Map.of(
          "raw", List.of("PREROUTING", "OUTPUT"),
          "mangle", List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"),
          "nat", List.of("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"),
          "filter", List.of("INPUT", "FORWARD", "OUTPUT"),
          "security", List.of("INPUT", "FORWARD", "OUTPUT"));

  private final String name;
  private final Map<String, ChainBuilder> chains = new LinkedHashMap<>();
  private final List<ChainBuilder> order = new ArrayList<>();

  TableBuilder(String name) {
    this.name = name;
  }

  /// A chain while its rules are being read.
  private static final class ChainBuilder {
    private final String name;
    private final List<Rule> rules = new ArrayList<>();
    private Optional<Chain.Policy> policy;
    private Counters counters;
    private boolean flushed;
    private int rank = -1;

    ChainBuilder(String name, Optional<Chain.Policy> policy, Counters counters) {
      this.name = name;
      this.policy = policy;
      this.counters = counters;
    }
  }

  static boolean isTable(String name) {
    return BUILT_IN.containsKey(name);
  }

  String name() {
    return name;
  }

  boolean has(String chain) {
    return chains.containsKey(chain);
  }

  /// `[packets:bytes]`.
  static Counters counters(Word word) throws SyntaxException {
    String text = word.text();
    int colon = text.indexOf(':');
    try {
      if (colon > 0 && text.startsWith("[") && text.endsWith("]")) {
        return new Counters(
            Long.parseUnsignedLong(text.substring(1, colon)),
            Long.parseUnsignedLong(text.substring(colon + 1, text.length() - 1)));
      }
    } catch (NumberFormatException e) {
      throw SyntaxException.at(word, word.shown() + " are no counters");
    }
    throw SyntaxException.at(word, word.shown() + " are no counters");
  }

  /// `:NAME POLICY [packets:bytes]`; for a chain that stands already, it begins anew.
  void chain(List<Word> words) throws SyntaxException {
    Word first = words.getFirst();
    if (words.size() < 2 || words.size() > 3 || first.text().length() == 1) {
      throw SyntaxException.at(first, first.shown() + " is no line of a chain");
    }
    Counters counters = words.size() == 3 ? counters(words.get(2)) : Counters.ZERO;
    String chain = chainName(new Word(first.text().substring(1), first.column() + 1, false));
    Optional<Chain.Policy> policy = policyOf(words.get(1));
    ChainBuilder known = chains.put(chain, new ChainBuilder(chain, policy, counters));
    if (known != null) {
      known.flushed = true;
    }
  }

  private static Optional<Chain.Policy> policyOf(Word word) throws SyntaxException {
    return switch (word.text()) {
      case "-" -> Optional.empty();
      case "ACCEPT" -> Optional.of(Chain.Policy.ACCEPT);
      case "DROP" -> Optional.of(Chain.Policy.DROP);
      default -> throw SyntaxException.at(word, word.shown() + " is no policy");
    };
  }

  private static String chainName(Word word) throws SyntaxException {
    String text = word.text();
    if (!word.isName() || text.length() > 28) {
      throw SyntaxException.at(word, word.shown() + " is no name of a chain");
    }
    return text;
  }

  void create(Word word) throws SyntaxException {
    String chain = chainName(word);
    if (has(chain)) {
      throw SyntaxException.at(word, "the chain " + word.shown() + " stands twice");
    }
    chains.put(chain, new ChainBuilder(chain, Optional.empty(), Counters.ZERO));
  }

  /// `-P NAME POLICY [-c packets bytes]`, as `iptables -S` prints it.
  void policy(Word word, List<Word> words, int next) throws SyntaxException {
    if (next == words.size()) {
      throw SyntaxException.at(word, "a policy is missing");
    }
    String chain = chainName(word);
    Optional<Chain.Policy> policy = policyOf(words.get(next));
    ChainBuilder known =
        chains.computeIfAbsent(chain, it -> new ChainBuilder(it, policy, Counters.ZERO));
    known.policy = policy;
    if (words.size() == next + 4 && words.get(next + 1).text().equals("-c")) {
      Word packets = words.get(next + 2);
      known.counters =
          counters(
              new Word(
                  "[" + packets.text() + ":" + words.get(next + 3).text() + "]",
                  packets.column(),
                  false));
    } else if (words.size() != next + 1) {
      throw SyntaxException.at(
          words.get(next + 1), words.get(next + 1).shown() + " after a policy");
    }
  }

  /// A chain that has its line, or that comes with the table.
  private ChainBuilder known(Word word) throws SyntaxException {
    ChainBuilder known = chains.get(word.text());
    if (known != null) {
      return known;
    }
    if (!BUILT_IN.getOrDefault(name, List.of()).contains(word.text())) {
      throw SyntaxException.at(word, "no chain " + word.shown() + " in the table " + name);
    }
    ChainBuilder builtIn =
        new ChainBuilder(word.text(), Optional.of(Chain.Policy.ACCEPT), Counters.ZERO);
    chains.put(word.text(), builtIn);
    return builtIn;
  }

  void append(Word chain, List<Rule> rules) throws SyntaxException {
    ChainBuilder known = known(chain);
    for (Rule rule : rules) {
      known.rules.add(rule);
      order.add(known);
    }
  }

  void insert(Word chain, int position, List<Rule> rules) throws SyntaxException {
    ChainBuilder known = known(chain);
    if (position < 1 || position > known.rules.size() + 1) {
      throw SyntaxException.at(chain, "no place " + position + " in the chain " + chain.shown());
    }
    known.rules.addAll(position - 1, rules);
    rules.forEach(_ -> order.add(known));
  }

  void flush(Word chain) throws SyntaxException {
    ChainBuilder known = known(chain);
    known.flushed = true;
    chains.put(known.name, new ChainBuilder(known.name, known.policy, known.counters));
  }

  void delete(Word chain) throws SyntaxException {
    if (!known(chain).rules.isEmpty()) {
      throw new SyntaxException(
          Code.RULE_SYNTAX, chain.column(), "the chain " + chain.shown() + " is not empty");
    }
    chains.remove(chain.text());
  }

  Table build() {
    List<Chain> built = new ArrayList<>();
    for (ChainBuilder chain : chains.values()) {
      built.add(new Chain.Of(chain.name, chain.policy, chain.counters, chain.rules));
    }
    return new Table(name, built, runs());
  }

  /// The order in which the rules stood, where it is not that of the chains.
  private List<Table.Run> runs() {
    int count = 0;
    for (ChainBuilder chain : chains.values()) {
      chain.rank = count++;
    }
    order.removeIf(chain -> chain.flushed);
    List<Table.Run> runs = new ArrayList<>();
    boolean grouped = true;
    int rank = -1;
    for (int i = 0; i < order.size(); ) {
      ChainBuilder chain = order.get(i);
      int start = i;
      while (i < order.size() && order.get(i).rank == chain.rank) {
        i++;
      }
      runs.add(new Table.Run(chain.name, i - start));
      grouped &= chain.rank > rank;
      rank = chain.rank;
    }
    return grouped ? List.of() : runs;
  }
}
