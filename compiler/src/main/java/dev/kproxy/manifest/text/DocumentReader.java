package dev.kproxy.manifest.text;

import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Location;
import java.io.IOException;
import java.io.InputStream;

/// Reads the texts that kubectl and kube-proxy read, YAML or JSON, and hands on the objects in them
/// one by one.
///
/// Nothing in a text makes it throw: every fault is one [Diagnostic] with a place. Only the
/// stream's own `IOException` passes through.
public final class DocumentReader {
  private DocumentReader() {}

  /// Takes what is found in a text, in its order.
  public interface Sink {
    /// An object: a mapping whose `kind` and `apiVersion` are strings that are not empty, and which
    /// is no list (lists are opened, each item is an object of its own).
    void object(Value.Mapping object);

    /// A fault or a note. Objects may follow, and the objects before it stand.
    void problem(Diagnostic problem);
  }

  /// Reads cluster input as kubectl does: any number of documents, lists opened. A key that stands
  /// twice in a mapping is an error.
  public static void readObjects(InputStream in, String file, Sink sink) throws IOException {
    unread(file, sink);
  }

  /// Reads a configuration file as kube-proxy does: the first document only, no list is opened. A
  /// key that stands twice is a note, and its last value counts.
  public static void readConfiguration(InputStream in, String file, Sink sink) throws IOException {
    unread(file, sink);
  }

  /// Reads a configuration that stands as a string in an object of another file, as `config.conf`
  /// in a ConfigMap; places point into that file.
  ///
  /// @param holder a field whose value is a string
  /// @param file the file that the field was read from
  public static void readConfiguration(Value.Field holder, String file, Sink sink) {
    unread(file, sink);
  }

  private static void unread(String file, Sink sink) {
    sink.problem(
        Diagnostic.error(Code.UNREADABLE, new Location(file, 1, 1), "texts cannot be read yet"));
  }
}
