package dev.kproxy.cli.diff;

import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Options;
import dev.kproxy.cli.render.diff.PlainReport;
import dev.kproxy.cli.render.diff.Report;
import dev.kproxy.cli.render.diff.ReportFormat;
import dev.kproxy.net.Code;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy diff`: what a change does to traffic, or to the text of rules.
public final class DiffCommand implements Command {
  private final Console console;
  private final InputStream in;

  /// A command on these streams.
  public DiffCommand(Console console, InputStream in) {
    this.console = console;
    this.in = in;
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.name("diff");
    spec.usageMessage()
        .description("Tell what differs between two rule sets.")
        .customSynopsis("kproxy diff OLD NEW [--text] [-o FORMAT] [OPTION]…")
        .sortOptions(false)
        .footer(
            "",
            "Exit code 0 where nothing differs, 1 where something does.",
            "Options of the cluster count for both sides; with --old- or --new- before their name",
            "for one: --new-kube-version, --old-config, --new-filename, …",
            "",
            "Examples:",
            "  kproxy diff main/manifests manifests --config kube-proxy.yaml --node worker-1",
            "  kproxy diff iptables-save.txt cluster.yaml --text");
    side(spec, 0, "OLD", "What was: a file or directory of rules, or manifests.");
    side(spec, 1, "NEW", "What is to be.");
    spec.addOption(Options.flag("Compare the text of the rules, chain by chain.", "--text"));
    spec.addOption(Options.flag("Compare what becomes of packets (the default).", "--semantic"));
    spec.addOption(
        Options.text(
            "text|json|markdown|sarif|junit|github",
            "The format of the data. Default: text.",
            "-o",
            "--output"));
    Options.addCommon(spec);
    ClusterOptions.addTo(spec);
    SideOptions.addTo(spec);
  }

  private static void side(CommandSpec spec, int index, String label, String description) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index(Integer.toString(index))
            .type(String.class)
            .required(true)
            .arity("1")
            .paramLabel(label)
            .description(description)
            .build());
  }

  @Override
  public int run(ParseResult given) throws IOException {
    console.configure(Options.has(given, Options.VERBOSE), Options.has(given, Options.STRICT));
    boolean text = Options.has(given, "--text");
    if (text && Options.has(given, "--semantic")) {
      console.fault(Code.FLAG, "--text and --semantic contradict each other");
    }
    if (!text) {
      console.fault(Code.UNSUPPORTED, "what becomes of packets cannot be compared yet; --text can");
    }
    ReportFormat format = format(Options.one(given, "--output").orElse("text"));
    console.checkpoint();
    SideReader reader = new SideReader(given, console, new InputFiles(in, console));
    List<String> names =
        given.matchedPositionals().stream().map(side -> side.<String>getValue()).toList();
    Side before = reader.read(names.get(0), SideOptions.Which.OLD);
    Side after = reader.read(names.get(1), SideOptions.Which.NEW);
    console.checkpoint();
    Report report = new TextComparison(before, after).report();
    format.write(report, console.out());
    return report.isEmpty() ? ExitCode.OK : ExitCode.FINDING;
  }

  private ReportFormat format(String name) {
    return switch (name) {
      case "text" -> new PlainReport();
      default -> {
        console.fault(Code.FLAG, "-o: text, json, markdown, sarif, junit or github, not " + name);
        yield new PlainReport();
      }
    };
  }
}
