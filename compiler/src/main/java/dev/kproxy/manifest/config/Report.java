package dev.kproxy.manifest.config;

import dev.kproxy.manifest.text.Value;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import dev.kproxy.net.Location;
import java.util.Optional;
import java.util.function.Consumer;

/// Turns what is found about a value into a diagnostic that points at whoever gave the value, and
/// remembers whether there was a fault.
final class Report {
  /// Who gave a value of the configuration.
  sealed interface Origin {
    /// Nobody did: kube-proxy's default.
    record Default() implements Origin {}

    /// It stands in a file.
    ///
    /// @param file the file's name
    /// @param object the object that it belongs to, as `ConfigMap kube-system/kube-proxy`
    /// @param value the value itself
    record InFile(String file, String object, Value value) implements Origin {
      Location location() {
        return new Location(file, value.line(), value.column());
      }

      /// The origin of another value of the same object.
      InFile of(Value other) {
        return new InFile(file, object, other);
      }
    }

    /// A flag says it.
    record OnCommandLine(Flag flag) implements Origin {}

    /// The origin of one item, where the whole is a list of a file.
    default Origin item(int index) {
      return this instanceof InFile inFile && inFile.value() instanceof Value.Sequence list
          ? inFile.of(list.items().get(index))
          : this;
    }
  }

  private static final String KIND = "KubeProxyConfiguration";

  private final Consumer<Diagnostic> diagnostics;
  private boolean failed;

  Report(Consumer<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
  }

  boolean failed() {
    return failed;
  }

  /// A fault in a value; of a flag it has the code of flags, whatever it is.
  void error(Code code, Origin origin, String field, String message) {
    failed = true;
    Code shown = origin instanceof Origin.OnCommandLine ? Code.FLAG : code;
    add(Severity.ERROR, shown, origin, field, message);
  }

  void note(Code code, Origin origin, String field, String message) {
    add(Severity.NOTE, code, origin, field, message);
  }

  /// Hands on what another reader found.
  void pass(Diagnostic diagnostic) {
    failed |= diagnostic.severity() == Severity.ERROR;
    diagnostics.accept(diagnostic);
  }

  private void add(Severity severity, Code code, Origin origin, String field, String message) {
    Optional<Location> location =
        switch (origin) {
          case Origin.InFile inFile -> Optional.of(inFile.location());
          case Origin.OnCommandLine _, Origin.Default _ -> Optional.empty();
        };
    String object =
        switch (origin) {
          case Origin.InFile inFile -> inFile.object();
          case Origin.OnCommandLine(Flag flag) -> flag.toString();
          case Origin.Default _ -> KIND;
        };
    String path = origin instanceof Origin.OnCommandLine ? "" : field;
    diagnostics.accept(new Diagnostic(severity, code, location, object, path, message));
  }
}
