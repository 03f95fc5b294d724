package dev.kproxy.manifest.text;

import dev.kproxy.manifest.text.Value.Field;
import dev.kproxy.manifest.text.Value.Mapping;
import dev.kproxy.manifest.text.Value.Sequence;
import dev.kproxy.net.Code;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts a document's values together from what a parser meets, without recursion. The items of a
/// list go to the [ObjectOpener] one by one and are not kept.
final class TreeBuilder {
  /// How deep mappings and sequences may stand in each other; the API server's own types need less
  /// than a quarter of it.
  static final int MAXIMUM_DEPTH = 256;

  /// Up to so many fields are compared one by one.
  private static final int SMALL = 16;

  private final List<Frame> frames = new ArrayList<>();
  private int depth;
  private @Nullable Frame top;
  private ObjectOpener opener;

  TreeBuilder(ObjectOpener opener) {
    this.opener = opener;
  }

  /// Begins a document, whatever was left of the one before.
  void begin(ObjectOpener receiver) {
    opener = receiver;
    depth = 0;
    top = null;
  }

  /// How many mappings and sequences are open.
  int depth() {
    return depth;
  }

  /// Whether a field's name is due, or the end of a mapping.
  boolean expectsName() {
    return top != null && top.mapping && top.name == null && !top.merging;
  }

  /// Whether the value that is due is that of a merge key.
  boolean isMerging() {
    return top != null && top.merging;
  }

  /// The column of the name whose value is due.
  int nameColumn() {
    return top == null ? 1 : top.nameColumn;
  }

  void startMapping(int line, int column) {
    push(true, line, column);
  }

  /// @param kept whether something else than the tree needs the sequence as a whole
  void startSequence(boolean kept, int line, int column) {
    boolean items = depth == 1 && opener.opensLists() && !kept && "items".equals(nameDue());
    push(false, line, column).streamed = items;
  }

  /// The name of the field whose value comes next.
  void name(String name, int line, int column) {
    Frame frame = current();
    frame.name = name;
    frame.nameLine = line;
    frame.nameColumn = column;
  }

  /// The next value is merged into the mapping.
  void mergeKey(int line, int column) {
    name("<<", line, column);
    current().merging = true;
  }

  /// Ends the innermost mapping or sequence and returns it.
  Value end() {
    Frame frame = current();
    Value value =
        frame.mapping
            ? new Mapping(frame.fields, frame.line, frame.column)
            : new Sequence(frame.items, frame.line, frame.column);
    boolean list = depth == 1 && frame.opened;
    depth--;
    top = depth == 0 ? null : frames.get(depth - 1);
    if (list) {
      opener.endOfList((Mapping) value);
    } else {
      if (frame.streamed) {
        current().opened = true;
      }
      value(value);
    }
    return value;
  }

  /// A value that is complete.
  void value(Value value) {
    Frame frame = top;
    if (frame == null) {
      opener.root(value);
    } else if (frame.streamed) {
      opener.item(value, frames.get(0).fields, frame.count++);
    } else if (!frame.mapping) {
      frame.items.add(value);
    } else if (frame.merging) {
      merge(frame, value);
    } else {
      put(frame, value);
    }
  }

  private @Nullable String nameDue() {
    return top == null ? null : top.name;
  }

  private Frame current() {
    if (top == null) {
      throw new IllegalStateException("nothing is open");
    }
    return top;
  }

  private Frame push(boolean mapping, int line, int column) {
    if (depth == MAXIMUM_DEPTH) {
      throw new Fault(Code.LIMIT, line, column, "nested deeper than " + MAXIMUM_DEPTH + " levels");
    }
    if (depth == frames.size()) {
      frames.add(new Frame());
    }
    Frame frame = frames.get(depth++);
    frame.reset(mapping, line, column);
    top = frame;
    return frame;
  }

  private void put(Frame frame, Value value) {
    String name = frame.name;
    if (name == null) {
      throw new IllegalStateException("a value without a name");
    }
    Field field = new Field(name, value, frame.nameLine, frame.nameColumn);
    frame.name = null;
    int same = frame.find(name);
    if (same < 0) {
      frame.add(field);
      return;
    }
    if (frame.merged == null || !frame.merged.get(same)) {
      opener.duplicate(field, frame.fields.get(same));
    } else {
      frame.merged.clear(same);
    }
    frame.fields.set(same, field);
  }

  /// As go-yaml merges: at its place among the fields, so that a merge overrides what stands before
  /// it and is overridden by what follows; of several mappings the first wins.
  private static void merge(Frame frame, Value value) {
    BitSet merged = frame.merged == null ? new BitSet() : frame.merged;
    frame.merged = merged;
    List<Value> sources = value instanceof Sequence list ? list.items() : List.of(value);
    for (Value source : sources.reversed()) {
      if (!(source instanceof Mapping mapping)) {
        throw new Fault(
            Code.SYNTAX,
            frame.nameLine,
            frame.nameColumn,
            "<< needs a mapping, or a list of mappings, to merge");
      }
      for (Field field : mapping.fields()) {
        int same = frame.find(field.name());
        if (same < 0) {
          merged.set(frame.fields.size());
          frame.add(field);
        } else {
          merged.set(same);
          frame.fields.set(same, field);
        }
      }
    }
    frame.merging = false;
    frame.name = null;
  }

  /// A mapping or sequence that has not ended.
  private static final class Frame {
    private static final List<Field> NO_FIELDS = List.of();
    private static final List<Value> NO_ITEMS = List.of();

    boolean mapping;
    int line;
    int column;
    List<Field> fields = NO_FIELDS;
    List<Value> items = NO_ITEMS;

    @Nullable String name;
    int nameLine;
    int nameColumn;
    boolean merging;

    /// Which fields came out of a merge: to override those is no mistake.
    @Nullable BitSet merged;

    @Nullable Map<String, Integer> index;

    /// Whether the items go to the opener as they come, and how many did.
    boolean streamed;

    int count;

    /// Whether this mapping's `items` were streamed.
    boolean opened;

    void reset(boolean mapping, int line, int column) {
      this.mapping = mapping;
      this.line = line;
      this.column = column;
      fields = mapping ? new ArrayList<>(6) : NO_FIELDS;
      items = mapping ? NO_ITEMS : new ArrayList<>(4);
      name = null;
      merging = false;
      merged = null;
      index = null;
      streamed = false;
      count = 0;
      opened = false;
    }

    int find(String wanted) {
      if (index != null) {
        return index.getOrDefault(wanted, -1);
      }
      for (int i = 0; i < fields.size(); i++) {
        if (fields.get(i).name().equals(wanted)) {
          return i;
        }
      }
      return -1;
    }

    void add(Field field) {
      fields.add(field);
      if (index != null) {
        index.put(field.name(), fields.size() - 1);
      } else if (fields.size() > SMALL) {
        index = new HashMap<>();
        for (int i = 0; i < fields.size(); i++) {
          index.put(fields.get(i).name(), i);
        }
      }
    }
  }
}
