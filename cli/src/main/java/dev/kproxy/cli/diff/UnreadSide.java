package dev.kproxy.cli.diff;

import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/// A side whose texts have been loaded, but not understood, which takes longest and can be done to
/// both sides at once.
final class UnreadSide {
  private final Set<Family> families;
  private final BiFunction<Set<Family>, Consumer<Diagnostic>, Side> work;
  private final List<Diagnostic> said = new ArrayList<>();

  /// @param families see [#families]
  /// @param work gets all families that are to be compared, and where it is to tell what it finds
  UnreadSide(Set<Family> families, BiFunction<Set<Family>, Consumer<Diagnostic>, Side> work) {
    this.families = families;
    this.work = work;
  }

  /// The families that its Services have, where nobody said which the node has: there may be more.
  /// Empty where it is known which it has.
  Set<Family> families() {
    return families;
  }

  /// Understands it; called once.
  ///
  /// @param all the families that the Services of either side have
  Side read(Set<Family> all) {
    return work.apply(all, said::add);
  }

  /// What was found to be wrong, and notes.
  List<Diagnostic> said() {
    return said;
  }
}
