package dev.kproxy.host.rules;

import dev.kproxy.host.HostFault;
import dev.kproxy.host.HostFault.Kind;
import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Reads and writes what iptables-save prints.
///
/// The tools end a failed or partial listing with status 0 in some cases, so every table must begin
/// with its name and end with `COMMIT`, none may be said to be unreadable, and nothing stands
/// twice. A comment of a stranger may hold a line break: a rule goes on until its quotation marks
/// are closed.
public final class RulesText {
  /// What a rule begins with; nearly all lines do.
  private static final String APPEND = "-A ";

  private final Family family;
  private final String origin;
  private final Map<TableKey, TableText> expected;
  private final Map<TableKey, TableText> tables = new TreeMap<>();
  private Map<String, List<String>> chains = new LinkedHashMap<>();
  private String table = "";
  private TableText expectedTable = TableText.EMPTY;
  private String lastChain = "";
  private List<String> lastRules = List.of();
  private List<String> expectedRules = List.of();

  private RulesText(Family family, String origin, Map<TableKey, TableText> expected) {
    this.family = family;
    this.origin = origin;
    this.expected = expected;
  }

  /// The tables of a text.
  ///
  /// @param origin who printed it, for faults
  /// @param expected tables that much of the text is likely to be the same as. Of a chain that is,
  ///   the rules are the very list that stands there: it takes no room, and is compared at once.
  /// @throws HostFault where the text is not whole
  public static Map<TableKey, TableText> read(
      Family family, String text, String origin, Map<TableKey, TableText> expected)
      throws HostFault {
    return new RulesText(family, origin, expected).read(text);
  }

  private Map<TableKey, TableText> read(String text) throws HostFault {
    int from = 0;
    while (from < text.length()) {
      int end = lineEnd(text, from);
      if (text.startsWith(APPEND, from)) {
        rule(text, from + APPEND.length(), end);
      } else {
        line(text.substring(from, end));
      }
      from = end + 1;
    }
    if (!table.isEmpty()) {
      throw fault("the table " + table + " ends without COMMIT");
    }
    return tables;
  }

  /// A text without the rules of some chains, which it still declares.
  ///
  /// @param chains whose rules are left out
  public static String without(Family family, String text, Map<TableKey, TableText> chains) {
    StringBuilder rest = new StringBuilder();
    TableText absent = TableText.EMPTY;
    int from = 0;
    while (from < text.length()) {
      int end = lineEnd(text, from);
      if (text.startsWith("*", from)) {
        TableKey key = new TableKey(family, text.substring(from + 1, end).strip());
        absent = chains.getOrDefault(key, TableText.EMPTY);
      }
      boolean isRule = text.startsWith(APPEND, from);
      int name = from + APPEND.length();
      if (!isRule || !absent.has(text.substring(name, wordEnd(text, name, end)))) {
        rest.append(text, from, end).append('\n');
      }
      from = end + 1;
    }
    return rest.toString();
  }

  private static int wordEnd(String text, int from, int end) {
    int blank = text.indexOf(' ', from);
    return blank < 0 || blank > end ? end : blank;
  }

  private static int lineEnd(String text, int from) {
    int end = text.indexOf('\n', from);
    end = end < 0 ? text.length() : end;
    if (text.charAt(from) != '-') {
      return end;
    }
    int quote = text.indexOf('"', from, end);
    if (quote < 0) {
      return end;
    }
    boolean quoted = false;
    for (int i = quote; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' && !quoted) {
        return i;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      }
    }
    return quoted ? end : text.length();
  }

  private void line(String line) throws HostFault {
    if (line.startsWith(":") && !table.isEmpty()) {
      int end = line.indexOf(' ');
      if (end < 0) {
        throw fault("a chain without a policy");
      }
      String chain = line.substring(1, end);
      if (chains.putIfAbsent(chain, new ArrayList<>()) != null) {
        throw fault("a chain twice: " + chain);
      }
    } else if (line.startsWith("*") && table.isEmpty()) {
      table = line.substring(1).strip();
      expectedTable = expected.getOrDefault(new TableKey(family, table), TableText.EMPTY);
    } else if (line.equals("COMMIT") && !table.isEmpty()) {
      chains.replaceAll(this::asExpected);
      if (tables.putIfAbsent(new TableKey(family, table), TableText.of(chains)) != null) {
        throw fault("a table twice: " + table);
      }
      chains = new LinkedHashMap<>();
      table = "";
      lastChain = "";
    } else if (line.contains("is incompatible, use 'nft' tool")) {
      throw new HostFault(
          Kind.REFUSED, origin + " cannot show a table that another tool has changed: " + line);
    } else if (!line.startsWith("#") && !line.isBlank()) {
      throw fault("a line that is no rule: " + line);
    }
  }

  /// The rest of a line that begins with [#APPEND].
  private void rule(String text, int from, int end) throws HostFault {
    int nameEnd = wordEnd(text, from, end);
    if (lastChain.isEmpty()
        || nameEnd - from != lastChain.length()
        || !text.startsWith(lastChain, from)) {
      String chain = text.substring(from, nameEnd);
      List<String> rules = chains.get(chain);
      if (table.isEmpty() || rules == null) {
        throw fault("a rule of a chain that is not declared: " + chain);
      }
      lastChain = chain;
      lastRules = rules;
      expectedRules = expectedTable.rules(chain);
    }
    lastRules.add(nameEnd == end ? "" : rule(text, nameEnd + 1, end, lastRules.size()));
  }

  private String rule(String text, int from, int end, int place) {
    String rule = place < expectedRules.size() ? expectedRules.get(place) : "";
    return rule.length() == end - from && text.startsWith(rule, from)
        ? rule
        : text.substring(from, end);
  }

  private List<String> asExpected(String chain, List<String> rules) {
    List<String> likely = expectedTable.rules(chain);
    return rules.equals(likely) ? likely : rules;
  }

  private HostFault fault(String what) {
    String shown = what.length() > 200 ? what.substring(0, 200) + "…" : what;
    return new HostFault(Kind.TOOL, origin + " printed " + shown);
  }

  /// The rules of a chain: a line `-A CHAIN RULE` each.
  static void write(String chain, List<String> rules, StringBuilder out) {
    for (String rule : rules) {
      out.append(APPEND).append(chain);
      if (!rule.isEmpty()) {
        out.append(' ').append(rule);
      }
      out.append('\n');
    }
  }

  /// The text of one table, which [#read] reads.
  public static void write(String table, TableText text, StringBuilder out) {
    out.append('*').append(table).append('\n');
    for (String chain : text.chains().keySet()) {
      String policy = TableText.isBuiltIn(chain) ? " ACCEPT [0:0]\n" : " - [0:0]\n";
      out.append(':').append(chain).append(policy);
    }
    text.chains().forEach((chain, rules) -> write(chain, rules, out));
    out.append("COMMIT\n");
  }
}
