package dev.kproxy.manifest.read;

import dev.kproxy.manifest.fields.Content;
import dev.kproxy.manifest.fields.Fields;
import dev.kproxy.manifest.fields.Kind;
import dev.kproxy.manifest.fields.Notes;
import dev.kproxy.manifest.fields.Report;
import dev.kproxy.manifest.schema.Decoder;
import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Code;
import dev.kproxy.net.Location;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The objects of one kind, in the order of the input, each once.
///
/// @param <T> the record of the kind
final class Kept<T extends Record> {
  private final Kind kind;
  private final Reader<T> reader;
  private final Notes notes;
  private final Map<String, First<T>> firsts = new HashMap<>();
  private final List<T> records = new ArrayList<>();

  /// Makes the record of an object whose values have the right types; empty where it has faults,
  /// which are reported.
  interface Reader<T> {
    Optional<T> read(Fields object);
  }

  /// The first object of a name.
  private record First<T>(Location location, long digest, Optional<T> record) {}

  Kept(Kind kind, Reader<T> reader, Notes notes) {
    this.kind = kind;
    this.reader = reader;
    this.notes = notes;
  }

  List<T> records() {
    return records;
  }

  /// Reads an object that begins at `location`.
  void accept(Value.Mapping object, Location location) {
    Report nameless = new Report(kind, "", "", location, notes);
    Fields metadata = Fields.of(object, nameless).object("metadata");
    String namespace = kind.namespaced() ? metadata.text("namespace", "default") : "";
    String name = metadata.text("name");
    Report report = new Report(kind, namespace, name, location, notes);
    String key = namespace + "/" + name;
    long digest = Content.digest(kind.namespaced() ? inNamespace(object, namespace) : object);
    First<T> first = firsts.get(key);
    if (first != null && !name.isEmpty()) {
      if (digest != first.digest() || !isSame(object, namespace, name, first)) {
        Fields.of(object, report)
            .fault(Code.CONFLICT, "given with other content at " + first.location());
      }
      return;
    }
    Optional<T> record = read(object, report);
    record.ifPresent(records::add);
    firsts.put(key, new First<>(location, digest, record));
  }

  /// The object with the namespace that it is in, where it leaves that to the default.
  private static Value.Mapping inNamespace(Value.Mapping object, String namespace) {
    Optional<Value.Mapping> metadata =
        object
            .get("metadata")
            .filter(Value.Mapping.class::isInstance)
            .map(Value.Mapping.class::cast);
    if (metadata.isEmpty()
        || metadata.get().get("namespace").filter(given -> !isEmpty(given)).isPresent()) {
      return object;
    }
    Value.Scalar text = new Value.Scalar(Value.Kind.STRING, namespace, 0, 0);
    return with(object, "metadata", with(metadata.get(), "namespace", text));
  }

  private static boolean isEmpty(Value namespace) {
    return namespace instanceof Value.Scalar scalar && scalar.text().isEmpty();
  }

  private static Value.Mapping with(Value.Mapping object, String name, Value value) {
    List<Value.Field> fields = new ArrayList<>(object.fields());
    fields.removeIf(field -> field.name().equals(name));
    fields.add(new Value.Field(name, value, 0, 0));
    return new Value.Mapping(fields, object.line(), object.column());
  }

  private Optional<T> read(Value.Mapping object, Report report) {
    return Decoder.check(object, kind, report)
        ? reader.read(Fields.of(object, report))
        : Optional.empty();
  }

  /// The digests are equal, so the contents hardly ever are not; but then the rules must not depend
  /// on which one came first.
  private boolean isSame(Value.Mapping object, String namespace, String name, First<T> first) {
    Notes silent = new Notes(_ -> {});
    Report report = new Report(kind, namespace, name, first.location(), silent);
    return read(object, report).equals(first.record());
  }
}
