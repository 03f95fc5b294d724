package dev.kproxy.manifest.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kproxy.net.Diagnostic;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The verdicts of a real API server are kproxy's, but for the rows of
/// `testdata/validation-exceptions.txt`, where kproxy is stricter.
class RecordedVerdictsTest {
  static Stream<Recorded> countedRows() {
    return Recorded.countedRows();
  }

  static Stream<Recorded> validatedRows() {
    return countedRows().filter(row -> row.text("class").equals("validation"));
  }

  @ParameterizedTest
  @MethodSource("countedRows")
  void agreesWithTheApiServer(Recorded row) {
    List<String> errors = Input.of(row.manifest()).errors();
    if (row.accepted() && !Recorded.exceptions().contains(row.id())) {
      assertThat(errors).isEmpty();
    } else {
      assertThat(errors).isNotEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("validatedRows")
  void namesAFieldThatTheApiServerNames(Recorded row) {
    List<String> named =
        Input.of(row.manifest()).diagnostics().stream().map(Diagnostic::field).toList();
    List<String> recorded =
        Stream.concat(row.causes("field"), Stream.of(row.text("field"))).toList();
    assertThat(named).anyMatch(field -> recorded.stream().anyMatch(r -> isSame(field, r)));
  }

  /// The server spells `spec.LoadBalancerSourceRanges`, and complains of the second of two fields
  /// that hold the same, or of the whole where a part is wrong.
  private static boolean isSame(String field, String recorded) {
    String ours = field.toLowerCase(Locale.ROOT);
    String theirs = recorded.toLowerCase(Locale.ROOT);
    return ours.startsWith(theirs) || theirs.startsWith(ours);
  }

  @Test
  void exceptsOnlyRowsThatTheApiServerAccepts() {
    Set<String> accepted =
        countedRows().filter(Recorded::accepted).map(Recorded::id).collect(Collectors.toSet());
    assertThat(accepted).containsAll(Recorded.exceptions());
  }
}
