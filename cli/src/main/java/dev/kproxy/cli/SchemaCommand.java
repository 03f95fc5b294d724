package dev.kproxy.cli;

import dev.kproxy.net.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `kproxy schema`: the JSON Schemas of what kproxy prints as JSON.
@Command(
    name = "schema",
    description = "Print the JSON Schema of a document that kproxy writes.",
    footer = {"", "Examples:", "  kproxy schema", "  kproxy schema compile > compile.schema.json"})
final class SchemaCommand implements Callable<Integer> {
  /// The documents, by the last word of their `schema` field.
  static final List<String> NAMES = List.of("artifacts", "compile");

  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "Which document. Without it, the names are listed.")
  private @Nullable String name;

  SchemaCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (name == null) {
      console.out().write((String.join("\n", NAMES) + "\n").getBytes(StandardCharsets.UTF_8));
      return ExitCode.OK;
    }
    if (!NAMES.contains(name)) {
      console.fault(Code.FLAG, "no schema of that name; there are " + String.join(", ", NAMES));
      console.checkpoint();
    }
    try (InputStream schema = Main.class.getResourceAsStream("schema/" + name + ".json")) {
      Objects.requireNonNull(schema).transferTo(console.out());
    }
    return ExitCode.OK;
  }
}
