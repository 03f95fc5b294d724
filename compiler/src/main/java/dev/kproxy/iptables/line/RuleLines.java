package dev.kproxy.iptables.line;

import dev.kproxy.iptables.Action;
import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.syntax.Values;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Family;
import dev.kproxy.net.SyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The lines of a text and the rules that they make. A rule is checked when its line comes by, and
/// made when somebody asks for it, so that a text takes hardly more room than itself.
///
/// Most lines are not read for that: they are recognised by what they have in common with others.
/// Several threads may check lines and ask for rules. Lines are counted from 1.
public final class RuleLines {
  /// So often it is tried whether a line is one of many; kube-proxy writes some thirty kinds.
  private static final int TRIALS = 500;

  private static final int NAME_LIMIT = 28;
  private static final byte[] PLAIN_CHAIN = " - [0:0]".getBytes(StandardCharsets.US_ASCII);

  private final Family family;
  private final byte[] text;
  private final int count;
  private final boolean hasNul;
  private final boolean hasCarriageReturn;
  private final List<Template> templates = new CopyOnWriteArrayList<>();
  private int trials;

  /// Where each line ends, before its line feed.
  private int[] ends = new int[1 << 10];

  /// Where the name of a chain begins that a line calls, up to the end of the line; else 0.
  private final int[] callees;

  /// The chains that lines of no template call.
  private final Map<Integer, String> otherCallees = new ConcurrentHashMap<>();

  /// The lines of a text in UTF-8.
  public RuleLines(Family family, byte[] text) {
    this.family = family;
    this.text = text;
    int lines = 0;
    boolean nul = false;
    boolean carriageReturn = false;
    for (int i = 0; i < text.length; i++) {
      byte b = text[i];
      if (b > '\r') {
        continue; // nearly all of a text: one comparison is what its first reading takes
      }
      if (b == '\n') {
        if (lines + 1 == ends.length) {
          ends = Arrays.copyOf(ends, ends.length * 2);
        }
        ends[lines++] = i;
      }
      nul |= b == 0;
      carriageReturn |= b == '\r';
    }
    if (text.length > 0 && text[text.length - 1] != '\n') {
      ends[lines++] = text.length;
    }
    count = lines;
    hasNul = nul;
    hasCarriageReturn = carriageReturn;
    callees = new int[count];
  }

  /// How many lines there are.
  public int count() {
    return count;
  }

  /// Whether there is a NUL anywhere.
  public boolean hasNul() {
    return hasNul;
  }

  private int start(int line) {
    return line == 1 ? 0 : ends[line - 2] + 1;
  }

  /// Where a line ends, before its line end.
  private int end(int line) {
    return hasCarriageReturn(line) ? ends[line - 1] - 1 : ends[line - 1];
  }

  /// How many bytes a line has.
  public int length(int line) {
    return end(line) - start(line);
  }

  /// Whether a line ends in CR LF.
  public boolean hasCarriageReturn(int line) {
    int end = ends[line - 1];
    return hasCarriageReturn && end > start(line) && text[end - 1] == '\r';
  }

  /// Whether a line that was checked is the same, byte by byte, as one of another text, and what it
  /// names is a chain in both or in neither.
  boolean isSame(int line, RuleLines other, int otherLine) {
    return calls(line) == other.calls(otherLine)
        && Arrays.equals(
            text, start(line), end(line), other.text, other.start(otherLine), other.end(otherLine));
  }

  /// Whether a line that was checked calls a chain.
  boolean calls(int line) {
    return callees[line - 1] > 0 || otherCallees.containsKey(line);
  }

  /// Whether an option that begins with a letter may stand in a line, with one hyphen or two, and
  /// maybe with quotes or backslashes in it.
  boolean mayHaveOption(int line, char letter) {
    int last = end(line) - 1;
    for (int i = start(line); i < last; i++) {
      if (text[i] == '\\' || (text[i] == '-' && (text[i + 1] == letter || text[i + 1] == '"'))) {
        return true;
      }
    }
    return false;
  }

  /// A line without its end.
  public String content(int line) {
    return new String(text, start(line), length(line), StandardCharsets.UTF_8);
  }

  /// The name of the chain where a line is `:NAME - [0:0]`, as those of most chains are; else null.
  public @Nullable String plainChain(int line) {
    int name = start(line) + 1;
    int nameEnd = end(line) - PLAIN_CHAIN.length;
    if (nameEnd <= name
        || nameEnd > name + NAME_LIMIT
        || text[name - 1] != ':'
        || text[name] == '-'
        || text[name] == '!'
        || !Arrays.equals(text, nameEnd, end(line), PLAIN_CHAIN, 0, PLAIN_CHAIN.length)) {
      return null;
    }
    for (int i = name; i < nameEnd; i++) {
      if (text[i] <= ' ' || text[i] == '"' || text[i] == 0x7f) {
        return null;
      }
    }
    return ascii(name, nameEnd);
  }

  private String ascii(int from, int to) {
    return new String(text, from, to - from, StandardCharsets.US_ASCII);
  }

  /// Whether a line appends a rule: `-A`, or counters and `-A`.
  public boolean appends(int line) {
    int start = start(line);
    return begins(start, end(line), "-A ")
        || (begins(start, end(line), "[") && content(line).contains("] -A "));
  }

  private boolean begins(int at, int end, String what) {
    if (at + what.length() > end) {
      return false;
    }
    for (int i = 0; i < what.length(); i++) {
      if (text[at + i] != what.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Where the name of the chain begins in a line as iptables-save writes it, else -1.
  private int chain(int line) {
    int at = start(line);
    int end = end(line);
    if (at < end && text[at] == '[') {
      at = Slot.counters(text, at, end) + 1;
    }
    return at >= start(line) && begins(at, end, "-A ") ? at + 3 : -1;
  }

  /// Where the name of the chain ends that begins at `chain`; -1 where that is in doubt.
  private int chainEnd(int chain, int end) {
    int at = chain;
    while (at >= 0 && at < end && text[at] > ' ' && text[at] != '"') {
      at++;
    }
    return at > chain && (at == end || text[at] == ' ') ? at : -1;
  }

  /// The chain that a line that was checked appends to.
  public Word chainOf(int line) throws SyntaxException {
    int chain = chain(line);
    int chainEnd = chainEnd(chain, end(line));
    if (chainEnd < 0) {
      return Command.of(content(line)).chain();
    }
    String name = ascii(chain, chainEnd);
    return new Word(name, chain - start(line) + 1, false);
  }

  /// Whether it is easily seen that a line appends to a chain.
  public boolean appendsTo(int line, String chain) {
    int at = chain(line);
    int end = end(line);
    int chainEnd = at + chain.length();
    return at >= 0
        && begins(at, end, chain)
        && chainEnd > at
        && (chainEnd == end || text[chainEnd] == ' ');
  }

  /// Checks the line of a rule.
  ///
  /// @param isChain whether the table has a chain of that name at this line
  /// @return how many rules it makes
  public int check(int line, Predicate<String> isChain) throws SyntaxException {
    int end = end(line);
    int tail = chainEnd(chain(line), end);
    if (tail >= 0) {
      for (Template template : templates) {
        int[] values = template.match(text, tail, end, isChain);
        if (values != null) {
          callees[line - 1] = template.callee(values);
          return 1;
        }
      }
    }
    List<Rule> rules = read(content(line), line, isChain);
    callee(rules.getFirst()).ifPresent(chain -> otherCallees.put(line, chain));
    if (tail >= 0) {
      learn(tail, end, rules, isChain);
    }
    return rules.size();
  }

  private List<Rule> read(String content, int line, Predicate<String> isChain)
      throws SyntaxException {
    Command command = Command.of(content);
    return new RuleParser(family, command, isChain).parse(line);
  }

  private static Optional<String> callee(Rule rule) {
    return switch (rule.action()) {
      case Action.Jump(String chain) -> Optional.of(chain);
      case Action.Goto(String chain) -> Optional.of(chain);
      default -> Optional.empty();
    };
  }

  private synchronized void learn(int tail, int end, List<Rule> rules, Predicate<String> isChain) {
    if (trials < TRIALS) {
      trials++;
      Template.of(
              family,
              Arrays.copyOfRange(text, tail, end),
              rules,
              isChain,
              line -> read("-A X" + line, 0, isChain))
          .ifPresent(templates::add);
    }
  }

  /// The chain that a line calls which was checked.
  public Optional<String> callee(int line) {
    int callee = callees[line - 1];
    return callee > 0
        ? Optional.of(ascii(callee, end(line)))
        : Optional.ofNullable(otherCallees.get(line));
  }

  /// The rules of a line that was checked: one, or one for each of the addresses that it lists.
  public List<Rule> rules(int line) {
    int end = end(line);
    int chain = chain(line);
    int tail = chainEnd(chain, end);
    Predicate<String> isChain = calls(line) ? _ -> true : _ -> false;
    try {
      if (tail >= 0) {
        for (Template template : templates) {
          int[] values = template.match(text, tail, end, isChain);
          if (values != null) {
            return List.of(template.rule(text, values, counters(line, chain), line));
          }
        }
      }
      return read(content(line), line, isChain);
    } catch (SyntaxException e) {
      throw new IllegalStateException("line " + line + " was checked", e);
    }
  }

  /// What stands before the command of a line.
  private Optional<Counters> counters(int line, int chain) throws SyntaxException {
    int length = chain - "-A ".length() - start(line);
    return length == 0
        ? Optional.empty()
        : Optional.of(
            Values.counters(new Word(ascii(start(line), start(line) + length - 1), 1, false)));
  }
}
