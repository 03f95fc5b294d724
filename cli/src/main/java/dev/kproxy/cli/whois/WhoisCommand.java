package dev.kproxy.cli.whois;

import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Options;
import dev.kproxy.net.Code;
import dev.kproxy.net.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy whois`: the Service port and endpoint behind the name of a chain or a set.
public final class WhoisCommand implements Command {
  private final Console console;
  private final InputStream in;

  /// A command on these streams.
  public WhoisCommand(Console console, InputStream in) {
    this.console = console;
    this.in = in;
  }

  @Override
  public String name() {
    return "whois";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description("Tell what kube-proxy's chains and sets stand for.")
        .customSynopsis("kproxy whois NAME… [-f FILE|DIR|-]… [--iptables FILE]… [OPTION]…")
        .sortOptions(false)
        .footer(
            "",
            "Exit code 1 where a name is unknown.",
            "",
            "Examples:",
            "  kproxy whois KUBE-SVC-NPX46M4PTMTKRN6Y -f cluster.yaml",
            "  iptables-save | kproxy whois KUBE-SEP-ID4ARORPNALFZ2M2 --iptables -");
    spec.addPositional(
        PositionalParamSpec.builder()
            .type(List.class)
            .auxiliaryTypes(String.class)
            .required(true)
            .arity("1..*")
            .paramLabel("NAME")
            .description("The name of a chain or a set.")
            .build());
    NameInput.addTo(spec);
    spec.addOption(
        Options.text("text|json", "The format of the data. Default: text.", "-o", "--output"));
    Options.addCommon(spec);
    ClusterOptions.addTo(spec);
  }

  @Override
  public int run(ParseResult given) throws IOException {
    console.configure(Options.has(given, Options.VERBOSE), Options.has(given, Options.STRICT));
    String output = Options.one(given, "--output").orElse("text");
    if (!output.equals("text") && !output.equals("json")) {
      console.fault(Code.FLAG, "-o: text or json, not " + output);
    }
    List<String> names = given.matchedPositionalValue(0, List.of());
    NameInput input = new NameInput(given, console, new InputFiles(in, console));
    NameBook book = input.read(List.of());
    List<Meaning> found = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (String name : names) {
      Optional<Meaning> meaning = book.find(name);
      meaning.ifPresentOrElse(found::add, () -> unknown.add(name));
    }
    if (!unknown.isEmpty() && input.isEmpty()) {
      console.fault(
          Code.NO_OBJECTS,
          "nothing to find "
              + Printable.quote(unknown.getFirst())
              + " in: -f names manifests, --iptables or --rules a host's rules");
    }
    console.checkpoint();
    if (output.equals("json")) {
      WhoisDocument.write(found, unknown, console.out());
    } else {
      for (Meaning meaning : found) {
        String line = meaning.name() + "  " + meaning + "\n";
        console.out().write(line.getBytes(StandardCharsets.UTF_8));
      }
    }
    unknown.forEach(name -> console.err().println("unknown: " + Printable.escape(name)));
    return unknown.isEmpty() ? ExitCode.OK : ExitCode.FINDING;
  }
}
