package dev.kproxy.manifest.fields;

import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Keeps the notes of one run few: of each code only the first ones are passed on, the others are
/// counted. Faults all pass.
public final class Notes implements Consumer<Diagnostic> {
  /// How many notes of a code are shown.
  private static final int LIMIT = 50;

  private final Consumer<Diagnostic> diagnostics;
  private final Map<Code, Integer> counts = new EnumMap<>(Code.class);
  private final Set<String> unknownFields = new HashSet<>();

  /// Notes that go to `diagnostics`.
  public Notes(Consumer<Diagnostic> diagnostics) {
    this.diagnostics = diagnostics;
  }

  @Override
  public void accept(Diagnostic diagnostic) {
    if (diagnostic.severity() == Severity.ERROR
        || counts.merge(diagnostic.code(), 1, Integer::sum) <= LIMIT) {
      diagnostics.accept(diagnostic);
    }
  }

  /// Says how many notes were left out.
  public void finish() {
    counts.forEach(
        (code, count) -> {
          if (count > LIMIT) {
            String message = "and " + (count - LIMIT) + " more notes of this code";
            diagnostics.accept(Diagnostic.note(code, "", message));
          }
        });
  }

  /// Whether a field without a meaning was not met before; `field` names it for all objects of a
  /// kind. It is no longer asked once there are too many to be shown.
  boolean isNewUnknown(String field) {
    return unknownFields.size() > LIMIT || unknownFields.add(field);
  }
}
