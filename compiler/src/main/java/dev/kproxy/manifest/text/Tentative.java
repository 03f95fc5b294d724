package dev.kproxy.manifest.text;

import dev.kproxy.net.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Holds back what a first try at a document finds, as long as there may be a second one.
final class Tentative implements DocumentReader.Sink {
  private final DocumentReader.Sink sink;
  private final BooleanSupplier open;
  private final List<Runnable> held = new ArrayList<>();

  /// @param open whether a second try is still possible
  Tentative(DocumentReader.Sink sink, BooleanSupplier open) {
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
