package dev.kproxy.cli.diff;

import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Command;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.ExitCode;
import dev.kproxy.cli.command.Options;
import dev.kproxy.cli.render.diff.GithubReport;
import dev.kproxy.cli.render.diff.JsonReport;
import dev.kproxy.cli.render.diff.JunitReport;
import dev.kproxy.cli.render.diff.MarkdownReport;
import dev.kproxy.cli.render.diff.PlainReport;
import dev.kproxy.cli.render.diff.Report;
import dev.kproxy.cli.render.diff.ReportFormat;
import dev.kproxy.cli.render.diff.SarifReport;
import dev.kproxy.cli.trace.Dump;
import dev.kproxy.cli.trace.HostReader;
import dev.kproxy.iproute.Interface;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.iptables.Table;
import dev.kproxy.net.Code;
import dev.kproxy.net.Diagnostic;
import dev.kproxy.net.Family;
import dev.kproxy.net.Ip;
import dev.kproxy.net.Location;
import dev.kproxy.simulate.HostFacts;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/// `kproxy diff`: what a change does to traffic, or to the text of rules.
public final class DiffCommand implements Command {
  /// Addresses for measurements in laboratories (RFC 2544, RFC 5180).
  private static final List<Ip> STAND_INS = List.of(Ip.of("198.18.0.11"), Ip.of("2001:2::11"));

  private final Console console;
  private final InputFiles files;

  /// A command on these streams.
  public DiffCommand(Console console, InputStream in) {
    this.console = console;
    this.files = new InputFiles(in, console);
  }

  @Override
  public String name() {
    return "diff";
  }

  @Override
  public void describe(CommandSpec spec) {
    spec.usageMessage()
        .description("Tell what differs between two rule sets.")
        .customSynopsis("kproxy diff OLD NEW [--text] [-o FORMAT] [OPTION]…")
        .sortOptions(false)
        .footer(
            "",
            "Exit code 0 where nothing differs, 1 where something does.",
            "Options of the cluster count for both sides; with --old- or --new- before their name",
            "for one: --new-kube-version, --old-config, --new-proxy-mode ipvs, …; beside a file of",
            "rules --old-ip6tables, --old-ipset and --old-ipvs name what else a host has.",
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
            .converters(Options.GIVEN)
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
    ReportFormat format = format(Options.one(given, "--output").orElse("text"));
    console.checkpoint();
    SideReader reader = new SideReader(given, console, files);
    List<String> names =
        given.matchedPositionals().stream().map(side -> side.<String>getValue()).toList();
    List<UnreadSide> unread =
        List.of(
            reader.read(names.get(0), SideOptions.Which.OLD),
            reader.read(names.get(1), SideOptions.Which.NEW));
    console.checkpoint();
    Set<Family> families =
        unread.stream().flatMap(side -> side.families().stream()).collect(Collectors.toSet());
    List<Side> sides = unread.parallelStream().map(side -> side.read(families)).toList();
    unread.forEach(side -> side.said().forEach(console));
    console.checkpoint();
    Side before = sides.getFirst();
    Side after = sides.getLast();
    Report report =
        text
            ? new TextComparison(before, after).report()
            : semanticComparison(before, after).report();
    format.write(report, console.out());
    return report.isEmpty() ? ExitCode.OK : ExitCode.FINDING;
  }

  private SemanticComparison semanticComparison(Side before, Side after) {
    noteLonelyFamilies(before, after);
    noteLonelyFamilies(after, before);
    refuseWithoutJumps(before);
    refuseWithoutJumps(after);
    HostReader.Given node = node(before, after);
    HostFacts oldHost = host(node, before.dump());
    HostFacts newHost = host(node, after.dump());
    console.checkpoint();
    return new SemanticComparison(before, after, oldHost, newHost);
  }

  /// Whether a side that lacks a family has no rules of it, or nobody gave them, is not known.
  private void noteLonelyFamilies(Side side, Side other) {
    for (Family family : Family.values()) {
      if (side.rules().containsKey(family) && !other.rules().containsKey(family)) {
        console.accept(
            Diagnostic.note(
                Code.ASSUMED,
                other.name(),
                "no rules of "
                    + family
                    + " on this side, so they are not compared; of manifests, --ip-family dual"
                    + " makes those of both"));
      }
    }
  }

  /// What kube-proxy feeds to iptables-restore declares no built-in chain, and the jumps from there
  /// are made apart: nothing would reach its rules.
  private void refuseWithoutJumps(Side side) {
    for (Family family : Family.values()) {
      List<Table> tables =
          Optional.ofNullable(side.rules().get(family)).map(Ruleset::tables).orElse(List.of());
      boolean isPart =
          !tables.isEmpty()
              && tables.stream()
                  .flatMap(table -> table.chains().stream())
                  .allMatch(chain -> chain.policy().isEmpty());
      if (isPart) {
        console.accept(
            Diagnostic.error(
                Code.WRONG_COMMAND,
                new Location(side.files().getOrDefault(family, side.name()), 1, 1),
                "no table has a built-in chain, so that no packet meets these rules; what"
                    + " iptables-save prints is needed, or kproxy compile --style save"));
      }
    }
  }

  /// Both sides are rules of one node: what either tells of it is known. Where nobody told its
  /// addresses, some that are never in use stand for them, so that node ports can be compared.
  private HostReader.Given node(Side before, Side after) {
    Set<Ip> own = new LinkedHashSet<>(after.own());
    own.addAll(before.own());
    Optional<List<Interface>> interfaces = after.interfaces().or(before::interfaces);
    if (own.isEmpty() && interfaces.isEmpty()) {
      own.addAll(STAND_INS);
      console.accept(
          Diagnostic.note(
              Code.ASSUMED,
              "--node-ip",
              "nobody tells the addresses of the node; "
                  + STAND_INS.getFirst()
                  + " and "
                  + STAND_INS.getLast()
                  + " stand for them"));
    }
    return new HostReader.Given(
        List.copyOf(own), interfaces, Optional.empty(), List.of(), List.of());
  }

  /// The node with what one side makes of it.
  private HostFacts host(HostReader.Given node, Dump dump) {
    HostReader.Given given =
        new HostReader.Given(
            node.own(),
            node.interfaces(),
            node.routes(),
            dump.settings().stream().toList(),
            node.recent());
    HostFacts facts = new HostReader(files, console).read(given);
    return dump.on(facts, node.interfaces().isPresent(), console);
  }

  private ReportFormat format(String name) {
    return switch (name) {
      case "text" -> new PlainReport();
      case "json" -> new JsonReport();
      case "markdown" -> new MarkdownReport();
      case "sarif" -> new SarifReport();
      case "junit" -> new JunitReport();
      case "github" -> new GithubReport();
      default -> {
        console.fault(Code.FLAG, "-o: text, json, markdown, sarif, junit or github, not " + name);
        yield new PlainReport();
      }
    };
  }
}
