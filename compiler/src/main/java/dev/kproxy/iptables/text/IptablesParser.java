package dev.kproxy.iptables.text;

import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.Rule;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.syntax.SyntaxException;
import dev.kproxy.iptables.syntax.Values;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import dev.kproxy.net.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads what iptables-save and ip6tables-save print, of either back end, with counters or without;
/// what iptables-restore takes; and what `iptables -S` prints of one table.
///
/// Every line that cannot be read is a diagnostic; the ruleset is there only where none was. Lines
/// that begin with `#` are no part of a ruleset and are passed over, but for those in which the
/// tool says that it does not show everything. Names of hosts are not looked up.
///
/// A match or a target of an unknown name is carried along with its options. A name after `-j` that
/// is neither a chain of the table nor a known target, and has no options, is taken for a chain.
public final class IptablesParser {
  /// The longest line that is read, in characters; iptables-restore itself reads 10,239 bytes.
  private static final int LINE_LIMIT = 1 << 16;

  private static final int DIAGNOSTICS_LIMIT = 100;

  /// So many rules are read at a time, side by side.
  private static final int PORTION = 8192;

  /// From so many on that pays.
  private static final int SIDE_BY_SIDE = 512;

  private final Family family;
  private final String file;
  private final Consumer<? super Diagnostic> sink;
  private final List<Table> tables = new ArrayList<>();
  private final boolean listing;
  private @Nullable TableBuilder table;
  private List<Waiting> waiting = new ArrayList<>();
  private int line;
  private int errors;
  private boolean noted;
  private boolean otherNoted;

  private IptablesParser(
      Family family, Optional<String> listed, String file, Consumer<? super Diagnostic> sink) {
    this.family = family;
    this.file = file;
    this.sink = sink;
    this.listing = listed.isPresent();
    this.table = listed.map(TableBuilder::new).orElse(null);
  }

  /// A line that appends to a chain. Such lines do not depend on each other.
  private record Waiting(String content, int line) {}

  /// What became of it: rules, or a fault.
  private record Read(Word chain, List<Rule> rules, @Nullable SyntaxException fault) {}

  /// The ruleset of a file that names its tables: iptables-save, or what iptables-restore takes.
  ///
  /// @param file its name, for diagnostics
  /// @param sink takes the diagnostics, in the order of the lines
  public static Optional<Ruleset> parse(
      Family family, String text, String file, Consumer<? super Diagnostic> sink) {
    return new IptablesParser(family, Optional.empty(), file, sink).parse(text);
  }

  /// The ruleset of what `iptables -t TABLE -S` prints, which does not name its table.
  public static Optional<Ruleset> parseTable(
      Family family, String table, String text, String file, Consumer<? super Diagnostic> sink) {
    return new IptablesParser(family, Optional.of(table), file, sink).parse(text);
  }

  private Optional<Ruleset> parse(String text) {
    int from = 0;
    while (from < text.length() && errors < DIAGNOSTICS_LIMIT) {
      int end = text.indexOf('\n', from);
      int to = end < 0 ? text.length() : end;
      line++;
      try {
        line(text, from, to);
      } catch (SyntaxException e) {
        append();
        error(e.code(), e.column(), e.getMessage());
        if (tables.isEmpty() && table == null) {
          return Optional.empty();
        }
      }
      from = to + 1;
    }
    end();
    return errors > 0 ? Optional.empty() : Optional.of(new Ruleset(family, tables));
  }

  private void end() {
    append();
    TableBuilder open = table;
    line = Math.max(line, 1);
    if (errors >= DIAGNOSTICS_LIMIT) {
      error(Code.LIMIT, 1, "more faults than are shown; the rest was not read");
    } else if (listing && open != null) {
      tables.add(open.build());
    } else if (open != null) {
      error(Code.RULE_SYNTAX, 1, "the table " + open.name() + " ends without COMMIT");
    } else if (tables.isEmpty() && errors == 0) {
      error(Code.RULE_SYNTAX, 1, "no table at all; a failed iptables-save prints nothing, too");
    }
  }

  private void line(String text, int from, int to) throws SyntaxException {
    if (to - from > LINE_LIMIT) {
      throw new SyntaxException(Code.LIMIT, 1, "a line of more than " + LINE_LIMIT + " characters");
    }
    boolean carriageReturn = to > from && text.charAt(to - 1) == '\r';
    if (carriageReturn && !noted) {
      noted = true;
      append();
      diagnostic(
          Diagnostic.Severity.NOTE,
          Code.RULE_SYNTAX,
          to - from,
          "lines end in CR LF; iptables-restore would refuse them");
    }
    String content = text.substring(from, carriageReturn ? to - 1 : to);
    int nul = content.indexOf('\0');
    if (nul >= 0) {
      throw new SyntaxException(Code.ENCODING, nul + 1, "a NUL character");
    }
    if (content.startsWith("#")) {
      comment(content);
    } else if (!content.isBlank()) {
      statement(content);
    }
  }

  private void comment(String content) throws SyntaxException {
    if (content.contains("is incompatible, use 'nft' tool")) {
      throw new SyntaxException(
          Code.OTHER_TOOL, 1, "iptables-save could not show this table; nft list ruleset can");
    }
    if (content.contains("tables present, use") && !otherNoted) {
      otherNoted = true;
      append();
      diagnostic(
          Diagnostic.Severity.NOTE,
          Code.OTHER_TOOL,
          1,
          "this host has rules of the other back end, too: " + content.substring(1).strip());
    }
  }

  private void statement(String content) throws SyntaxException {
    TableBuilder open = table;
    if (open != null && appends(content)) {
      waiting.add(new Waiting(content, line));
      if (waiting.size() == PORTION) {
        append(open);
      }
      return;
    }
    append();
    if (content.startsWith("*") && !listing) {
      open(content.substring(1).strip());
    } else if (open == null) {
      throw otherText(content);
    } else if (content.startsWith(":") && !listing) {
      open.chain(Word.split(content, 0));
    } else if (content.strip().equals("COMMIT") && !listing) {
      tables.add(open.build());
      table = null;
    } else {
      command(open, content);
    }
  }

  private void open(String name) throws SyntaxException {
    TableBuilder open = table;
    if (open != null) {
      throw new SyntaxException(
          Code.RULE_SYNTAX, 1, "the table " + open.name() + " ends without COMMIT");
    }
    if (tables.stream().anyMatch(it -> it.name().equals(name))) {
      throw new SyntaxException(Code.RULE_SYNTAX, 1, "the table " + name + " stands twice");
    }
    // the rules of a table that is unknown are read, so that their faults are told, too
    table = new TableBuilder(name);
    if (!TableBuilder.isTable(name)) {
      throw new SyntaxException(
          Code.RULE_SYNTAX, 2, Printable.quote(name) + " is no table of iptables");
    }
  }

  /// What stands outside of every table is most often the output of another command.
  private static SyntaxException otherText(String content) {
    String what = "what iptables-save prints is needed";
    if (content.startsWith("Chain ") || content.startsWith("target ")) {
      return new SyntaxException(Code.WRONG_COMMAND, 1, "this is what iptables -L prints; " + what);
    }
    if (content.startsWith("table ") || content.startsWith("add table ")) {
      return new SyntaxException(Code.WRONG_COMMAND, 1, "this is what nft prints; " + what);
    }
    if (content.startsWith("create ")) {
      return new SyntaxException(Code.WRONG_COMMAND, 1, "this is what ipset prints; " + what);
    }
    if (content.startsWith("-P ") || content.startsWith("-N ")) {
      return new SyntaxException(
          Code.WRONG_COMMAND,
          1,
          "this is what iptables -S prints, which does not say of which table it is");
    }
    return new SyntaxException(
        Code.RULE_SYNTAX, 1, Printable.quote(content) + " stands in no table; " + what);
  }

  private static boolean appends(String content) {
    return content.startsWith("-A ") || (content.startsWith("[") && content.contains("] -A "));
  }

  private void append() {
    TableBuilder open = table;
    if (open != null) {
      append(open);
    }
  }

  /// Reads what waits, and appends it in order.
  private void append(TableBuilder open) {
    Waiting[] lines = waiting.toArray(Waiting[]::new);
    waiting.clear();
    Read[] read = new Read[lines.length];
    if (lines.length > SIDE_BY_SIDE) {
      Arrays.parallelSetAll(read, i -> rules(open, lines[i]));
    } else {
      Arrays.setAll(read, i -> rules(open, lines[i]));
    }
    int now = line;
    for (int i = 0; i < lines.length && errors < DIAGNOSTICS_LIMIT; i++) {
      line = lines[i].line();
      SyntaxException fault = read[i].fault();
      try {
        if (fault != null) {
          throw fault;
        }
        open.append(read[i].chain(), read[i].rules());
      } catch (SyntaxException e) {
        error(e.code(), e.column(), e.getMessage());
      }
    }
    line = now;
  }

  private Read rules(TableBuilder open, Waiting line) {
    try {
      Command command = command(line.content());
      return new Read(command.chain(), rules(open, command, command.next(), line.line()), null);
    } catch (SyntaxException e) {
      return new Read(new Word("", 1, false), List.of(), e);
    }
  }

  /// A command and its chain, and which word comes next.
  private record Command(
      Optional<Counters> counters, Word name, Word chain, List<Word> words, int next) {}

  private static Command command(String content) throws SyntaxException {
    List<Word> words = Word.split(content, 0);
    int next = 0;
    Optional<Counters> counters = Optional.empty();
    if (content.startsWith("[")) {
      counters = Optional.of(TableBuilder.counters(words.get(next++)));
    }
    if (words.size() < next + 2) {
      throw SyntaxException.at(words.getFirst(), words.getFirst().shown() + " is no rule");
    }
    return new Command(counters, words.get(next), words.get(next + 1), words, next + 2);
  }

  private void command(TableBuilder open, String content) throws SyntaxException {
    Command command = command(content);
    List<Word> words = command.words();
    Word chain = command.chain();
    int next = command.next();
    switch (command.name().text()) {
      case "-A", "--append" -> open.append(chain, rules(open, command, next, line));
      case "-I", "--insert" -> {
        boolean numbered =
            next < words.size() && Values.number(words.get(next).text(), 1 << 30).isPresent();
        int position = numbered ? (int) Values.number(words.get(next++), 1 << 30) : 1;
        open.insert(chain, position, rules(open, command, next, line));
      }
      case "-N", "--new-chain" -> open.create(chain);
      case "-P", "--policy" -> open.policy(chain, words, next);
      case "-F", "--flush" -> open.flush(chain);
      case "-X", "--delete-chain" -> open.delete(chain);
      default ->
          throw SyntaxException.at(
              command.name(),
              command.name().shown() + " is no command of a ruleset that stands for itself");
    }
  }

  private List<Rule> rules(TableBuilder open, Command command, int next, int line)
      throws SyntaxException {
    return new RuleParser(family, command.words(), next, open::has, command.counters()).parse(line);
  }

  private void error(Code code, int column, String message) {
    errors++;
    diagnostic(Diagnostic.Severity.ERROR, code, column, message);
  }

  private void diagnostic(Diagnostic.Severity severity, Code code, int column, String message) {
    Location at = new Location(file, line, column);
    sink.accept(new Diagnostic(severity, code, Optional.of(at), "", "", message));
  }
}
