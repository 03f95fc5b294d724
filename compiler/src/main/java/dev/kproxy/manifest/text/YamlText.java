package dev.kproxy.manifest.text;

import dev.kproxy.net.Code;
import dev.kproxy.net.Printable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentEndEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/// One document of YAML: the events of SnakeYAML's parser, made into values as go-yaml would.
///
/// What follows `...` in a document is not read, as kubectl does not; anything else behind the end
/// of the value, which kubectl drops too, is an error. Aliases are the very values that they name;
/// what they would come to when written out is counted and bounded by go-yaml's own rule, so that
/// nobody who walks over the values walks for ever.
final class YamlText {
  private static final int MANY_NODES = 1000;
  private static final int MANY_ALIASED = 100;
  private static final long LOW = 400_000;
  private static final long HIGH = 4_000_000;

  /// How much of a complaint of the library is passed on.
  private static final int MOST_WORDS = 120;

  private final Utf8Reader reader;
  private final Origin origin;
  private final TreeBuilder tree;
  private final ParserImpl parser;

  private final Map<String, Anchor> anchors = new HashMap<>();
  private final Deque<Anchor> open = new ArrayDeque<>();

  /// How many nodes there are with all aliases written out, and how many of them aliases made.
  private long nodes = 1;

  private long aliased;

  YamlText(Utf8Reader reader, Origin origin, TreeBuilder tree) {
    this.reader = reader;
    this.origin = origin;
    this.tree = tree;
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE);
    parser = new ParserImpl(new TabScanner(new StreamReader(reader), options));
  }

  /// Reads the document; false if there is none, only blanks and comments.
  boolean read() throws IOException {
    while (true) {
      Event event = event();
      switch (event.getEventId()) {
        case DocumentStart -> checkVersion((DocumentStartEvent) event);
        case Scalar -> scalar((ScalarEvent) event);
        case SequenceStart, MappingStart -> start((CollectionStartEvent) event);
        case SequenceEnd, MappingEnd -> end();
        case Alias -> alias((AliasEvent) event);
        case DocumentEnd -> {
          // kubectl drops in silence whatever comes behind; only behind ... that is meant so
          if (!((DocumentEndEvent) event).getExplicit()) {
            event();
          }
          return true;
        }
        case StreamEnd -> {
          return false;
        }
        case StreamStart, Comment -> {}
      }
    }
  }

  private Event event() throws IOException {
    reader.progress();
    try {
      return parser.getEvent();
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      throw mark == null
          ? reader.fault(Code.SYNTAX, words(e.getProblem()))
          : syntax(mark, words(e.getProblem()));
    } catch (YAMLException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw reader.fault(Code.SYNTAX, words(e.getMessage()));
    } catch (Fault e) {
      throw e;
    } catch (RuntimeException e) {
      // the library has faults of its own, as a NumberFormatException where a text ends in an
      // escape
      throw reader.fault(Code.SYNTAX, "not YAML");
    }
  }

  private void checkVersion(DocumentStartEvent start) {
    var version = start.getVersion();
    if (version != null && (version.major() != 1 || version.minor() != 1)) {
      Mark mark = start.getStartMark();
      throw new Fault(
          Code.SYNTAX, line(mark), column(mark), "only YAML 1.1 is read, as Kubernetes does");
    }
  }

  private void scalar(ScalarEvent event) {
    Mark mark = event.getStartMark();
    int line = line(mark);
    int column = column(mark);
    if (tree.expectsName()) {
      name(event, line, column);
      return;
    }
    nodes++;
    Value value =
        switch (event.getScalarStyle()) {
          case PLAIN -> YamlScalar.value(event.getTag(), true, event.getValue(), line, column);
          case LITERAL, FOLDED ->
              YamlScalar.value(
                  event.getTag(), false, event.getValue(), line + 1, blockColumn(mark));
          case SINGLE_QUOTED, DOUBLE_QUOTED, JSON_SCALAR_STYLE ->
              YamlScalar.value(event.getTag(), false, whole(event), line, column);
        };
    if (event.getAnchor() != null) {
      anchor(event.getAnchor(), value, mark);
    }
    tree.value(value);
  }

  /// The text of a quoted scalar.
  private String whole(ScalarEvent event) {
    String text = event.getValue();
    if (Utf8Reader.isBroken(text)) {
      Mark mark = event.getStartMark();
      throw new Fault(
          Code.SYNTAX, line(mark), column(mark), "an escape in this string is half a character");
    }
    return text;
  }

  /// The column in which the lines of a block begin. The parser does not tell it, but the text
  /// behind the block's indicator is mostly still at hand; if not, the custom is two columns to the
  /// right of the name.
  private int blockColumn(Mark mark) {
    int[] text = mark.getBuffer();
    int at = mark.getPointer();
    while (at < text.length && text[at] != '\n') {
      at++;
    }
    int begin = at + 1;
    do {
      at++;
    } while (at < text.length && text[at] == ' ');
    boolean found = at < text.length && text[at] > ' ';
    return found ? origin.column(mark.getLine() + 1, at - begin) : tree.nameColumn() + 2;
  }

  private void name(ScalarEvent event, int line, int column) {
    String tag = event.getTag();
    boolean plain = event.getScalarStyle() == ScalarStyle.PLAIN;
    String text = plain ? event.getValue() : whole(event);
    if (text.equals("<<") && (tag == null ? plain : isMergeTag(tag))) {
      tree.mergeKey(line, column);
      return;
    }
    nodes++;
    if (event.getAnchor() != null) {
      Value value = YamlScalar.value(tag, plain, text, line, column);
      anchor(event.getAnchor(), value, event.getStartMark());
    }
    tree.name(YamlScalar.name(tag, plain, text, line, column), line, column);
  }

  private void start(CollectionStartEvent event) {
    Mark mark = event.getStartMark();
    int line = line(mark);
    int column = column(mark);
    if (tree.expectsName()) {
      throw syntax(mark, "a list or mapping cannot be the name of a field");
    }
    boolean mapping = event instanceof MappingStartEvent;
    String tag = event.getTag();
    if (tag != null && !YamlScalar.isCollectionTag(tag, mapping ? "map" : "seq")) {
      throw YamlScalar.foreign(tag, line, column);
    }
    nodes++;
    String name = event.getAnchor();
    if (mapping) {
      tree.startMapping(line, column);
    } else {
      tree.startSequence(name != null, line, column);
    }
    if (name != null) {
      Anchor anchor = anchor(name, null, mark);
      anchor.depth = tree.depth();
      open.push(anchor);
    }
  }

  /// @param value what the anchor names, if that has ended
  private Anchor anchor(String name, @Nullable Value value, Mark mark) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 0x80 || !(Character.isLetterOrDigit(c) || c == '-' || c == '_')) {
        throw new Fault(
            Code.SYNTAX, line(mark), column(mark), "go-yaml has no anchors with such a name");
      }
    }
    Anchor anchor = new Anchor(name, nodes - 1, value);
    anchors.put(name, anchor);
    return anchor;
  }

  private void end() {
    int depth = tree.depth();
    Value value = tree.end();
    Anchor anchor = open.peek();
    if (anchor != null && anchor.depth == depth) {
      open.pop();
      anchor.value = value;
      anchor.nodes = nodes - anchor.before;
    }
  }

  private void alias(AliasEvent event) {
    Mark mark = event.getStartMark();
    int line = line(mark);
    int column = column(mark);
    Anchor anchor = anchors.get(event.getAnchor());
    if (anchor == null) {
      throw new Fault(
          Code.ALIAS,
          line,
          column,
          "no anchor " + Printable.quote(event.getAnchor()) + " before this alias");
    }
    Value value = anchor.value;
    if (value == null) {
      throw new Fault(
          Code.ALIAS,
          line,
          column,
          "the anchor " + Printable.quote(anchor.name) + " contains itself");
    }
    nodes += 1 + anchor.nodes;
    aliased += anchor.nodes;
    if (aliased > MANY_ALIASED && nodes > MANY_NODES && aliased > allowed(nodes) * nodes) {
      throw new Fault(Code.ALIAS, line, column, "the aliases of this document expand to too much");
    }
    if (tree.expectsName()) {
      if (!(value instanceof Value.Scalar scalar)) {
        throw new Fault(
            Code.SYNTAX, line, column, "a list or mapping cannot be the name of a field");
      }
      if (scalar.kind() == Value.Kind.NULL) {
        throw YamlScalar.nullName(line, column);
      }
      tree.name(scalar.text(), line, column);
    } else if (tree.isMerging() && !(value instanceof Value.Mapping)) {
      throw new Fault(Code.SYNTAX, line, column, "<< needs a mapping to merge");
    } else {
      tree.value(value);
    }
  }

  /// The share of nodes that may come out of aliases: 99 % in small documents, falling to 10 % in
  /// large ones.
  private static double allowed(long nodes) {
    double above = Math.clamp((double) (nodes - LOW) / (HIGH - LOW), 0, 1);
    return 0.99 - 0.89 * above;
  }

  private static boolean isMergeTag(String tag) {
    return tag.equals("!") || tag.equals("tag:yaml.org,2002:merge");
  }

  private int line(Mark mark) {
    return origin.line(mark.getLine());
  }

  private int column(Mark mark) {
    return origin.column(mark.getLine(), mark.getColumn());
  }

  private Fault syntax(Mark mark, String words) {
    Fault fault = new Fault(Code.SYNTAX, line(mark), column(mark), words);
    return isTemplate(mark) ? fault.inTemplate() : fault;
  }

  /// Whether the line has the brackets of Helm, Jinja or Go templates, which are no YAML.
  private static boolean isTemplate(Mark mark) {
    int[] text = mark.getBuffer();
    int at = Math.min(mark.getPointer(), text.length - 1);
    while (at > 0 && text[at - 1] != '\n') {
      at--;
    }
    for (; at + 1 < text.length && text[at] != '\n'; at++) {
      if (text[at] == '{' && (text[at + 1] == '{' || text[at + 1] == '%')) {
        return true;
      }
    }
    return false;
  }

  /// What SnakeYAML complains of, in a few words.
  private static String words(@Nullable String problem) {
    String text = problem == null ? "" : problem;
    if (text.startsWith("expected '<document start>'")) {
      return "something follows the end of the document's value";
    } else if (text.startsWith("expected <block end>")) {
      return "this does not line up with what it belongs to";
    } else if (text.startsWith("mapping values are not allowed")) {
      return "a colon is one too many here, or the indentation is wrong";
    } else if (text.startsWith("found unexpected end of stream")) {
      return "the text ends within a quoted string";
    } else if (text.startsWith("found character")) {
      return "nothing can begin with this character";
    } else if (text.equals(TabScanner.REFUSAL)) {
      return text;
    }
    return "not YAML: " + text.substring(0, Math.min(text.length(), MOST_WORDS));
  }

  /// What an alias may name; without a value as long as it has not ended.
  private static final class Anchor {
    final String name;
    final long before;
    @Nullable Value value;
    long nodes = 1;
    int depth;

    Anchor(String name, long before, @Nullable Value value) {
      this.name = name;
      this.before = before;
      this.value = value;
    }
  }
}
