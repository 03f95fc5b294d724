package dev.kproxy.iptables.text;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Chains;
import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.line.RuleLines;
import dev.kproxy.iptables.line.WrittenChain;
import dev.kproxy.iptables.syntax.Extensions;
import dev.kproxy.iptables.syntax.Values;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Code;
import dev.kproxy.net.SyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A table while its lines are being read.
final class TableBuilder {
  /// Stands where a chain stood that was deleted.
  private static final ChainBuilder DELETED =
      new ChainBuilder("", Optional.empty(), Counters.ZERO, 0);

  private final String name;
  private final List<ChainBuilder> chains = new ArrayList<>();

  /// The number of each chain by its name.
  private final Map<String, Integer> places = new HashMap<>();

  /// The number of the chain that was appended to last.
  private int last;

  TableBuilder(String name) {
    this.name = name;
  }

  /// A chain while its rules are being read.
  private static final class ChainBuilder {
    private final String name;
    private final int begin;
    private Optional<Chain.Policy> policy;
    private Counters counters;
    private int[] lines = new int[2];
    private int size;

    /// @param begin the line that declares the chain; 0 where none does
    ChainBuilder(String name, Optional<Chain.Policy> policy, Counters counters, int begin) {
      this.name = name;
      this.begin = begin;
      this.policy = policy;
      this.counters = counters;
    }

    /// Inserts a line as many times as it makes rules.
    void insert(int index, int line, int rules) {
      if (size + rules > lines.length) {
        lines = Arrays.copyOf(lines, Math.max(size + rules, size * 2));
      }
      System.arraycopy(lines, index, lines, index + rules, size - index);
      Arrays.fill(lines, index, index + rules, line);
      size += rules;
    }

    Chain build(RuleLines text) {
      int[] all = size == lines.length ? lines : Arrays.copyOf(lines, size);
      return new WrittenChain(name, policy, counters, text, all);
    }
  }

  String name() {
    return name;
  }

  boolean has(String chain) {
    return places.containsKey(chain);
  }

  /// The line that declares a chain; 0 where none does.
  int lineOf(String chain) {
    Integer place = places.get(chain);
    return place == null ? 0 : chains.get(place).begin;
  }

  /// `:NAME POLICY [packets:bytes]`; for a chain that stands already, it begins anew.
  void chain(List<Word> words, int line) throws SyntaxException {
    Word first = words.getFirst();
    if (words.size() < 2 || words.size() > 3 || first.text().length() == 1) {
      throw SyntaxException.at(first, first.shown() + " is no line of a chain");
    }
    Counters counters = words.size() == 3 ? Values.counters(words.get(2)) : Counters.ZERO;
    String chain = chainName(new Word(first.text().substring(1), first.column() + 1, false));
    chain(chain, policyOf(words.get(1)), counters, line);
  }

  /// A chain of that name, which begins anew where it stands already.
  void chain(String chain, Optional<Chain.Policy> policy, Counters counters, int line) {
    put(new ChainBuilder(chain, policy, counters, line));
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
    if (Extensions.isVerdict(text)) {
      throw SyntaxException.at(word, word.shown() + " is a verdict, not a chain");
    }
    return text;
  }

  void create(Word word, int line) throws SyntaxException {
    String chain = chainName(word);
    if (has(chain)) {
      throw SyntaxException.at(word, "the chain " + word.shown() + " stands twice");
    }
    chain(chain, Optional.empty(), Counters.ZERO, line);
  }

  /// `-P NAME POLICY [-c packets bytes]`, as `iptables -S` prints it.
  void policy(Word word, List<Word> words, int next) throws SyntaxException {
    if (next == words.size()) {
      throw SyntaxException.at(word, "a policy is missing");
    }
    String chain = chainName(word);
    Optional<Chain.Policy> policy = policyOf(words.get(next));
    ChainBuilder known =
        has(chain)
            ? known(word)
            : chains.get(put(new ChainBuilder(chain, policy, Counters.ZERO, 0)));
    known.policy = policy;
    if (words.size() == next + 4 && words.get(next + 1).text().equals("-c")) {
      Word packets = words.get(next + 2);
      String counters = "[" + packets.text() + ":" + words.get(next + 3).text() + "]";
      known.counters = Values.counters(new Word(counters, packets.column(), false));
    } else if (words.size() != next + 1) {
      throw SyntaxException.at(
          words.get(next + 1), words.get(next + 1).shown() + " after a policy");
    }
  }

  private ChainBuilder known(Word word) throws SyntaxException {
    return chains.get(place(word));
  }

  /// The number of a chain that has its line, or that comes with the table.
  private int place(Word word) throws SyntaxException {
    Integer known = places.get(word.text());
    if (known != null) {
      return known;
    }
    if (!Table.builtInChains(name).contains(word.text())) {
      throw SyntaxException.at(word, "no chain " + word.shown() + " in the table " + name);
    }
    return put(new ChainBuilder(word.text(), Optional.of(Chain.Policy.ACCEPT), Counters.ZERO, 0));
  }

  /// Appends the rules of a line that was checked. Most often it is of the same chain as the one
  /// before, or of the next.
  void append(RuleLines text, int line, int rules) throws SyntaxException {
    if (!appendsTo(last, text, line)) {
      last = appendsTo(last + 1, text, line) ? last + 1 : place(text.chainOf(line));
    }
    ChainBuilder chain = chains.get(last);
    chain.insert(chain.size, line, rules);
  }

  private boolean appendsTo(int place, RuleLines text, int line) {
    return place < chains.size() && text.appendsTo(line, chains.get(place).name);
  }

  /// Inserts the rules of a line that was checked.
  ///
  /// @param position counted from 1
  void insert(Word chain, int position, int line, int rules) throws SyntaxException {
    ChainBuilder known = known(chain);
    if (position < 1 || position > known.size + 1) {
      throw SyntaxException.at(chain, "no place " + position + " in the chain " + chain.shown());
    }
    known.insert(position - 1, line, rules);
  }

  void flush(Word chain) throws SyntaxException {
    ChainBuilder known = known(chain);
    put(new ChainBuilder(known.name, known.policy, known.counters, known.begin));
  }

  void delete(Word chain) throws SyntaxException {
    int place = place(chain);
    if (chains.get(place).size > 0) {
      throw new SyntaxException(
          Code.RULE_SYNTAX, chain.column(), "the chain " + chain.shown() + " is not empty");
    }
    chains.set(place, DELETED);
    places.remove(chain.text());
  }

  /// Puts a chain in the place of that of its name, or behind all others.
  private int put(ChainBuilder chain) {
    Integer known = places.putIfAbsent(chain.name, chains.size());
    if (known != null) {
      chains.set(known, chain);
      return known;
    }
    chains.add(chain);
    return chains.size() - 1;
  }

  Table build(RuleLines text) {
    List<Chain> built = new ArrayList<>(chains.size());
    for (ChainBuilder chain : chains) {
      if (chain != DELETED) {
        built.add(chain.build(text));
      }
    }
    boolean areInPlace = built.size() == chains.size();
    return new Table(
        name,
        areInPlace ? Chains.of(built, places) : Chains.of(built),
        isGrouped() ? List.of() : runs());
  }

  /// Whether the rules stood in the order of the chains.
  private boolean isGrouped() {
    int end = 0;
    for (ChainBuilder chain : chains) {
      int from = end;
      for (int i = 0; i < chain.size; i++) {
        if (chain.lines[i] < from) {
          return false;
        }
        end = Math.max(end, chain.lines[i]);
      }
    }
    return true;
  }

  /// The order in which the rules stood.
  private List<Table.Run> runs() {
    record Place(int line, String chain) {}
    List<Place> places = new ArrayList<>();
    for (ChainBuilder chain : chains) {
      Arrays.stream(chain.lines, 0, chain.size)
          .forEach(line -> places.add(new Place(line, chain.name)));
    }
    places.sort((a, b) -> Integer.compare(a.line(), b.line()));
    List<Table.Run> runs = new ArrayList<>();
    for (int i = 0; i < places.size(); ) {
      int start = i;
      String chain = places.get(start).chain();
      while (i < places.size() && places.get(i).chain().equals(chain)) {
        i++;
      }
      runs.add(new Table.Run(chain, i - start));
    }
    return runs;
  }
}
