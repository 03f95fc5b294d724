package dev.kproxy.ipset;

import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Lines;
import dev.kproxy.net.Printable;
import dev.kproxy.net.SyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads what `ipset save` and `ipset list` print, and of restore files what makes sets out of
/// nothing: `create` and `add`, with their short names and `-exist`.
///
/// Every line that cannot be read is a diagnostic. Names of hosts, services and protocols outside
/// of the common `/etc/protocols` are not looked up, and whether a set takes the options and the
/// number of its entries is left to the kernel.
public final class IpsetParser {
  /// The longest line that is read, in characters; ipset itself reads 1,024 bytes.
  private static final int LINE_LIMIT = 1 << 16;

  /// The most entries that ranges of addresses, in place of networks, may come to in one text.
  private static final int RANGE_LIMIT = 1 << 20;

  private final Lines lines;
  private final Map<String, Draft> sets = new LinkedHashMap<>();
  private final Set<String> broken = new HashSet<>();
  private @Nullable Listing listing;
  private int ranges;
  private boolean started;

  private IpsetParser(String file, Consumer<? super Diagnostic> sink) {
    this.lines = new Lines(file, sink, LINE_LIMIT);
  }

  /// The sets of a text, in its order. None at all is no fault: a host may have none.
  ///
  /// @param file the name of the text in diagnostics
  /// @param sink takes every fault, in the order of the lines; a set or an entry that has one is
  ///   left out
  public static List<IpSet> parse(String text, String file, Consumer<? super Diagnostic> sink) {
    IpsetParser parser = new IpsetParser(file, sink);
    parser.parse(text);
    return parser.sets.values().stream().map(Draft::build).toList();
  }

  private void parse(String text) {
    if (lines.read(text, this::line, () -> started)) {
      endListed();
    }
  }

  private void line(String content) throws SyntaxException {
    if (content.startsWith("Name: ") && (listing != null || !started)) {
      endListed();
      listing = new Listing(content.substring("Name: ".length()).strip(), lines.number());
      started = true;
    } else if (listing != null) {
      listed(listing, content);
    } else if (!content.isBlank() && !content.stripLeading().startsWith("#")) {
      command(content);
    }
  }

  private void command(String content) throws SyntaxException {
    Words words = new Words(content, 0);
    if (!words.hasNext()) {
      return;
    }
    Word command = words.next("the command");
    switch (command.text()) {
      case "create", "n", "-N", "--create" -> {
        started = true;
        create(words.next("the name of the set"), words);
      }
      case "add", "a", "-A", "--add" -> {
        if (!started && command.text().equals("-A")) {
          throw otherText(content);
        }
        started = true;
        add(words.next("the name of the set"), words);
      }
      case "COMMIT" -> started = true;
      case "del", "flush", "destroy", "rename", "swap" ->
          throw SyntaxException.at(
              command, command.text() + " changes sets that are there; what is in them, is needed");
      default -> {
        if (!started) {
          throw otherText(content);
        }
        throw SyntaxException.at(command, command.shown() + " is no command that makes sets");
      }
    }
  }

  /// What is no text of ipset at all is most often the output of another command.
  private static SyntaxException otherText(String content) {
    String start = content.strip();
    String other =
        start.startsWith("*") || start.startsWith("-A ") || start.startsWith("-P ")
            ? "the text of iptables or ipvsadm"
            : start.startsWith("table ") || start.startsWith("add table ")
                ? "what nft prints"
                : start.startsWith("<") || start.startsWith("[") || start.startsWith("{")
                    ? "XML or JSON"
                    : start.startsWith("IP Virtual Server") ? "what ipvsadm prints" : "";
    return other.isEmpty()
        ? new SyntaxException(
            Code.RULE_SYNTAX,
            1,
            Printable.quote(content) + " is no line of what ipset save or ipset list prints")
        : new SyntaxException(
            Code.WRONG_COMMAND,
            1,
            "this is " + other + "; what ipset save or ipset list prints is needed");
  }

  private void create(Word name, Words words) throws SyntaxException {
    broken.add(name.text());
    if (!IpSet.isName(name.text())) {
      throw SyntaxException.at(
          name, name.shown() + " is no name of a set; the longest have 31 bytes");
    }
    Word type = words.next("the type of the set");
    IpSet set = set(name, type, words);
    Draft known = sets.get(set.name());
    if (known != null) {
      boolean same = known.set.type() == set.type() && known.set.family().equals(set.family());
      if (!words.exist() || !same) {
        throw SyntaxException.at(name, "the set " + name.shown() + " stands twice");
      }
    } else {
      sets.put(set.name(), new Draft(set));
    }
    broken.remove(name.text());
  }

  private static IpSet set(Word name, Word typeWord, Words words) throws SyntaxException {
    Optional<SetType> type = SetType.parse(typeWord.text());
    if (type.isEmpty()) {
      throw SyntaxException.at(typeWord, typeWord.shown() + " is no type of a set");
    }
    List<SetOption> options = OptionParser.set(type.get(), words);
    boolean hasRange =
        options.stream()
            .anyMatch(it -> it instanceof SetOption.AddressRange || it instanceof SetOption.Ports);
    if (type.get().hasRange() && !hasRange) {
      throw SyntaxException.at(typeWord, "a set of type " + type.get() + " needs a range");
    }
    return new IpSet(name.text(), type.get(), OptionParser.widened(options, typeWord), List.of());
  }

  private void add(Word name, Words words) throws SyntaxException {
    Draft draft = sets.get(name.text());
    if (broken.contains(name.text())) {
      return;
    }
    if (draft == null) {
      throw SyntaxException.at(name, "no set " + name.shown() + " was created");
    }
    entry(draft, words);
  }

  private void entry(Draft draft, Words words) throws SyntaxException {
    Word word = words.next("the entry");
    List<List<Element>> entries = draft.elements.parse(word);
    ranges += entries.size() - 1;
    if (ranges > RANGE_LIMIT) {
      throw new SyntaxException(
          Code.LIMIT, word.column(), "ranges that come to more networks than are read");
    }
    List<EntryOption> options = OptionParser.entry(draft.set.type(), words);
    for (List<Element> elements : entries) {
      if (!draft.add(new Entry(elements, options), words.exist())) {
        throw SyntaxException.at(word, word.shown() + " stands twice in the set");
      }
    }
  }

  private void listed(Listing open, String content) throws SyntaxException {
    Draft draft = open.draft;
    if (open.members && !content.isBlank()) {
      if (draft != null) {
        entry(draft, new Words(content, 0));
      }
    } else if (content.startsWith("Type: ")) {
      open.type = new Word(content.substring(6).strip(), 7, false);
    } else if (content.startsWith("Header:")) {
      header(open, new Words(content, "Header:".length()));
    } else if (content.startsWith("Members:")) {
      open.members = true;
    } else if (!content.isBlank() && !content.contains(": ")) {
      throw new SyntaxException(
          Code.RULE_SYNTAX, 1, Printable.quote(content) + " is no line of what ipset list prints");
    }
  }

  private void header(Listing open, Words words) throws SyntaxException {
    Word name = new Word(open.name, 1, false);
    Word type = open.type;
    if (type == null || !IpSet.isName(open.name) || sets.containsKey(open.name)) {
      throw SyntaxException.at(
          name, "the set " + name.shown() + " has no type, no proper name, or stands twice");
    }
    Draft draft = new Draft(set(name, type, words));
    open.draft = draft;
    sets.put(open.name, draft);
  }

  /// A listing that shows no members says nothing of what is in the set.
  private void endListed() {
    Listing open = listing;
    if (open != null && !open.members) {
      sets.remove(open.name);
      lines.fault(
          Code.WRONG_COMMAND,
          open.line,
          1,
          "the members of the set "
              + Printable.quote(open.name)
              + " are not shown; what ipset save or ipset list without -t prints is needed");
    }
  }

  /// A set that is being read.
  private static final class Draft {
    final IpSet set;
    final ElementParser elements;
    private final Map<List<Element>, Entry> entries = new LinkedHashMap<>();

    Draft(IpSet set) {
      this.set = set;
      this.elements = new ElementParser(set);
    }

    /// Adds the entry, or puts it in the place of the same one where that is allowed.
    boolean add(Entry entry, boolean replace) {
      // in a bitmap:ip,mac an address stands once, with whatever hardware address
      List<Element> key =
          set.type() == SetType.BITMAP_IP_MAC ? entry.elements().subList(0, 1) : entry.elements();
      if (!replace && entries.containsKey(key)) {
        return false;
      }
      entries.put(key, entry);
      return true;
    }

    IpSet build() {
      return new IpSet(set.name(), set.type(), set.options(), new ArrayList<>(entries.values()));
    }
  }

  /// Where in the listing of a set the reading is.
  private static final class Listing {
    final String name;
    final int line;
    @Nullable Word type;
    @Nullable Draft draft;
    boolean members;

    Listing(String name, int line) {
      this.name = name;
      this.line = line;
    }
  }
}
