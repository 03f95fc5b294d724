package dev.kproxy.iptables.text;

import dev.kproxy.iptables.Counters;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.iptables.line.Command;
import dev.kproxy.iptables.line.RuleLines;
import dev.kproxy.iptables.syntax.Extensions;
import dev.kproxy.iptables.syntax.Word;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Location;
import dev.kproxy.net.Printable;
import dev.kproxy.net.SyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
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

  /// So many rules are checked at a time, side by side.
  private static final int PORTION = 8192;

  /// From so many on that pays.
  private static final int SIDE_BY_SIDE = 512;

  private final Family family;
  private final RuleLines lines;
  private final String file;
  private final Consumer<? super Diagnostic> sink;
  private final List<Table> tables = new ArrayList<>();
  private final boolean listing;
  private @Nullable TableBuilder table;

  /// Lines that append to chains; they do not depend on each other.
  private final int[] waiting = new int[PORTION];

  private int count;
  private int line;
  private int errors;
  private boolean noted;
  private boolean otherNoted;

  private IptablesParser(
      Family family,
      byte[] text,
      Optional<String> listed,
      String file,
      Consumer<? super Diagnostic> sink) {
    this.family = family;
    this.lines = new RuleLines(family, text);
    this.file = file;
    this.sink = sink;
    this.listing = listed.isPresent();
    this.table = listed.map(TableBuilder::new).orElse(null);
  }

  /// The ruleset of a file that names its tables: iptables-save, or what iptables-restore takes.
  ///
  /// @param text in UTF-8
  /// @param file its name, for diagnostics
  /// @param sink takes the diagnostics, in the order of the lines
  public static Optional<Ruleset> parse(
      Family family, byte[] text, String file, Consumer<? super Diagnostic> sink) {
    return new IptablesParser(family, text, Optional.empty(), file, sink).parse();
  }

  /// The same of a string.
  public static Optional<Ruleset> parse(
      Family family, String text, String file, Consumer<? super Diagnostic> sink) {
    return parse(family, text.getBytes(StandardCharsets.UTF_8), file, sink);
  }

  /// The ruleset of what `iptables -t TABLE -S` prints, which does not name its table.
  public static Optional<Ruleset> parseTable(
      Family family, String table, byte[] text, String file, Consumer<? super Diagnostic> sink) {
    return new IptablesParser(family, text, Optional.of(table), file, sink).parse();
  }

  /// The same of a string.
  public static Optional<Ruleset> parseTable(
      Family family, String table, String text, String file, Consumer<? super Diagnostic> sink) {
    return parseTable(family, table, text.getBytes(StandardCharsets.UTF_8), file, sink);
  }

  private Optional<Ruleset> parse() {
    while (line < lines.count() && errors < DIAGNOSTICS_LIMIT) {
      line++;
      try {
        line();
      } catch (SyntaxException e) {
        append();
        error(e.code(), e.column(), e.getMessage());
        if (tables.isEmpty() && table == null) {
          return Optional.empty();
        }
      }
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
      tables.add(open.build(lines));
    } else if (open != null) {
      error(Code.RULE_SYNTAX, 1, "the table " + open.name() + " ends without COMMIT");
    } else if (tables.isEmpty() && errors == 0) {
      error(Code.RULE_SYNTAX, 1, "no table at all; a failed iptables-save prints nothing, too");
    }
  }

  private void line() throws SyntaxException {
    if (lines.length(line) > LINE_LIMIT && lines.content(line).length() > LINE_LIMIT) {
      throw new SyntaxException(Code.LIMIT, 1, "a line of more than " + LINE_LIMIT + " characters");
    }
    if (lines.hasCarriageReturn(line) && !noted) {
      noted = true;
      append();
      diagnostic(
          Diagnostic.Severity.NOTE,
          Code.RULE_SYNTAX,
          lines.content(line).length() + 1,
          "",
          "lines end in CR LF; iptables-restore would refuse them");
    }
    int nul = lines.hasNul() ? lines.content(line).indexOf('\0') : -1;
    if (nul >= 0) {
      throw new SyntaxException(Code.ENCODING, nul + 1, "a NUL character");
    }
    TableBuilder open = table;
    if (open != null && lines.appends(line)) {
      waiting[count++] = line;
      if (count == PORTION) {
        append(open);
      }
      return;
    }
    String plain = open == null || listing ? null : lines.plainChain(line);
    if (open != null && plain != null && !Extensions.isVerdict(plain)) {
      append();
      open.chain(plain, Optional.empty(), Counters.ZERO, line);
      return;
    }
    String content = lines.content(line);
    if (content.startsWith("#")) {
      comment(content);
    } else if (!content.isBlank()) {
      append();
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
          "",
          "this host has rules of the other back end, too: " + content.substring(1).strip());
    }
  }

  private void statement(String content) throws SyntaxException {
    TableBuilder open = table;
    if (content.startsWith("*") && !listing) {
      open(content.substring(1).strip());
    } else if (open == null) {
      throw otherText(content);
    } else if (content.startsWith(":") && !listing) {
      open.chain(Word.split(content, 0), line);
    } else if (content.strip().equals("COMMIT") && !listing) {
      tables.add(open.build(lines));
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
    // the rules of a table that is refused are read, so that their faults are told, too
    table = new TableBuilder(name);
    if (tables.stream().anyMatch(it -> it.name().equals(name))) {
      throw new SyntaxException(Code.RULE_SYNTAX, 1, "the table " + name + " stands twice");
    }
    if (!Table.isKnown(name)) {
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

  private void append() {
    TableBuilder open = table;
    if (open != null && count > 0) {
      append(open);
    }
  }

  /// Checks the lines that wait, and appends their rules in order.
  private void append(TableBuilder open) {
    int[] rules = new int[count];
    @Nullable SyntaxException[] faults = new SyntaxException[count];
    IntStream all = IntStream.range(0, count);
    (count > SIDE_BY_SIDE ? all.parallel() : all)
        .forEach(
            i -> {
              try {
                rules[i] = lines.check(waiting[i], open::has);
              } catch (SyntaxException e) {
                faults[i] = e;
              }
            });
    count = 0;
    int now = line;
    for (int i = 0; i < rules.length && errors < DIAGNOSTICS_LIMIT; i++) {
      line = waiting[i];
      try {
        if (faults[i] != null) {
          throw faults[i];
        }
        open.append(lines, line, rules[i]);
      } catch (SyntaxException e) {
        errors++;
        diagnostic(Diagnostic.Severity.ERROR, e.code(), e.column(), chain(open), e.getMessage());
      }
    }
    line = now;
  }

  private void command(TableBuilder open, String content) throws SyntaxException {
    Command command = Command.of(content);
    Word chain = command.chain();
    switch (command.name().text()) {
      case "-A", "--append" -> open.append(lines, line, lines.check(line, open::has));
      case "-I", "--insert" ->
          open.insert(chain, command.position(), line, lines.check(line, open::has));
      case "-N", "--new-chain" -> open.create(chain, line);
      case "-P", "--policy" -> open.policy(chain, command.words(), command.next());
      case "-F", "--flush" -> open.flush(chain);
      case "-X", "--delete-chain" -> open.delete(chain);
      default ->
          throw SyntaxException.at(
              command.name(),
              command.name().shown() + " is no command of a ruleset that stands for itself");
    }
  }

  /// The chain that the line appends to, with the line where it begins.
  private String chain(TableBuilder open) {
    try {
      String chain = lines.chainOf(line).text();
      int begin = open.lineOf(chain);
      return begin == 0 ? "" : "chain " + chain + " of " + open.name() + ", " + file + ":" + begin;
    } catch (SyntaxException e) {
      return "";
    }
  }

  private void error(Code code, int column, String message) {
    errors++;
    diagnostic(Diagnostic.Severity.ERROR, code, column, "", message);
  }

  private void diagnostic(
      Diagnostic.Severity severity, Code code, int column, String object, String message) {
    Location at = new Location(file, line, column);
    sink.accept(new Diagnostic(severity, code, Optional.of(at), object, "", message));
  }
}
