package dev.kproxy.iptables.text;

import dev.kproxy.iptables.Chain;
import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.net.Family;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/// Writes rulesets, chain by chain and rule by rule, without holding more than one rule; of a large
/// table the text of a few portions of its chains.
public final class IptablesPrinter {
  /// From so many chains on it pays to print them with several threads.
  private static final int SIDE_BY_SIDE = 4096;

  private static final int PORTION = 512;

  private final Family family;
  private final Spelling spelling;
  private final ByteText text;
  private final RulePrinter rules;

  private IptablesPrinter(Family family, Spelling spelling, ByteText text) {
    this.family = family;
    this.spelling = spelling;
    this.text = text;
    this.rules = new RulePrinter(text, family, spelling);
  }

  /// Writes the ruleset to `out`, as UTF-8; it is neither flushed nor closed.
  public static void print(Ruleset ruleset, Spelling spelling, OutputStream out)
      throws IOException {
    try {
      IptablesPrinter printer =
          new IptablesPrinter(ruleset.family(), spelling, new ByteText(out, spelling));
      for (Table table : ruleset.tables()) {
        printer.print(table);
      }
      printer.text.flush();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /// The text of the ruleset.
  public static String print(Ruleset ruleset, Spelling spelling) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      print(ruleset, spelling, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /// The line of one rule of `chain`, without a line end.
  public static String print(Family family, String chain, Rule rule, Spelling spelling) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    IptablesPrinter printer = new IptablesPrinter(family, spelling, new ByteText(out, spelling));
    printer.print(chain, rule);
    printer.text.flush();
    return out.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  private void print(Table table) {
    text.add('*').add(table.name()).newLine();
    print(table.chains(), true);
    if (table.runs().isEmpty()) {
      print(table.chains(), false);
    } else {
      printRuns(table);
    }
    text.add("COMMIT").newLine();
  }

  private void print(List<Chain> chains, boolean declared) {
    if (chains.size() > SIDE_BY_SIDE) {
      printSideBySide(chains, declared);
    } else {
      printInOrder(chains, 0, chains.size(), declared);
    }
  }

  /// Writes the declarations of some chains, or their rules. All names are asked for first: chains
  /// in the order of their names lie scattered in memory, and the processor waits for many of them
  /// at once, but for one after another where there is something to do with each.
  private void printInOrder(List<Chain> chains, int from, int to, boolean declared) {
    int names = 0;
    for (int i = from; i < to; i++) {
      names += chains.get(i).name().length();
    }
    text.ensure(names);
    for (int i = from; i < to; i++) {
      if (declared) {
        declare(chains.get(i));
      } else {
        print(chains.get(i));
      }
    }
  }

  private void declare(Chain chain) {
    text.add(':').add(chain.name()).add(' ');
    text.add(chain.policy().map(Chain.Policy::name).orElse("-")).add(' ');
    print(chain.counters());
    text.newLine();
  }

  private void print(Chain chain) {
    for (Rule rule : chain.rules()) {
      print(chain.name(), rule);
    }
  }

  /// The chains of a large table are printed in portions, several at once, and passed on in order.
  /// This thread prints where no portion is ready to be passed on, and the others have enough to
  /// do; so few are under way that they take no memory to speak of.
  private void printSideBySide(List<Chain> chains, boolean declared) {
    int others = ForkJoinPool.getCommonPoolParallelism();
    Deque<ForkJoinTask<IptablesPrinter>> underWay = new ArrayDeque<>();
    Deque<IptablesPrinter> idle = new ArrayDeque<>();
    int begin = 0;
    while (begin < chains.size() || !underWay.isEmpty()) {
      boolean enough = underWay.size() == 2 * (others + 1) || begin >= chains.size();
      if (enough || (!underWay.isEmpty() && underWay.getFirst().isDone())) {
        IptablesPrinter done = underWay.remove().join();
        text.passOn(done.text);
        idle.push(done);
      } else {
        IptablesPrinter printer = idle.isEmpty() ? held() : idle.pop();
        int from = begin;
        int to = Math.min(from + PORTION, chains.size());
        ForkJoinTask<IptablesPrinter> task =
            ForkJoinTask.adapt(() -> printer.printInOrder(chains, from, to, declared), printer);
        if (underWay.stream().filter(it -> !it.isDone()).count() < 2L * others) {
          ForkJoinPool.commonPool().execute(task);
        } else {
          task.quietlyInvoke();
        }
        underWay.add(task);
        begin = to;
      }
    }
  }

  /// A printer of the same kind whose text is held.
  private IptablesPrinter held() {
    return new IptablesPrinter(family, spelling, ByteText.held(spelling));
  }

  private void printRuns(Table table) {
    Map<String, Iterator<Rule>> rest = new HashMap<>();
    for (Chain chain : table.chains()) {
      rest.put(chain.name(), chain.rules().iterator());
    }
    for (Table.Run run : table.runs()) {
      Iterator<Rule> of = rest.getOrDefault(run.chain(), java.util.Collections.emptyIterator());
      for (int i = 0; i < run.rules() && of.hasNext(); i++) {
        print(run.chain(), of.next());
      }
    }
  }

  private void print(String chain, Rule rule) {
    if (spelling == Spelling.SAVE_COUNTERS) {
      print(rule.counters().orElse(Counters.ZERO));
      text.add(' ');
    }
    text.add("-A ").add(chain);
    rules.print(rule);
    text.newLine();
  }

  private void print(Counters counters) {
    text.add('[').add(counters.packets()).add(':').add(counters.bytes()).add(']');
  }
}
