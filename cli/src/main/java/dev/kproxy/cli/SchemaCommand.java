package dev.kproxy.cli;

import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Options;
import dev.kproxy.net.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy schema`: the JSON Schemas of what kproxy prints as JSON.
final class SchemaCommand implements Command {
  /// The documents, by the last word of their `schema` field.
  static final List<String> NAMES =
      List.of("artifacts", "compile", "diff", "outcome", "plan", "status", "trace", "whois");

  private final Console console;

  SchemaCommand(Console console) {
    this.console = console;
  }

  @Override
  public String name() {
    return "schema";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description("Print the JSON Schema of a document that kproxy writes.")
        .footer(
            "", "Examples:", "  kproxy schema", "  kproxy schema compile > compile.schema.json");
    spec.addPositional(
        PositionalParamSpec.builder()
            .type(String.class)
            .arity("0..1")
            .paramLabel("NAME")
            .description("Which document. Without it, the names are listed.")
            .build());
    Options.addCommon(spec);
  }

  @Override
  public int run(ParseResult given) throws IOException {
    String name = given.matchedPositionalValue(0, "");
    if (name.isEmpty()) {
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
