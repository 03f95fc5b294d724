import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The manual page of a command, made of what the command says of itself.
final class ManPage {
  private final CommandSpec spec;
  private final StringBuilder page = new StringBuilder();

  private ManPage(CommandSpec spec) {
    this.spec = spec;
  }

  /// The page as `man` takes it.
  static String of(CommandLine command) {
    return new ManPage(command.getCommandSpec()).print();
  }

  private String print() {
    String name = spec.qualifiedName("-");
    page.append(".TH \"").append(name.toUpperCase(java.util.Locale.ROOT)).append("\" 1\n");
    section("NAME");
    line(name + " - " + String.join(" ", spec.usageMessage().description()));
    section("SYNOPSIS");
    line(synopsis());
    if (!spec.subcommands().isEmpty()) {
      section("COMMANDS");
      spec.subcommands()
          .forEach((word, it) -> item(word, it.getCommandSpec().usageMessage().description()));
    }
    section("OPTIONS");
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      item(parameter.paramLabel(), parameter.description());
    }
    for (OptionSpec option : spec.options()) {
      String label = option.arity().max() == 0 ? "" : " " + option.paramLabel();
      item(String.join(", ", option.names()) + label, option.description());
    }
    footer();
    section("SEE ALSO");
    line(related());
    return page.toString();
  }

  private String synopsis() {
    String[] custom = spec.usageMessage().customSynopsis();
    return custom.length > 0
        ? String.join(" ", custom)
        : new CommandLine.Help(spec).synopsis(0).strip();
  }

  /// The examples, as they stand in `--help`.
  private void footer() {
    List<String> lines = List.of(spec.usageMessage().footer());
    if (lines.contains("Examples:")) {
      section("EXAMPLES");
      page.append(".nf\n");
      lines.stream().filter(it -> it.startsWith("  ")).map(String::strip).forEach(this::line);
      page.append(".fi\n");
    }
  }

  private String related() {
    CommandSpec parent = spec.parent();
    Stream<String> names =
        Stream.concat(
            Stream.ofNullable(parent).map(it -> it.qualifiedName("-")),
            spec.subcommands().values().stream().map(it -> it.getCommandSpec().qualifiedName("-")));
    return names.map(it -> it + "(1)").collect(Collectors.joining(", "));
  }

  private void section(String title) {
    page.append(".SH ").append(title).append('\n');
  }

  private void item(String term, String... text) {
    page.append(".TP\n");
    line(term);
    line(String.join(" ", text));
  }

  /// A line of text: what roff would take for a request or an escape is spelled out.
  private void line(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    boolean request = escaped.startsWith(".") || escaped.startsWith("'");
    page.append(request ? "\\&" : "").append(escaped).append('\n');
  }
}
