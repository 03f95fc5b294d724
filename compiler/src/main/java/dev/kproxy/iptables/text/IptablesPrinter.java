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

/// Writes rulesets, chain by chain and rule by rule, without holding more than one rule.
public final class IptablesPrinter {
  /// From so many chains on it pays to print them with several threads.
  private static final int SIDE_BY_SIDE = 4096;

  private static final int PORTION = 512;

  private final Family family;
  private final Spelling spelling;
  private final ByteText text;
  private final RulePrinter rules;

  private IptablesPrinter(Family family, Spelling spelling, OutputStream out) {
    this.family = family;
    this.spelling = spelling;
    this.text = new ByteText(out);
    this.rules = new RulePrinter(text, family, spelling);
  }

  /// Writes the ruleset to `out`, as UTF-8; it is neither flushed nor closed.
  public static void print(Ruleset ruleset, Spelling spelling, OutputStream out)
      throws IOException {
    try {
      IptablesPrinter printer = new IptablesPrinter(ruleset.family(), spelling, out);
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
    IptablesPrinter printer = new IptablesPrinter(family, spelling, out);
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

  /// Writes the declarations of some chains, or their rules.
  private void printInOrder(List<Chain> chains, int from, int to, boolean declared) {
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

  /// The chains of a large table are printed in portions, several at once, and put together in
  /// order; so few portions are under way that they take no memory to speak of. This thread prints
  /// as many of them as each other one.
  private void printSideBySide(List<Chain> chains, boolean declared) {
    int others = ForkJoinPool.getCommonPoolParallelism();
    Deque<ForkJoinTask<byte[]>> underWay = new ArrayDeque<>();
    for (int begin = 0, turn = 0; begin < chains.size(); begin += PORTION, turn++) {
      int from = begin;
      ForkJoinTask<byte[]> task = ForkJoinTask.adapt(() -> printed(chains, from, declared));
      if (turn % (others + 1) < others) {
        ForkJoinPool.commonPool().execute(task);
      } else {
        task.quietlyInvoke();
      }
      underWay.add(task);
      if (underWay.size() > 2 * others + 1) {
        text.passOn(underWay.remove().join());
      }
    }
    underWay.forEach(task -> text.passOn(task.join()));
  }

  private byte[] printed(List<Chain> chains, int from, boolean declared) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 18);
    IptablesPrinter printer = new IptablesPrinter(family, spelling, out);
    printer.printInOrder(chains, from, Math.min(from + PORTION, chains.size()), declared);
    printer.text.flush();
    return out.toByteArray();
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
