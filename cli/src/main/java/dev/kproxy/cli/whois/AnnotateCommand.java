package dev.kproxy.cli.whois;

import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Options;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.text.IptablesParser;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.SyntaxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy annotate`: rules in, the same rules with the names of Services and endpoints out.
public final class AnnotateCommand implements Command {
  private static final String STANDARD_INPUT = "-";

  private final Console console;
  private final InputStream in;

  /// A command on these streams.
  public AnnotateCommand(Console console, InputStream in) {
    this.console = console;
    this.in = in;
  }

  @Override
  public String name() {
    return "annotate";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description(
            "Put the names of Services and endpoints into the rules that iptables-save printed,"
                + " as comments, where they have none.")
        .customSynopsis("kproxy annotate [-f FILE|DIR]… [OPTION]… < RULES")
        .sortOptions(false)
        .footer(
            "",
            "Without -f, the names are those of the comments that are there.",
            "",
            "Examples:",
            "  iptables-save | kproxy annotate",
            "  kproxy annotate -f cluster.yaml < dump.rules");
    NameInput.addTo(spec);
    Options.addCommon(spec);
    ClusterOptions.addTo(spec);
  }

  @Override
  public int run(ParseResult given) throws IOException {
    console.configure(Options.has(given, Options.VERBOSE), Options.has(given, Options.STRICT));
    InputFiles files = new InputFiles(in, console);
    Optional<byte[]> text = files.bytes(STANDARD_INPUT);
    Optional<Ruleset> rules =
        text.flatMap(bytes -> parse(new String(bytes, StandardCharsets.UTF_8)));
    NameInput names = new NameInput(given, console, files);
    console.checkpoint();
    NameBook book = names.read(List.of(rules.orElseThrow()));
    try {
      // Whatever the bytes of a comment spell, they stay what they are.
      String bytes = new String(text.orElseThrow(), StandardCharsets.ISO_8859_1);
      console.out().write(new Annotation(book).of(bytes).getBytes(StandardCharsets.ISO_8859_1));
    } catch (SyntaxException e) {
      throw new IllegalStateException("a line that was read before", e);
    }
    return ExitCode.OK;
  }

  /// Rules do not say of which family they are: those that one family cannot have are of the other.
  private Optional<Ruleset> parse(String text) {
    List<Diagnostic> faults = new ArrayList<>();
    Optional<Ruleset> rules =
        IptablesParser.parse(Family.IPV4, text, STANDARD_INPUT, faults::add)
            .or(() -> IptablesParser.parse(Family.IPV6, text, STANDARD_INPUT, _ -> {}));
    if (rules.isEmpty()) {
      if (faults.isEmpty()) {
        console.fault(Code.RULE_SYNTAX, "standard input holds no rules");
      }
      faults.forEach(console);
    }
    return rules;
  }
}
