package dev.kproxy.cli.diff;

import dev.kproxy.net.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// A side whose texts have been loaded, but not understood, which takes longest and can be done to
/// both sides at once.
final class UnreadSide {
  private final Function<Consumer<Diagnostic>, Side> work;
  private final List<Diagnostic> said = new ArrayList<>();

  /// @param work gets where it is to tell what it finds
  UnreadSide(Function<Consumer<Diagnostic>, Side> work) {
    this.work = work;
  }

  /// Understands it; called once.
  Side read() {
    return work.apply(said::add);
  }

  /// What was found to be wrong, and notes.
  List<Diagnostic> said() {
    return said;
  }
}
