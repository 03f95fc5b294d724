package dev.kproxy.cli.whois;

import dev.kproxy.cli.cluster.ClusterOptions;
import dev.kproxy.cli.cluster.ClusterReader;
import dev.kproxy.cli.cluster.InputFiles;
import dev.kproxy.cli.command.Console;
import dev.kproxy.cli.command.Options;
import dev.kproxy.cli.trace.Dump;
import dev.kproxy.cli.trace.DumpReader;
import dev.kproxy.iptables.Ruleset;
import dev.kproxy.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/// What tells names: manifests, and the comments of rules that a host printed.
final class NameInput {
  private final ParseResult given;
  private final ClusterOptions cluster;
  private final Console console;
  private final InputFiles files;

  NameInput(ParseResult given, Console console, InputFiles files) {
    this.given = given;
    this.cluster = ClusterOptions.of(given);
    this.console = console;
    this.files = files;
  }

  /// Adds the options that name rules.
  static void addTo(CommandSpec command) {
    command.addOption(
        Options.list(
            "DIR", "Rules whose comments tell names, in files as of \"compile -d\".", "--rules"));
    command.addOption(
        Options.list("[TABLE=]FILE", "The same: what iptables-save prints.", "--iptables"));
    command.addOption(
        Options.list("[TABLE=]FILE", "The same: what ip6tables-save prints.", "--ip6tables"));
  }

  /// Whether nothing at all is named.
  boolean isEmpty() {
    return cluster.files().isEmpty() && dumps().isEmpty();
  }

  /// The names.
  ///
  /// @param more rules that were read elsewhere
  NameBook read(List<Ruleset> more) {
    cluster.refuseIdle(Set.of(), console);
    List<Plan> plans =
        cluster.files().isEmpty()
            ? List.of()
            : new ClusterReader(cluster, console, files).read(Set.of()).plans();
    List<Ruleset> rules = new ArrayList<>(more);
    if (!dumps().isEmpty()) {
      Dump dump = new DumpReader(files, console).read(dumps());
      rules.addAll(dump.rules().values());
    }
    console.checkpoint();
    return NameBook.of(plans, rules);
  }

  private DumpReader.Given dumps() {
    return DumpReader.Given.ofRules(
        Options.all(given, "--rules"),
        Options.all(given, "--iptables"),
        Options.all(given, "--ip6tables"));
  }
}
