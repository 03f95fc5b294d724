package dev.kproxy.manifest.fields;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FormTest {
  static List<Arguments> forms() {
    return List.of(
        Arguments.of(
            Form.LABEL,
            List.of("a", "1", "a-b", "a--b", "x".repeat(63)),
            List.of("", "-a", "a-", "A", "a.b", "a_b", "ü", "a\n", "x".repeat(64))),
        Arguments.of(
            Form.SUBDOMAIN,
            List.of("a", "a.b", "1.2.3.4", "x".repeat(253)),
            List.of("", ".", "a.", ".a", "a..b", "a.-b", "a_b", "x".repeat(254))),
        Arguments.of(
            Form.LABEL_VALUE,
            List.of("", "a", "A_b.c-1", "x".repeat(63)),
            List.of("-a", "a.", "_", "a b", "a/b", "x".repeat(64))),
        Arguments.of(
            Form.QUALIFIED_NAME,
            List.of("a", "A_b", "example.com/A", "a/" + "x".repeat(63)),
            List.of("", "/a", "a/", "a/b/c", "Example.com/a", "a/" + "x".repeat(64))),
        Arguments.of(
            Form.PORT_NAME,
            List.of("http", "a1", "1a", "a-b", "x".repeat(15)),
            List.of("", "80", "a--b", "-a", "HTTP", "x".repeat(16))),
        Arguments.of(
            Form.HOST_NAME,
            List.of("example.com", "example.com.", "x".repeat(63) + ".a"),
            List.of("", ".", "com", "com.", "a..b", "x".repeat(64) + ".a")));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void fitsWhatKubernetesTakes(Form form, List<String> good, List<String> bad) {
    assertThat(good).allMatch(form::fits);
    assertThat(bad).noneMatch(form::fits);
  }
}
