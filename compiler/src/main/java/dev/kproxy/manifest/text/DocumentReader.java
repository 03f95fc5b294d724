package dev.kproxy.manifest.text;

import dev.kproxy.manifest.text.Value.Field;
import dev.kproxy.manifest.text.Value.Scalar;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Location;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Reads the texts that kubectl and kube-proxy read, YAML or JSON, and hands on the objects in them
/// one by one: memory grows with an object, not with the text.
///
/// Nothing in a text makes it throw: every fault is one [Diagnostic] with a place. Only the
/// stream's own `IOException` passes through.
public final class DocumentReader {
  private final String file;
  private final boolean cluster;
  private final CappedSink sink;
  private final TextInput input;
  private final JsonText.Strings strings = new JsonText.Strings();
  private final TreeBuilder tree;

  private DocumentReader(InputStream in, Origin origin, String file, boolean cluster, Sink sink) {
    this.file = file;
    this.cluster = cluster;
    this.sink = new CappedSink(sink);
    input = new TextInput(in, origin);
    tree = new TreeBuilder(new ObjectOpener(file, cluster, this.sink));
  }

  /// Takes what is found in a text, in its order.
  public interface Sink {
    /// An object: a mapping whose `kind` and `apiVersion` are strings that are not empty, and which
    /// is no list (lists are opened, each item is an object of its own).
    void object(Value.Mapping object);

    /// An object in which keys stand twice.
    ///
    /// @param twice the faults; they are none where the object does not count
    default void object(Value.Mapping object, List<Diagnostic> twice) {
      twice.forEach(this::problem);
      object(object);
    }

    /// A fault or a note. Objects may follow, and the objects before it stand.
    void problem(Diagnostic problem);
  }

  /// Reads cluster input as kubectl does: any number of documents, lists opened. A key that stands
  /// twice in a mapping is an error.
  public static void readObjects(InputStream in, String file, Sink sink) throws IOException {
    new DocumentReader(in, Origin.START, file, true, sink).objects();
  }

  /// Reads a configuration file as kube-proxy does: the first document only, no list is opened. A
  /// key that stands twice is a note, and its last value counts.
  public static void readConfiguration(InputStream in, String file, Sink sink) throws IOException {
    new DocumentReader(in, Origin.START, file, false, sink).configuration();
  }

  /// Reads a configuration that stands as a string in an object of another file, as `config.conf`
  /// in a ConfigMap; places point into that file.
  ///
  /// @param holder a field whose value is a string
  /// @param file the file that the field was read from
  public static void readConfiguration(Field holder, String file, Sink sink) {
    if (!(holder.value() instanceof Scalar text)) {
      throw new IllegalArgumentException("no string");
    }
    // only the text of a block begins below its name, and then its lines are lines of the file
    Origin origin =
        text.line() > holder.line()
            ? Origin.block(text.line(), text.column())
            : Origin.point(text.line(), text.column());
    InputStream in = new ByteArrayInputStream(text.text().getBytes(StandardCharsets.UTF_8));
    try {
      new DocumentReader(in, origin, file, false, sink).configuration();
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
  }

  private void objects() throws IOException {
    if (input.first() == '{') {
      jsonStream();
    } else {
      input.split(Origin.START);
      documents(null);
    }
  }

  /// Unlike kubectl, kube-proxy takes a text that begins with a brace for JSON and nothing else.
  private void configuration() throws IOException {
    try {
      if (input.first() != '{') {
        document(null);
      } else {
        Fault fault = attempt();
        if (fault != null) {
          throw fault;
        }
      }
    } catch (Fault fault) {
      report(fault);
    }
    if (sink.isEmpty()) {
      Origin origin = input.origin();
      report(new Fault(Code.NOT_AN_OBJECT, origin.line(), origin.column(), "is empty"));
    }
  }

  /// Reads values of JSON, one behind the other. Where the first or the second of them is none,
  /// kubectl takes the text from there on for YAML.
  private void jsonStream() throws IOException {
    long begin = input.offset();
    JsonText json = new JsonText(input, Origin.START, tree, strings, false);
    for (int count = 0; ; count++) {
      Origin origin = json.end();
      if (count < 2) {
        input.hold(begin + json.consumed());
      } else {
        input.release();
      }
      Tentative found = tentative();
      try {
        if (!json.next()) {
          return;
        }
        found.commit();
      } catch (Fault fault) {
        if (isFinal(fault)) {
          found.commit();
          report(fault);
          return;
        }
        input.rewind();
        input.split(origin);
        documents(fault);
        return;
      }
    }
  }

  /// Reads documents of YAML up to the end of the file.
  ///
  /// @param earlier what kept the first of them from being JSON, if that was tried
  private void documents(@Nullable Fault earlier) throws IOException {
    Fault json = earlier;
    do {
      try {
        document(json);
      } catch (Fault fault) {
        report(fault);
        if (fault.isLast) {
          return;
        }
      }
      json = null;
    } while (!sink.isFull() && next());
  }

  private boolean next() throws IOException {
    while (true) {
      try {
        return input.next();
      } catch (Fault fault) {
        report(fault);
      }
    }
  }

  private void document(@Nullable Fault earlier) throws IOException {
    Fault json = earlier;
    byte head = input.first();
    if (json == null && head == '{') {
      json = attempt();
      if (json == null) {
        return;
      }
    }
    Origin origin = input.origin();
    tree.begin(new ObjectOpener(file, cluster, sink));
    try {
      Utf8Reader reader = new Utf8Reader(input, origin);
      boolean read = new YamlText(reader, origin, tree).read();
      if (!read && head == '%') {
        throw reader.fault(Code.SYNTAX, "kubectl cuts the text between a directive and its ---");
      }
    } catch (Fault fault) {
      // of two explanations the one that came further is the better
      boolean first = json != null && json.isBehind(fault) && fault.code != Code.ENCODING;
      throw first ? json : fault;
    }
  }

  /// Tries to read the document as JSON, which is YAML too, but quicker to read.
  ///
  /// @return why it is none, or null if it was read
  private @Nullable Fault attempt() throws IOException {
    input.hold(input.offset());
    Tentative found = tentative();
    try {
      JsonText json = new JsonText(input, input.origin(), tree, strings, cluster);
      json.next();
      json.expectEnd();
      found.commit();
      return null;
    } catch (Fault fault) {
      if (isFinal(fault)) {
        found.commit();
        throw fault;
      }
      input.rewind();
      return fault;
    }
  }

  private Tentative tentative() {
    Tentative found = new Tentative(sink, input::isHeld);
    tree.begin(new ObjectOpener(file, cluster, found));
    return found;
  }

  /// Whether there is no second try, with YAML.
  private boolean isFinal(Fault fault) {
    return !input.isHeld() || fault.code == Code.LIMIT;
  }

  private void report(Fault fault) {
    Location at = new Location(file, fault.line, fault.column);
    sink.problem(Diagnostic.error(fault.code, at, fault.words()));
  }

  /// Holds back what a first try at a document finds, as long as there may be a second one.
  private static final class Tentative implements Sink {
    private final Sink sink;
    private final BooleanSupplier open;
    private final List<Runnable> held = new ArrayList<>();

    /// @param open whether a second try is still possible
    Tentative(Sink sink, BooleanSupplier open) {
      this.sink = sink;
      this.open = open;
    }

    @Override
    public void object(Value.Mapping object) {
      take(() -> sink.object(object));
    }

    @Override
    public void problem(Diagnostic problem) {
      take(() -> sink.problem(problem));
    }

    /// Hands on all that was held back: the try succeeded.
    void commit() {
      held.forEach(Runnable::run);
      held.clear();
    }

    private void take(Runnable call) {
      held.add(call);
      if (!open.getAsBoolean()) {
        commit();
      }
    }
  }
}
