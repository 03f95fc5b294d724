package dev.kproxy.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Diagnostic.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What a reader said of a text, each of it fit to be printed.
final class Said implements Consumer<Diagnostic> {
  /// More than the longest name of an object, the longest path of a field and several quotations.
  private static final int LONGEST = 4000;

  private final List<String> lines = new ArrayList<>();
  private int errors;

  @Override
  public void accept(Diagnostic diagnostic) {
    String line = diagnostic.toString();
    assertThat(line).hasSizeLessThan(LONGEST);
    assertThat(line.chars().noneMatch(Character::isISOControl)).as(line).isTrue();
    diagnostic.location().ifPresent(at -> assertThat(at.line()).as(line).isPositive());
    diagnostic.location().ifPresent(at -> assertThat(at.column()).as(line).isPositive());
    lines.add(line);
    errors += diagnostic.severity() == Severity.ERROR ? 1 : 0;
  }

  boolean failed() {
    return errors > 0;
  }

  List<String> lines() {
    return lines;
  }

  /// Fails where more was said than a reader ever says of one text.
  void assertAtMost(int count) {
    assertThat(lines).hasSizeLessThanOrEqualTo(count);
  }
}
